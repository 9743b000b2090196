using EcgGate.Isolated;
using EcgGate.Signals;
using EcgGate.Timing;

namespace EcgGate;

/// <summary>How a live engine uses its host.</summary>
public sealed record GateEngineOptions
{
    /// <summary>
    /// Where the real-time part runs. Default <see cref="GateRuntime.Isolated"/>; where that cannot be, it is
    /// <see cref="GateRuntime.InProcess"/> with a <see cref="GateEngine.RuntimeWarning"/>.
    /// </summary>
    public GateRuntime Runtime { get; init; } = GateRuntime.Isolated;

    /// <summary>
    /// Path of the native library; null (the default) takes it from beside the application, or from its
    /// <c>runtimes/RID/native</c>.
    /// </summary>
    public string? NativeLibraryPath { get; init; }

    /// <summary>How the pulse thread runs.</summary>
    public PulseTimerOptions Timer { get; init; } = new();

    /// <summary>How the thread runs that reads the source and decides.</summary>
    public RealtimeOptions CoreThread { get; init; } = new() { Priority = 75 };

    /// <summary>Room for events that nobody has read yet; a power of two. When full, events are dropped and counted.</summary>
    public int EventCapacity { get; init; } = 4096;

    /// <summary>
    /// Room for inputs that nobody has read yet (<see cref="GateEngine.ReadInputs"/>): samples, and the odd call or report;
    /// rounded up to a power of two, at most 2^24. When full, inputs are dropped and counted. 0, the default, keeps none.
    /// </summary>
    public int InputCapacity { get; init; }
}

/// <summary>
/// Gates live: reads a source on a real-time thread, decides, and has the timer make the edges. The host arms,
/// disarms and reads events.
/// </summary>
/// <remarks>
/// <para>
/// Two threads: the core thread reads the source and runs <see cref="GateCore"/>, the pulse thread belongs to
/// <see cref="PulseTimer"/>. Neither waits for the host. <see cref="Open"/> puts both into the native library's own
/// runtime, where the host's garbage collector cannot halt them; the constructor runs them in this one.
/// </para>
/// <para>
/// <see cref="Arm"/>, <see cref="Permit"/>, <see cref="Disarm"/> and <see cref="Stop"/> may be called from any thread;
/// <see cref="TryReadEvent"/> from one thread at a time. No edge begins after <see cref="Disarm"/> or
/// <see cref="Stop"/> has returned.
/// </para>
/// </remarks>
public sealed class GateEngine : IDisposable
{
    private const string Loss =
        "The real-time part runs in this process's own runtime: a garbage collection halts it, by up to a quarter of a second where the host allocates hard. Pulses that this makes late are dropped and counted, never sent.";

    private readonly IGateRunner _runner;

    /// <summary>Creates an engine in this runtime, disarmed and not running.</summary>
    /// <param name="source">A live source; read by the engine, disposed by the caller after the engine.</param>
    /// <param name="line">The trigger line; disposed by the caller after the engine.</param>
    /// <param name="options">How to gate.</param>
    /// <param name="engineOptions">How to use the host; null for the defaults.</param>
    /// <remarks>
    /// A source or a line that is an object of this runtime cannot live in another: this is always
    /// <see cref="GateRuntime.InProcess"/>. Where the options ask for the isolated runtime, as they do by default,
    /// <see cref="RuntimeWarning"/> says what is lost.
    /// </remarks>
    /// <exception cref="ArgumentException">The options are not valid, or the source is not live.</exception>
    public GateEngine(IEcgSource source, IPulseLine line, GateOptions options, GateEngineOptions? engineOptions = null)
    {
        engineOptions ??= new GateEngineOptions();
        _runner = new InProcessRunner(source, line, options, engineOptions);
        Source = source.Info;
        Options = options;
        KeepsInputs = engineOptions.InputCapacity > 0;
        Runtime = GateRuntime.InProcess;
        RuntimeWarning = engineOptions.Runtime == GateRuntime.Isolated
            ? $"{Loss} {source.Info.Name} was given as an object, which cannot live in another runtime: open it by its address with GateEngine.Open, or ask for InProcess."
            : null;
    }

