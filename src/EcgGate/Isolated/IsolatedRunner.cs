using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using EcgGate.Signals;
using EcgGate.Timing;

namespace EcgGate.Isolated;

/// <summary>The live engine in the native library's runtime, as the host sees it.</summary>
/// <remarks>As thread-safe as the calls of <c>ecggate.h</c>; what is read after disposal is as it was at its end.</remarks>
internal sealed unsafe class IsolatedRunner : IGateRunner
{
    private const int InputBlock = 256;

    private readonly NativeCore _core;
    private readonly Lock _ending = new();
    private void* _events;
    private void* _inputs;
    private readonly AbiInput[] _taken = new AbiInput[InputBlock];
    private nint _engine;
    private bool _started;
    private AbiStatistics _last;
    private string _lastFailure = string.Empty;

    /// <summary>Opens source and line inside the library.</summary>
    /// <exception cref="ArgumentException">An option or an address is not valid.</exception>
    /// <exception cref="EcgSourceException">The source could not be opened.</exception>
    public IsolatedRunner(NativeCore core, GateTarget target, GateOptions options, GateEngineOptions engineOptions)
    {
        _core = core;
        ArgumentOutOfRangeException.ThrowIfLessThan(engineOptions.EventCapacity, 2, nameof(engineOptions));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(engineOptions.EventCapacity, 1 << 24, nameof(engineOptions));
        ArgumentOutOfRangeException.ThrowIfNegative(engineOptions.InputCapacity, nameof(engineOptions));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(engineOptions.InputCapacity, 1 << 24, nameof(engineOptions));
        var bytes = MemoryRing<AbiEvent>.BytesFor(PowerOfTwo(engineOptions.EventCapacity));
        var native = AbiConversion.ToAbi(options, engineOptions);
        native.BoardRateHz = target.BoardRateHertz;
        native.BoardPart = (int)target.BoardPart;
        native.EventMemoryBytes = bytes;
        AbiSample[] samples = [];
        if (target.Samples is { } recorded)
        {
            samples = new AbiSample[recorded.Samples.Length];
            var from = recorded.Samples.Span;
            for (var i = 0; i < samples.Length; i++)
            {
                samples[i] = AbiConversion.ToAbi(in from[i]);
            }

            native.SamplingRateHz = recorded.SamplingRateHertz;
            native.LeadCount = recorded.LeadCount;
        }

        var sourceUri = Utf8(target.SourceUri);
        var lineUri = Utf8(target.LineUri);
        var name = target.Name is null ? null : Utf8(target.Name);
        _events = NativeMemory.AlignedAlloc((nuint)bytes, 64);
        native.EventMemory = _events;
        if (engineOptions.InputCapacity > 0)
        {
            native.InputMemoryBytes = MemoryRing<AbiInput>.BytesFor(PowerOfTwo(engineOptions.InputCapacity));
            _inputs = NativeMemory.AlignedAlloc((nuint)native.InputMemoryBytes, 64);
            native.InputMemory = _inputs;
        }

        nint engine = 0;
        try
        {
            // The library copies what it is given, so that it need stand still for this call only.
            fixed (byte* sourceText = sourceUri, lineText = lineUri, nameText = name)
            fixed (AbiSample* first = samples)
            {
                native.SourceUri = sourceText;
                native.LineUri = lineText;
                native.SourceName = nameText;
                native.Samples = first;
                native.SampleCount = (ulong)samples.Length;
                Check(_core.Create(Abi.Version, &native, &engine));
            }

            _engine = engine;
            Source = ReadSource();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public EcgSourceInfo Source { get; }

    public RealtimeStatus PulseThreadStatus
    {
        get
        {
            var figures = Read();
            return AbiConversion.ToStatus(figures.PulsePriority, figures.PulseProcessor, figures.PulseFlags, Lines(AbiText.PulseWarnings));
        }
    }

    public RealtimeStatus? CoreThreadStatus
    {
        get
        {
            if (!_started)
            {
                return null;
            }

            var figures = Read();
            return AbiConversion.ToStatus(figures.CorePriority, figures.CoreProcessor, figures.CoreFlags, Lines(AbiText.CoreWarnings));
        }
    }

    public long Samples => Read().Samples;

    public long MissingSamples => Read().MissingSamples;

    public long DroppedEvents => Read().DroppedEvents;

    public long DroppedInputs => Read().DroppedInputs;

    public PulseTimerStatistics TimerStatistics
    {
        get
        {
            var figures = Read();
            return new PulseTimerStatistics(Histogram(AbiHistogram.Lateness), Histogram(AbiHistogram.WakeUpLateness))
            {
                Fired = figures.PulsesFired,
                DroppedLate = figures.PulsesDroppedLate,
                Cancelled = figures.PulsesCancelled,
                Faults = figures.PulsesFaulted,
                WokeAfterDeadline = figures.WokeAfterDeadline,
                LargestSpinGapNanoseconds = figures.LargestSpinGapNs,
                SpinMarginNanoseconds = figures.SpinMarginNs,
            };
        }
    }

    public GateRuntimeStatistics RuntimeStatistics
    {
        get
        {
            var figures = Read();
            return new GateRuntimeStatistics
            {
                CoreThreadAllocatedBytes = figures.CoreAllocatedBytes,
                PulseThreadAllocatedBytes = figures.PulseAllocatedBytes,
                Collections = figures.Collections,
                CollectionPause = AbiConversion.ToTimeSpan(nameof(figures.CollectionPauseNs), figures.CollectionPauseNs),
            };
        }
    }

    public Exception? Failure => (_engine == 0 ? _lastFailure : Text(AbiText.Failure)) is { Length: > 0 } problem ? new EcgSourceException(problem) : null;

    public bool IsRunning => _started && Read().IsRunning != 0;

    /// <summary>What the emulated generator saw; null where there is none.</summary>
    public EmulatedPulses? ReadPulses()
    {
        nuint count = 0;
        if (_engine == 0 || _core.GetPulses(_engine, null, 0, &count) != AbiStatus.Ok)
        {
            return null;
        }

        var pulses = new AbiPulse[(int)count];
        fixed (AbiPulse* first = pulses)
        {
            Check(_core.GetPulses(_engine, first, count, &count));
        }

        var kept = Math.Min(pulses.Length, (int)count);
        return new EmulatedPulses(
            new MonotonicTime(Info().ZeroTimeNs),
            [.. pulses.Take(kept).Select(pulse => new ObservedPulse(new MonotonicTime(pulse.EdgeNs), pulse.WidthNs < 0 ? null : new TimeSpan(pulse.WidthNs / 100)))]);
    }

    public void Start()
    {
        ObjectDisposedException.ThrowIf(_engine == 0, typeof(GateEngine));
        Check(_core.Start(_engine));
        _started = true;

        // The library is not told of the end of the host's process.
        AppDomain.CurrentDomain.ProcessExit += StopAtExit;
    }

    private void StopAtExit(object? sender, EventArgs args) => Stop();

    public bool Arm() => _engine != 0 && _core.Arm(_engine) == AbiStatus.Ok;

    public bool Permit(long upToPulses, TimeSpan validFor) =>
        _engine != 0 && _core.Permit(_engine, upToPulses, AbiConversion.ToNanoseconds(validFor)) == AbiStatus.Ok;

    public void Disarm()
    {
        if (_engine != 0)
        {
            Check(_core.Disarm(_engine));
        }
    }

    public void Stop()
    {
        if (_engine != 0)
        {
            // One that did not return in time shows in the failure.
            _ = _core.Stop(_engine);
        }
    }

    public bool Wait(TimeSpan timeout)
    {
        if (_engine == 0)
        {
            return true;
        }

        var status = _core.Wait(_engine, timeout < TimeSpan.Zero ? -1 : AbiConversion.ToNanoseconds(timeout));
        return status == AbiStatus.Ok || (status == AbiStatus.TimedOut ? false : throw Problem(status));
    }

    public bool TryReadEvent(out GateEvent gateEvent)
    {
        var one = new AbiEvent { Size = (uint)sizeof(AbiEvent) };

        // The events lie in memory that goes away with the engine.
        lock (_ending)
        {
            if (_engine != 0 && _core.NextEvent(_engine, &one) == AbiStatus.Ok)
            {
                gateEvent = AbiConversion.FromAbi(in one);
                return true;
            }
        }

        gateEvent = default;
        return false;
    }

    public int ReadInputs(Span<GateInput> destination)
    {
        var done = 0;
        lock (_ending)
        {
            nuint count = InputBlock;
            while (_inputs is not null && _engine != 0 && count > 0 && done < destination.Length)
            {
                fixed (AbiInput* first = _taken)
                {
                    Check(_core.NextInputs(_engine, first, (nuint)Math.Min(InputBlock, destination.Length - done), &count));
                }

                for (var i = 0; i < (int)count; i++)
                {
                    destination[done++] = AbiConversion.FromAbi(in _taken[i]);
                }
            }
        }

        return done;
    }

    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= StopAtExit;
        lock (_ending)
        {
            if (_engine != 0)
            {
                _ = _core.Stop(_engine);
                _last = Read();
                _lastFailure = Text(AbiText.Failure);
                if (_core.Destroy(_engine) != AbiStatus.Ok)
                {
                    // A thread of the library hangs in a driver and may yet write an event: its memory is given up.
                    _events = null;
                    _inputs = null;
                }

                _engine = 0;
            }

            NativeMemory.AlignedFree(_events);
            NativeMemory.AlignedFree(_inputs);
            _events = null;
            _inputs = null;
        }
    }

    private static int PowerOfTwo(int capacity) => (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(2, capacity));

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text + '\0');

