using EcgGate.Detection;
using EcgGate.Gating;
using EcgGate.Signals;
using EcgGate.Timing;

namespace EcgGate;

/// <summary>How a live engine uses its host.</summary>
public sealed record GateEngineOptions
{
    /// <summary>How the pulse thread runs.</summary>
    public PulseTimerOptions Timer { get; init; } = new();

    /// <summary>How the thread runs that reads the source and decides.</summary>
    public RealtimeOptions CoreThread { get; init; } = new() { Priority = 75 };

    /// <summary>Room for events that nobody has read yet; a power of two. When full, events are dropped and counted.</summary>
    public int EventCapacity { get; init; } = 4096;
}

/// <summary>
/// Gates live: reads a source on a real-time thread, decides, and has the timer make the edges. The host arms,
/// disarms and reads events.
/// </summary>
/// <remarks>
/// <para>
/// Two threads: the core thread reads the source and runs <see cref="GateCore"/>, the pulse thread belongs to
/// <see cref="PulseTimer"/>. Neither waits for the host. <see cref="Arm"/>, <see cref="Disarm"/> and <see cref="Stop"/>
/// may be called from any thread; <see cref="TryReadEvent"/> from one thread at a time.
/// </para>
/// <para>No edge begins after <see cref="Disarm"/> or <see cref="Stop"/> has returned.</para>
/// </remarks>
public sealed class GateEngine : IDisposable
{
    private const int BlockLength = 64;
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LastReportPatience = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LastReportPoll = TimeSpan.FromMilliseconds(1);

    private readonly IEcgSource _source;
    private readonly PulseTimer _timer;
    private readonly GateCore _core;
    private readonly GateLoop _loop;
    private readonly GateEventRing _sink;
    private readonly GateEngineOptions _engineOptions;
    private readonly ManualResetEventSlim _finished = new();
    private RealtimeThread? _thread;
    private volatile bool _disposed;
    private volatile bool _stopRequested;

    /// <summary>Creates an engine, disarmed and not running.</summary>
    /// <param name="source">A live source; read by the engine, disposed by the caller after the engine.</param>
    /// <param name="line">The trigger line; disposed by the caller after the engine.</param>
    /// <param name="options">How to gate.</param>
    /// <param name="engineOptions">How to use the host; null for the defaults.</param>
    /// <exception cref="ArgumentException">The options are not valid, or the source is not live.</exception>
    public GateEngine(IEcgSource source, IPulseLine line, GateOptions options, GateEngineOptions? engineOptions = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(line);
        ArgumentNullException.ThrowIfNull(options);
        if (!source.Info.IsLive)
        {
            throw new ArgumentException($"{source.Info.Name} does not pace itself: replay it, or play it through an emulated board.", nameof(source));
        }

        _engineOptions = engineOptions ?? new GateEngineOptions();
        _source = source;
        _sink = new GateEventRing(_engineOptions.EventCapacity);
        var rate = source.Info.SamplingRateHertz;
        _core = new GateCore(options, rate, new RWaveDetector(rate), _sink, source.Info.FixedDelay);
        _timer = new PulseTimer(line, _engineOptions.Timer);
        _loop = new GateLoop(_core, _timer, new SampleClock(rate, source.Info.FixedDelay), options.PulseWidth.Ticks * 100);
    }

    /// <summary>What the host granted the pulse thread, and what it refused.</summary>
    public RealtimeStatus PulseThreadStatus => _timer.RealtimeStatus;

    /// <summary>What the host granted the core thread; null before <see cref="Start"/>.</summary>
    public RealtimeStatus? CoreThreadStatus => _thread?.Status;

    /// <summary>Samples taken so far.</summary>
    public long Samples => _loop.Samples;

    /// <summary>Samples that the source lost, by the jumps in their indexes.</summary>
    public long MissingSamples => _loop.MissingSamples;

    /// <summary>Events that found the ring full.</summary>
    public long DroppedEvents => _sink.Dropped;