    private GateEngine(IsolatedRunner runner, GateOptions options, GateEngineOptions engineOptions)
    {
        _runner = runner;
        Options = options;
        KeepsInputs = engineOptions.InputCapacity > 0;
        Source = runner.Source;
        Runtime = GateRuntime.Isolated;
    }

    private GateEngine(GateConnection connection, GateOptions options, GateEngineOptions engineOptions, string? warning)
    {
        _runner = new InProcessRunner(connection.Source, connection.Line, options, engineOptions);
        Source = connection.Source.Info;
        Options = options;
        KeepsInputs = engineOptions.InputCapacity > 0;
        Runtime = GateRuntime.InProcess;
        RuntimeWarning = warning;
    }

    /// <summary>
    /// Opens a source and a line by their addresses and creates an engine on them, disarmed and not running: in the
    /// isolated runtime where it is asked for and can be had, else in this one.
    /// </summary>
    /// <param name="target">What to gate on.</param>
    /// <param name="options">How to gate.</param>
    /// <param name="engineOptions">How to use the host; null for the defaults.</param>
    /// <exception cref="ArgumentException">The options are not valid, or an address is none.</exception>
    /// <exception cref="EcgSourceException">The source could not be opened.</exception>
    /// <exception cref="InvalidOperationException">
    /// The isolated runtime cannot be had, and the target does not say how to be opened in this one.
    /// </exception>
    public static GateEngine Open(GateTarget target, GateOptions options, GateEngineOptions? engineOptions = null)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(options);
        engineOptions ??= new GateEngineOptions();
        string? warning = null;
        if (engineOptions.Runtime == GateRuntime.Isolated)
        {
            if (NativeCore.TryLoad(engineOptions.NativeLibraryPath, out var library, out var problem))
            {
                return new GateEngine(new IsolatedRunner(library, target, options, engineOptions), options, engineOptions);
            }

            warning = $"{Loss} {problem}";
        }

