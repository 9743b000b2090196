using EcgGate.Detection;
using EcgGate.Isolated;
using EcgGate.Signals;
using EcgGate.Timing;

namespace EcgGate.Native;

/// <summary>An engine without a core thread: whoever pushes samples runs the core, and has its decision on return.</summary>
/// <remarks>
/// One thread pushes at a time, which is checked. In virtual time the same thread makes the pulses too, as the samples
/// or their stamps pass them.
/// </remarks>
internal sealed class PushEngine : NativeEngine
{
    private const int BlockLength = 64;
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(5);

    private readonly string _name;
    private readonly double _rate;
    private readonly TimeSpan _delay;
    private readonly int _leads;
    private readonly GateCore _core;
    private readonly GateLoop _loop;
    private readonly IPulseLine _line;
    private readonly PulseTimer? _timer;
    private readonly VirtualPulseTimer? _virtual;
    private readonly ISampleTimeline _timeline;
    private readonly bool _goesByTheSamples;
    private readonly EcgSample[] _block = new EcgSample[BlockLength];
    private readonly ManualResetEventSlim _finished = new();
    private int _taken;
    private int _started;
    private volatile bool _ended;
    private volatile string _failure = string.Empty;
    private long _allocatedBytes;
    private bool _disposed;

    /// <exception cref="ArgumentException">The options are not valid.</exception>
    public PushEngine(string name, in AbiOptions options, IPulseLine line, GateOptions gate, GateEngineOptions engineOptions, EventMemory events, InputMemory? inputs)
        : base(events, inputs)
    {
        _name = name;
        _rate = options.SamplingRateHz;
        if (!(_rate is >= 125 and <= 2000))
        {
            throw new ArgumentException($"sampling_rate_hz is {_rate}; it must lie between 125 and 2,000 samples per second.");
        }

        _leads = options.LeadCount;
        if (_leads is not (1 or 2))
        {
            throw new ArgumentException($"lead_count is {_leads}; it must be 1 or 2.");
        }

        _delay = AbiConversion.ToTimeSpan("fixed_delay_ns", options.FixedDelayNs);
        _line = line;
        _core = new GateCore(gate, _rate, new RWaveDetector(_rate), events, _delay) { Inputs = inputs };
        _goesByTheSamples = options.Clock == (int)AbiClock.Samples;
        switch ((AbiClock)options.Clock)
        {
            case AbiClock.Host:
            case AbiClock.Stamps:
                _timeline = new SampleClock(_rate, _delay);
                break;
            case AbiClock.Samples:
                _timeline = new NominalTimeline(_rate);
                break;
            default:
                throw new ArgumentException($"clock is {options.Clock}; it must be 0 (host), 1 (samples) or 2 (stamps).");
        }

        IPulseTimer timer = options.Clock == (int)AbiClock.Host
            ? _timer = new PulseTimer(line, engineOptions.Timer)
            : _virtual = new VirtualPulseTimer(line);
        _loop = new GateLoop(_core, timer, _timeline, gate.PulseWidth.Ticks * 100);
    }

    public override bool IsRunning => Volatile.Read(ref _started) != 0 && !_ended;

    public override string Failure => _failure;

    public override string SourceName => _name;

    public override string CoreWarnings => string.Empty;

    protected override PulseTimer? Timer => _timer;

    public override bool Arm() => _loop.Arm();

    public override bool Permit(long upToPulses, TimeSpan validFor) => _loop.Permit(upToPulses, validFor);

    public override void Disarm() => _loop.Disarm();

    public override bool Stop()
    {
        // No edge from here on; then wait for a push under way to come back.
        _loop.Close();
        var patience = MonotonicClock.Now + StopPatience;
        while (!TryTake())
        {
            if (MonotonicClock.Now > patience)
            {
                _failure = "A push did not return within 5 s of stopping; the pulse line is disarmed.";
                return false;
            }

            MonotonicClock.SleepUntil(MonotonicClock.Now.AddNanoseconds(100_000));
        }

        End(isFault: false);
        Release();
        return true;
    }

