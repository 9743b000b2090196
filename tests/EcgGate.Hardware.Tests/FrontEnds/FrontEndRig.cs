using EcgGate.Emulator;
using EcgGate.Emulator.Boards;
using EcgGate.Signals;
using EcgGate.Timing;

namespace EcgGate.Hardware.Tests.FrontEnds;

/// <summary>
/// A kind of board as <see cref="FrontEndConformance"/> needs it: emulated on a virtual clock, with its real driver on it.
/// One rig for each kind; its ECG has two leads, of which lead 0 is gated on.
/// </summary>
internal abstract class FrontEndRig : IDisposable
{
    private readonly EcgSample[] _one = new EcgSample[1];

    /// <summary>The clock of the board and of its driver; only waiting moves it.</summary>
    public VirtualPace Pace { get; } = new();

    /// <summary>The same for a driver.</summary>
    public HostClock Host => new(() => Pace.Now, time => Pace.SleepUntil(time, CancellationToken.None));

    /// <summary>Where the ECG's zero lies on the clock.</summary>
    public abstract PatientTime PatientTime { get; }

    /// <summary>Twice what the board can measure, in mV: it saturates.</summary>
    public abstract double TooManyMillivolts { get; }

    /// <summary>How far a sample may be from the ECG, in mV.</summary>
    public abstract double StepMillivolts { get; }

    /// <summary>Whether the board tells which part it is; where not, nothing is asked of it.</summary>
    public virtual bool TellsItsId => true;

    /// <summary>Opens the driver.</summary>
    /// <param name="dataReadyTimeout">After which silence the source fails; null for the driver's default.</param>
    /// <param name="allocationFree">Whether waiting must not allocate either, where there is a choice.</param>
    public abstract IEcgSource Open(TimeSpan? dataReadyTimeout = null, bool allocationFree = false);

    /// <summary>Whether the lines that the driver uses are still taken.</summary>
    public abstract bool HoldsLines { get; }

    /// <summary>When a conversion looked at the ECG, in seconds of patient time; conversions are counted from 0.</summary>
    public abstract double SampledSecondsOf(long conversion);

    /// <summary>Makes conversions fail to appear.</summary>
    public abstract void Lose(long first, long count);

    /// <summary>How many conversions a source says it lost.</summary>
    public abstract long LostOf(IEcgSource source);

    /// <summary>Has a handler called when the ECG has ended.</summary>
    public abstract void OnEnded(Action handler);

    /// <summary>Reads one sample.</summary>
    public EcgSample ReadOne(IEcgSource source) => ReadOne(source, out _);

    /// <summary>Reads one sample, and when it became ready.</summary>
    public EcgSample ReadOne(IEcgSource source, out MonotonicTime ready)
    {
        var block = source.Read(_one);
        block.Count.Should().Be(1);
        ready = block.LastSampleTime;
        return _one[0];
    }

    public abstract void Dispose();
}