        var connect = target.ConnectInProcess
            ?? throw new InvalidOperationException(warning ?? $"{target.SourceUri} cannot be opened in this runtime: {nameof(GateTarget)}.{nameof(GateTarget.ConnectInProcess)} is not set.");
        return new GateEngine(connect(), options, engineOptions, warning);
    }

    /// <summary>Whether <see cref="Open"/> can use the isolated runtime here. Thread-safe.</summary>
    /// <param name="problem">One sentence that says why not, and the cure; empty where it can.</param>
    /// <param name="nativeLibraryPath">See <see cref="GateEngineOptions.NativeLibraryPath"/>.</param>
    public static bool CanIsolate(out string problem, string? nativeLibraryPath = null) => NativeCore.TryLoad(nativeLibraryPath, out _, out problem);

    /// <summary>What the source is and how it samples.</summary>
    public EcgSourceInfo Source { get; }

    /// <summary>How it gates.</summary>
    public GateOptions Options { get; }

    /// <summary>Where the real-time part runs.</summary>
    public GateRuntime Runtime { get; }

    /// <summary>
    /// What is lost, why, and the cure, where the isolated runtime was asked for and could not be had; else null.
    /// </summary>
    public string? RuntimeWarning { get; }

    /// <summary>What the host granted the pulse thread, and what it refused.</summary>
    public RealtimeStatus PulseThreadStatus => _runner.PulseThreadStatus;

    /// <summary>What the host granted the core thread; null before <see cref="Start"/>.</summary>
    public RealtimeStatus? CoreThreadStatus => _runner.CoreThreadStatus;

    /// <summary>Samples taken so far.</summary>
    public long Samples => _runner.Samples;

    /// <summary>Samples that the source lost, by the jumps in their indexes.</summary>
    public long MissingSamples => _runner.MissingSamples;

    /// <summary>Events that found the ring full.</summary>
    public long DroppedEvents => _runner.DroppedEvents;

    /// <summary>Inputs that found their ring full; 0 where none are kept.</summary>
    public long DroppedInputs => _runner.DroppedInputs;

    /// <summary>How late the edges were, and how the pulse thread woke. Allocates.</summary>
    public PulseTimerStatistics TimerStatistics => _runner.TimerStatistics;

    /// <summary>What the runtime of the real-time part had to do with memory.</summary>
    public GateRuntimeStatistics RuntimeStatistics => _runner.RuntimeStatistics;

    /// <summary>
    /// Host time of the source's zero, and the pulses as they came in at the emulated generator by its own clock: for
    /// a referee. Null unless both are emulated inside the isolated runtime. Allocates.
    /// </summary>
    public EmulatedPulses? EmulatedPulses => (_runner as IsolatedRunner)?.ReadPulses();

    /// <summary>Why the engine stopped by itself; null where it did not.</summary>
    public Exception? Failure => _runner.Failure;

    /// <summary>True from <see cref="Start"/> until the source ended, failed, or the engine was stopped.</summary>
    public bool IsRunning => _runner.IsRunning;

    /// <summary>Whether it keeps what enters the core for <see cref="ReadInputs"/>.</summary>
    public bool KeepsInputs { get; }

    /// <summary>Starts reading the source. Disarmed until <see cref="Arm"/>.</summary>
    /// <exception cref="InvalidOperationException">Started before.</exception>
    /// <exception cref="ObjectDisposedException">Disposed before.</exception>
    public void Start() => _runner.Start();

    /// <summary>
    /// Arms with the next sample: learning begins with the first beat. Where it is armed already, begins the time anew
    /// after which the arming runs out (<see cref="GateOptions.ArmedFor"/>). Any fault, and the end of that time, disarms;
    /// the event says which.
    /// </summary>
    /// <returns>False once stopped or ended: it cannot be armed any more.</returns>
    public bool Arm() => _runner.Arm();

    /// <summary>
    /// Where <see cref="GateOptions.NeedsPermits"/> is set: says how many pulses there may have been since the engine was
    /// made, and for how long that holds, in sample time from the next sample on. A total, so that saying it twice permits nothing
    /// twice, and a host that is late or hangs gets no pulse more than it asked for. Replaces what was said before; disarming
    /// takes it back. It shows that somebody is there: the time begins anew after which the arming runs out. Any thread.
    /// </summary>
    /// <param name="upToPulses">
    /// The highest count of pulses, the one on order among them. At or below what was delivered, nothing is permitted any
    /// more and an order is withdrawn with the next sample; to stop a pulse at once, <see cref="Disarm"/>.
    /// </param>
    /// <param name="validFor">Above zero, at most a day.</param>
    /// <returns>False where it is not armed: the permit is void.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A negative count, or a time out of range.</exception>
    public bool Permit(long upToPulses, TimeSpan validFor)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(upToPulses);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(validFor, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(validFor, TimeSpan.FromDays(1));
        return _runner.Permit(upToPulses, validFor);
    }

    /// <summary>Disarms: no edge begins after this returned. What was learnt is forgotten.</summary>
    public void Disarm() => _runner.Disarm();

    /// <summary>Stops for good and waits until the core thread has ended. The line is low after this.</summary>
    public void Stop() => _runner.Stop();

    /// <summary>Waits until the engine has ended by itself (source at its end, or failed).</summary>
    /// <returns>False if the time ran out first.</returns>
    public bool Wait(TimeSpan timeout) => _runner.Wait(timeout);

    /// <summary>Takes the next event. One thread at a time.</summary>
    public bool TryReadEvent(out GateEvent gateEvent) => _runner.TryReadEvent(out gateEvent);

    /// <summary>
    /// Takes the oldest of what entered the core: each sample, call and report, in order, so that an equal core can be led to
    /// equal events (<see cref="GateReplay.Apply"/>). One thread at a time; never waits.
    /// </summary>
    /// <param name="destination">Where they go.</param>
    /// <returns>
    /// How many there were; 0 where none waits, or where <see cref="GateEngineOptions.InputCapacity"/> keeps none.
    /// </returns>
    public int ReadInputs(Span<GateInput> destination) => _runner.ReadInputs(destination);

    /// <inheritdoc/>
    public void Dispose() => _runner.Dispose();
}