    public override bool Wait(TimeSpan timeout) => _finished.Wait(timeout);

    public override unsafe AbiStatus Push(AbiSample* samples, nuint count, long lastTimeNanoseconds)
    {
        if (!TryTake())
        {
            return LastError.Set(AbiStatus.Busy, "Another thread is pushing samples into this engine, or stopping it.");
        }

        try
        {
            if (!IsRunning)
            {
                return LastError.Set(AbiStatus.BadState, "The engine is not running: start it before pushing samples, and push none once it has stopped.");
            }

            if (count == 0)
            {
                return AbiStatus.Ok;
            }

            var stride = samples->Size;
            if (stride < sizeof(AbiSample))
            {
                return LastError.Set(AbiStatus.BadArgument, "A sample's size is less than sizeof(ecggate_sample).");
            }

            Take((byte*)samples, stride, count, new MonotonicTime(lastTimeNanoseconds));
            Volatile.Write(ref _allocatedBytes, GC.GetAllocatedBytesForCurrentThread());
            return AbiStatus.Ok;
        }
        catch (Exception fault)
        {
            // Whatever it was, the line must not fire again.
            _failure = fault.Message;
            End(isFault: true);
            return LastError.Set(fault);
        }
        finally
        {
            Release();
        }
    }

    public override AbiInfo GetInfo() => new()
    {
        Size = AbiConversion.SizeOf<AbiInfo>(),
        LeadCount = _leads,
        SamplingRateHz = _rate,
        FixedDelayNs = AbiConversion.ToNanoseconds(_delay),
        DurationS = double.NaN,
    };

    public override void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        _ = Stop();
        _timer?.Dispose();
        _virtual?.Dispose();
        _line.Dispose();
        _finished.Dispose();
    }

    protected override void Begin()
    {
        if (_ended || Interlocked.Exchange(ref _started, 1) != 0)
        {
            throw new InvalidOperationException("An engine starts once; make a new one.");
        }
    }

    protected override void AddTo(ref AbiStatistics figures)
    {
        AddTo(ref figures, _core);
        figures.Samples = _loop.Samples;
        figures.MissingSamples = _loop.MissingSamples;
        figures.CoreAllocatedBytes = Interlocked.Read(ref _allocatedBytes);
        figures.Fault = _virtual is null ? figures.Fault : (int)_virtual.Fault;
    }

    private unsafe void Take(byte* samples, uint stride, nuint count, MonotonicTime lastTime)
    {
        for (nuint from = 0; from < count; from += BlockLength)
        {
            var length = (int)Math.Min(BlockLength, count - from);
            for (var i = 0; i < length; i++)
            {
                _block[i] = AbiConversion.FromAbi(in *(AbiSample*)(samples + ((from + (nuint)i) * stride)));
            }

            if (_goesByTheSamples)
            {
                for (var i = 0; i < length; i++)
                {
                    _virtual!.AdvanceTo(_timeline.HostTimeOf(new SampleTime(_block[i].Index)));
                    _loop.Take(_block.AsSpan(i, 1), default);
                }

                continue;
            }

            // The stamp is that of the last sample: what stands before it in a long push was ready so much earlier.
            var older = (long)(count - from) - length;
            var time = older == 0 ? lastTime : lastTime.AddNanoseconds(-(long)(older * 1e9 / _rate));
            _virtual?.AdvanceTo(time);
            _loop.Take(_block.AsSpan(0, length), time);
        }
    }

    private void End(bool isFault)
    {
        if (_ended)
        {
            return;
        }

        _loop.End(isFault);
        EngineEnd.AwaitLastReport(_core, _loop);
        if (_failure.Length == 0 && EngineEnd.Describe(_timer?.Fault ?? _virtual!.Fault) is { } problem)
        {
            _failure = problem;
        }

        _ended = true;
        _finished.Set();
    }

    private bool TryTake() => Interlocked.CompareExchange(ref _taken, 1, 0) == 0;

    private void Release() => Volatile.Write(ref _taken, 0);
}