    /// <summary>How late the edges were, and how the pulse thread woke.</summary>
    public PulseTimerStatistics TimerStatistics => _timer.TakeStatistics();

    /// <summary>Why the engine stopped by itself; null where it did not.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>True from <see cref="Start"/> until the source ended, failed, or the engine was stopped.</summary>
    public bool IsRunning => _thread is not null && !_finished.IsSet;

    /// <summary>Starts reading the source. Disarmed until <see cref="Arm"/>.</summary>
    /// <exception cref="InvalidOperationException">Started before.</exception>
    /// <exception cref="ObjectDisposedException">Disposed before.</exception>
    public void Start()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_thread is not null)
        {
            throw new InvalidOperationException("An engine starts once; make a new one.");
        }

        _thread = new RealtimeThread("ecggate-core", _engineOptions.CoreThread, Run);
        _thread.Start();
    }

    /// <summary>
    /// Arms with the next sample: learning begins with the first beat. Where it is armed already, begins the time anew
    /// after which the arming runs out (<see cref="GateOptions.ArmedFor"/>). Any fault, and the end of that time, disarms;
    /// the event says which.
    /// </summary>
    /// <returns>False once stopped or ended: it cannot be armed any more.</returns>
    public bool Arm() => _loop.Arm();

    /// <summary>Disarms: no edge begins after this returned. What was learnt is forgotten.</summary>
    public void Disarm() => _loop.Disarm();

    /// <summary>Stops for good and waits until the core thread has ended. The line is low after this.</summary>
    public void Stop()
    {
        if (_disposed)
        {
            return;
        }

        _loop.Close();
        _stopRequested = true;
        _source.Interrupt();
        if (_thread is not null && !_finished.Wait(StopPatience))
        {
            Failure ??= new TimeoutException($"{_source.Info.Name} did not return from reading within {StopPatience.TotalSeconds:0} s of being interrupted; the pulse line is disarmed.");
        }
    }

    /// <summary>Waits until the engine has ended by itself (source at its end, or failed).</summary>
    /// <returns>False if the time ran out first.</returns>
    public bool Wait(TimeSpan timeout) => _finished.Wait(timeout);

    /// <summary>Takes the next event. One thread at a time.</summary>
    public bool TryReadEvent(out GateEvent gateEvent) => _sink.TryRead(out gateEvent);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        Stop();
        _disposed = true;
        _timer.Dispose();
        _thread?.Join(StopPatience);
        _finished.Dispose();
    }

    private void Run()
    {
        var block = new EcgSample[BlockLength];
        var isFault = false;
        try
        {
            while (!_stopRequested)
            {
                var read = _source.Read(block);
                if (read.Count == 0)
                {
                    break;
                }

                _loop.Take(block.AsSpan(0, read.Count), read.LastSampleTime);
            }
        }
        catch (Exception fault)
        {
            // The source or a driver failed. Whatever it was, the line must not fire again.
            Failure = fault;
            isFault = true;
        }
        finally
        {
            _loop.End(isFault);
            AwaitLastReport();
            _finished.Set();
        }
    }

    /// <summary>The timer answers each order, the last one too: its beat must not be lost from the ledger.</summary>
    private void AwaitLastReport()
    {
        var patience = MonotonicClock.Now + LastReportPatience;
        while (_core.HasPendingOrder && MonotonicClock.Now < patience)
        {
            MonotonicClock.SleepUntil(MonotonicClock.Now + LastReportPoll);
            _loop.TakeReports();
        }

        _core.Abandon();
        if (_timer.Fault != PulseTimerFault.None)
        {
            Failure ??= new InvalidOperationException(_timer.Fault switch
            {
                PulseTimerFault.RaiseRefused => "The pulse line refused to go active; the engine disarmed itself. Check the line's device and its permissions.",
                PulseTimerFault.LowerRefused => "The pulse line refused to go inactive; the engine disarmed itself. Cut the generator's trigger by hand and check the line.",
                _ => "An edge began later than its tolerance allows, seen only after it; the engine disarmed itself. Give the pulse thread a processor of its own.",
            });
        }
    }
}
