using EcgGate.Signals;
using EcgGate.Timing;

namespace EcgGate.Hosting;

/// <summary>What a host sets on the gate that it hosts. Checked as a whole before the host starts.</summary>
/// <remarks>A bag of settings for <c>IOptions</c>: set it up once, and leave it alone afterwards.</remarks>
public sealed class EcgGateHostOptions
{
    /// <summary>How to gate.</summary>
    public GateOptions Gate { get; set; } = new();

    /// <summary>How the engine uses its host.</summary>
    public GateEngineOptions Engine { get; set; } = new();

    /// <summary>
    /// Source and line by address: this or <see cref="Source"/> and <see cref="Line"/> is required, and this is the better one.
    /// The real-time part then runs in the isolated runtime where that is to be had, out of reach of this host's collections.
    /// </summary>
    public GateTarget? Target { get; set; }

    /// <summary>
    /// Opens the source when the host starts, for sources that are objects of this host; gating then runs in this runtime. It must be live, and is disposed by the gate after its engine.
    /// </summary>
    public Func<IServiceProvider, IEcgSource>? Source { get; set; }

    /// <summary>
    /// Opens the trigger line when the host starts, with <see cref="Source"/>; <see cref="NullPulseLine"/> makes a dry run. Disposed by the
    /// gate after its engine.
    /// </summary>
    public Func<IServiceProvider, IPulseLine>? Line { get; set; }

    /// <summary>Arm as soon as the engine runs. Default false: somebody should say so.</summary>
    public bool ArmAtStart { get; set; }

    /// <summary>Stop the whole host once the engine has ended, by itself or by a failure. Default false.</summary>
    public bool StopHostAtEnd { get; set; }

    /// <summary>How often the engine's events are collected; 1 to 1,000 ms. Default 10 ms.</summary>
    /// <remarks>
    /// The ring between holds <see cref="GateEngineOptions.EventCapacity"/> events, a quarter of an hour of beats; the pulse
    /// path never waits for whoever collects them.
    /// </remarks>
    public TimeSpan CollectEvery { get; set; } = TimeSpan.FromMilliseconds(10);

    /// <summary>
    /// How many events one subscriber may be behind before the oldest are dropped, and counted; 1 to 1,000,000. Default
    /// 1,024.
    /// </summary>
    public int SubscriberCapacity { get; set; } = 1024;
}
