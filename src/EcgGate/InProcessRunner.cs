using EcgGate.Detection;
using EcgGate.Signals;
using EcgGate.Timing;

namespace EcgGate;

/// <summary>
/// The live engine on two real-time threads of the runtime that it is compiled into: the host's, or that of the native
/// library. Its public members mean what those of <see cref="GateEngine"/> do.
/// </summary>
internal sealed class InProcessRunner : IGateRunner
{
    private const int BlockLength = 64;
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(5);

    private readonly IEcgSource _source;
    private readonly PulseTimer _timer;
    private readonly GateCore _core;
    private readonly GateLoop _loop;
    private readonly GateEventRing? _ring;
    private readonly GateInputRing? _inputs;
    private readonly GateEngineOptions _engineOptions;
    private readonly ManualResetEventSlim _finished = new();
    private RealtimeThread? _thread;
    private volatile bool _disposed;
    private volatile bool _stopRequested;
    private long _allocatedBytes;
    private int _collectionsBefore;
    private TimeSpan _pauseBefore;

    /// <summary>Creates it with a ring of events of its own.</summary>
    /// <exception cref="ArgumentException">The options are not valid, or the source is not live.</exception>
    public InProcessRunner(IEcgSource source, IPulseLine line, GateOptions options, GateEngineOptions engineOptions)
        : this(
            source,
            line,
            options,
            engineOptions,
            new GateEventRing(engineOptions.EventCapacity),
            engineOptions.InputCapacity == 0 ? null : new GateInputRing(engineOptions.InputCapacity))
    {
    }

    /// <summary>Creates it with other sinks, which are told events and inputs on the core thread.</summary>
    /// <exception cref="ArgumentException">The options are not valid, or the source is not live.</exception>
    public InProcessRunner(IEcgSource source, IPulseLine line, GateOptions options, GateEngineOptions engineOptions, IGateEventSink sink, IGateInputSink? inputs)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(line);
        ArgumentNullException.ThrowIfNull(options);
        if (!source.Info.IsLive)
        {
            throw new ArgumentException($"{source.Info.Name} does not pace itself: replay it, or play it through an emulated board.", nameof(source));
        }

        _engineOptions = engineOptions;
        _source = source;
        _ring = sink as GateEventRing;
        _inputs = inputs as GateInputRing;
        var rate = source.Info.SamplingRateHertz;
        _core = new GateCore(options, rate, new RWaveDetector(rate), sink, source.Info.LargestDelay) { Inputs = inputs };
        _timer = new PulseTimer(line, _engineOptions.Timer);
        _loop = new GateLoop(_core, _timer, new SampleClock(rate, source.Info.FixedDelay), options.PulseWidth.Ticks * 100);
    }

    public RealtimeStatus PulseThreadStatus => _timer.RealtimeStatus;

    public RealtimeStatus? CoreThreadStatus => _thread?.Status;

    public long Samples => _loop.Samples;

    public long MissingSamples => _loop.MissingSamples;

    public long DroppedEvents => _ring?.Dropped ?? 0;

    public long DroppedInputs => _inputs?.Dropped ?? 0;

    public PulseTimerStatistics TimerStatistics => _timer.TakeStatistics();

    public GateRuntimeStatistics RuntimeStatistics => new()
    {
        CoreThreadAllocatedBytes = CoreAllocatedBytes,
        PulseThreadAllocatedBytes = _timer.AllocatedBytes,
        Collections = GC.CollectionCount(0) - _collectionsBefore,
        CollectionPause = GC.GetTotalPauseDuration() - _pauseBefore,
    };

    /// <summary>What the core thread had allocated with its last block.</summary>
    public long CoreAllocatedBytes => Interlocked.Read(ref _allocatedBytes);

    /// <summary>The timer, for figures that must not allocate.</summary>
    public PulseTimer Timer => _timer;

    /// <summary>The core, for its state and its counts, each of which may be one sample old.</summary>
    public GateCore Core => _core;

    public Exception? Failure { get; private set; }

    public bool IsRunning => _thread is not null && !_finished.IsSet;

    public void Start()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_thread is not null)
        {
            throw new InvalidOperationException("An engine starts once; make a new one.");
        }

        _collectionsBefore = GC.CollectionCount(0);
        _pauseBefore = GC.GetTotalPauseDuration();
        _thread = new RealtimeThread("ecggate-core", _engineOptions.CoreThread, Run);
        _thread.Start();
    }

    public bool Arm() => _loop.Arm();

    public bool Permit(long upToPulses, TimeSpan validFor) => _loop.Permit(upToPulses, validFor);

    public void Disarm() => _loop.Disarm();

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

    public bool Wait(TimeSpan timeout) => _finished.Wait(timeout);

    public bool TryReadEvent(out GateEvent gateEvent)
    {
        gateEvent = default;
        return _ring is not null && _ring.TryRead(out gateEvent);
    }

    public int ReadInputs(Span<GateInput> destination) => _inputs?.Read(destination) ?? 0;

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
                Volatile.Write(ref _allocatedBytes, GC.GetAllocatedBytesForCurrentThread());
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
            EngineEnd.AwaitLastReport(_core, _loop);
            if (EngineEnd.Describe(_timer.Fault) is { } problem)
            {
                Failure ??= new InvalidOperationException(problem);
            }

            _finished.Set();
        }
    }
}