    private AbiStatistics Read()
    {
        var figures = new AbiStatistics { Size = (uint)sizeof(AbiStatistics) };
        lock (_ending)
        {
            return _engine != 0 && _core.GetStatistics(_engine, &figures) == AbiStatus.Ok ? figures : _last;
        }
    }

    private AbiInfo Info()
    {
        var info = new AbiInfo { Size = (uint)sizeof(AbiInfo) };
        Check(_core.GetInfo(_engine, &info));
        return info;
    }

    private EcgSourceInfo ReadSource()
    {
        var info = Info();
        return new EcgSourceInfo
        {
            Name = Text(AbiText.SourceName),
            SamplingRateHertz = info.SamplingRateHz,
            LeadNames = [.. Enumerable.Range(1, info.LeadCount).Select(lead => $"CH{lead}")],
            FixedDelay = AbiConversion.ToTimeSpan(nameof(info.FixedDelayNs), info.FixedDelayNs),
            BlockDelay = AbiConversion.ToTimeSpan(nameof(info.BlockDelayNs), info.BlockDelayNs),
            IsLive = true,
        };
    }

    private HdrHistogram.LongHistogram Histogram(AbiHistogram which)
    {
        var histogram = PulseTimer.NewHistogram();
        nuint count = 0;
        if (_engine == 0 || _core.GetHistogram(_engine, which, null, 0, &count) != AbiStatus.Ok)
        {
            return histogram;
        }

        // A few more, should it grow meanwhile.
        var buckets = new AbiBucket[(int)count + 16];
        fixed (AbiBucket* first = buckets)
        {
            Check(_core.GetHistogram(_engine, which, first, (nuint)buckets.Length, &count));
        }

        foreach (var bucket in buckets.AsSpan(0, Math.Min(buckets.Length, (int)count)))
        {
            histogram.RecordValueWithCount(bucket.ValueNs, bucket.Count);
        }

        return histogram;
    }

    private string[] Lines(AbiText which) => Text(which).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private string Text(AbiText which)
    {
        nuint length = 0;
        if (_engine == 0 || _core.GetText(_engine, which, null, 0, &length) != AbiStatus.Ok || length == 0)
        {
            return string.Empty;
        }

        var bytes = new byte[(int)length + 1];
        fixed (byte* buffer = bytes)
        {
            Check(_core.GetText(_engine, which, buffer, (nuint)bytes.Length, &length));
        }

        return Encoding.UTF8.GetString(bytes, 0, Math.Min((int)length, bytes.Length - 1));
    }

    private void Check(AbiStatus status)
    {
        if (status != AbiStatus.Ok)
        {
            throw Problem(status);
        }
    }

    private Exception Problem(AbiStatus status)
    {
        var text = _core.TakeLastError();
        return status switch
        {
            AbiStatus.BadArgument => new ArgumentException(text),
            AbiStatus.SourceFailed => new EcgSourceException(text),
            AbiStatus.BadState => new InvalidOperationException(text),
            AbiStatus.Internal => new UnreachableException(text),
            _ => new InvalidOperationException($"{text} ({status})"),
        };
    }
}
