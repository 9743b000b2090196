using System.Runtime.CompilerServices;
using EcgGate.Detection;
using EcgGate.Signals;
using EcgGate.Timing;
using HdrHistogram;

namespace EcgGate.Emulator.Punctuality;

/// <summary>
/// Measures how punctual this machine is: the live engine's own parts (detector, gate, clock, timer) on their real-time
/// threads, from an emulated board's samples to the edge on a line, with two references between the pulses.
/// </summary>
/// <remarks>
/// <para>
/// No heart beats fast enough for thousands of pulses in two minutes, so its ECG is played faster: the detector is told the
/// patient's rate, the sample clock the true one. The tolerance of the edge stays in true time.
/// </para>
/// <para>
/// All is allocated before <see cref="Start"/> returns; while it runs, nothing is. Members are safe from any thread.
/// </para>
/// </remarks>
public sealed class PunctualityRun : IDisposable
{
    private const long HighestRecorded = 10_000_000_000;
    private const int TraceCapacity = 1024;

    /// <summary>Samples that are read at once: some 1,400 reads a second, as of a board.</summary>
    private const int BlockLength = 4;

    /// <summary>Longer than the runtime waits before it compiles again, in the background, what was called often.</summary>
    private static readonly TimeSpan Recompiling = TimeSpan.FromMilliseconds(300);

    private static readonly TimeSpan LockTime = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Lead = TimeSpan.FromMilliseconds(200);

    private readonly PunctualityOptions _options;
    private readonly AcceleratedEcg _natural;
    private readonly AcceleratedEcg _fast;
    private readonly ReferenceProbe _probe;
    private readonly PulseTimer _timer;
    private readonly TolerantTimer _tolerant;
    private readonly OutcomeCounter _outcomes = new();
    private readonly PulseTrace[] _traces;
    private readonly MonotonicTime[] _edges;
    private readonly LongHistogram _pipeline = new(HighestRecorded, 3);
    private readonly LongHistogram _order = new(HighestRecorded, 3);
    private readonly ManualResetEventSlim _finished = new();
    private readonly RealtimeThread _coreThread;
    private readonly RealtimeThread _probeThread;
    private readonly ManualResetEventSlim _started = new();
    private long _start;
    private int _traceCount;
    private int _edgeCount;
    private int _faults;
    private long _allocated;
    private int _collections;
    private TimeSpan _pause;
    private TimeSpan _time;
    private volatile bool _stopped;
    private bool _isStopped;
    private int _disposed;

    /// <summary>Makes the samples and compiles the way; the threads wait for <see cref="Start"/>.</summary>
    /// <param name="options">How to measure.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public PunctualityRun(PunctualityOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Pulses, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Pulses, 1_000_000, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Interval, TimeSpan.FromMilliseconds(15), nameof(options));
        _options = options;
        _natural = AcceleratedEcg.Natural(options.PipelineTime);
        _fast = AcceleratedEcg.Fast(options.Pulses, options.Interval, LockTime);
        _probe = new ReferenceProbe(_fast.DueNanoseconds, options.Interval.Ticks * 100, options.Width.Ticks * 100);
        _traces = new PulseTrace[_fast.DueNanoseconds.Length];
        _edges = new MonotonicTime[2 * _fast.DueNanoseconds.Length];
        WarmUp();
        _timer = new PulseTimer(options.Line ?? new NullPulseLine(), new PulseTimerOptions { Realtime = options.PulseThread, TraceCapacity = TraceCapacity });
        _tolerant = new TolerantTimer(_timer, options.Tolerance.Ticks * 100);
        _coreThread = new RealtimeThread("bench-core", options.CoreThread, RunCore);
        _probeThread = new RealtimeThread("bench-reference", options.PulseThread, RunProbe);
    }

    /// <summary>Pulses that were answered so far.</summary>
    public int Answered => Volatile.Read(ref _traceCount);

    /// <summary>True once it has ended.</summary>
    public bool IsFinished => _finished.IsSet;

    /// <summary>Starts.</summary>
    public void Start()
    {
        _probeThread.Start();
        _coreThread.Start();
    }

    /// <summary>Ends it early, in order: the pulse in progress is completed.</summary>
    public void Stop() => _stopped = true;

    /// <summary>Waits until it has ended.</summary>
    /// <returns>False if the time ran out first.</returns>
    public bool Wait(TimeSpan timeout) => _finished.Wait(timeout);

    /// <summary>What was measured; once it has ended.</summary>
    /// <exception cref="InvalidOperationException">It has not ended.</exception>
    public PunctualityResult TakeResult()
    {
        if (!IsFinished)
        {
            throw new InvalidOperationException("The run has not ended yet.");
        }

        _probeThread.Join(TimeSpan.FromSeconds(5));
        var traces = _traces[.._traceCount];
        return new PunctualityResult
        {
            Traces = traces,
            Loopback = _options.Loopback is null ? [] : EdgeMatch.Of(traces, _edges.AsSpan(0, _edgeCount)),
            Reference = _probe.Lateness(),
            Gaps = _probe.Gaps,
            Pipeline = _pipeline,
            Order = _order,
            Missed = _outcomes.Missed,
            Withheld = _outcomes.Withheld,
            Faults = _faults,
            AllocatedBytes = _allocated,
            Collections = _collections,
            Pause = _pause,
            PulseThread = _timer.RealtimeStatus,
            CoreThread = _coreThread.Status,
            Time = _time,
            IsStopped = _isStopped,
        };
    }

    /// <summary>Ends it and lowers the line.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        Stop();
        _probe.Stop();
        _started.Set();
        _timer.Dispose();
        _ = _coreThread.Join(TimeSpan.FromSeconds(5));
        _ = _probeThread.Join(TimeSpan.FromSeconds(5));
        _started.Dispose();
        _finished.Dispose();
    }

    /// <summary>The whole way in virtual time, so that nothing is compiled while a pulse is due.</summary>
    private void WarmUp()
    {
        foreach (var ecg in new[] { _natural, _fast })
        {
            var core = new GateCore(ecg.Gate, ecg.NominalHertz, new RWaveDetector(ecg.NominalHertz), new OutcomeCounter());
            var virtualTimer = new VirtualPulseTimer();
            var timeline = new NominalTimeline(ecg.NominalHertz);
            var pump = new GatePump(core, virtualTimer, timeline, _options.Width.Ticks * 100);
            pump.Arm();
            foreach (ref readonly var sample in ecg.Samples.AsSpan(0, Math.Min(ecg.Samples.Length, 30_000)))
            {
                virtualTimer.AdvanceTo(timeline.HostTimeOf(new SampleTime(sample.Index)));
                pump.Feed(in sample);
            }

            pump.Stop();
        }

        Thread.Sleep(Recompiling);
    }

    private void RunProbe()
    {
        _started.Wait();
        if (!_stopped)
        {
            _probe.Run(new MonotonicTime(Volatile.Read(ref _start)));
        }
    }

    private void RunCore()
    {
        try
        {
            _ = Play(_natural, new OutcomeCounter(), _pipeline, 1, keep: false, int.MaxValue);
            var began = MonotonicClock.Now;
            var collections = GC.CollectionCount(0);
            var pause = GC.GetTotalPauseDuration();
            _isStopped = !Play(_fast, _outcomes, null, BlockLength, keep: true, _options.Pulses);
            _collections = GC.CollectionCount(0) - collections;
            _pause = GC.GetTotalPauseDuration() - pause;
            _time = TimeSpan.FromTicks(MonotonicClock.Now.NanosecondsSince(began) / 100);
        }
        finally
        {
            _probe.Stop();
            _started.Set();
            _timer.Disarm();
            _finished.Set();
        }
    }

    /// <summary>Plays an ECG through a gate of its own; false where it was stopped.</summary>
    private bool Play(AcceleratedEcg ecg, OutcomeCounter outcomes, LongHistogram? pipeline, int blockLength, bool keep, int pulses)
    {
        var core = new GateCore(ecg.Gate, ecg.NominalHertz, new RWaveDetector(ecg.NominalHertz), outcomes);
        var clock = new SampleClock(1e9 / ecg.NanosecondsPerSample, TimeSpan.Zero);
        var pump = new GatePump(core, _tolerant, clock, _options.Width.Ticks * 100);
        var start = MonotonicClock.Now + Lead;
        if (keep)
        {
            Volatile.Write(ref _start, start.Nanoseconds);
            _started.Set();
        }

        Drain(keep: false);
        pump.Arm();
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var timerAllocated = _timer.AllocatedBytes;
        var complete = Feed(ecg, core, pump, clock, start, pipeline, blockLength, keep, pulses);
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        pump.Disarm();

        // The last answer comes within a pulse's width of its order's edge.
        MonotonicClock.SleepUntil(MonotonicClock.Now + _options.Width + TimeSpan.FromMilliseconds(20));
        pump.TakeReports();
        Drain(keep);
        _allocated = keep ? allocated + _timer.AllocatedBytes - timerAllocated : 0;
        return complete;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool Feed(AcceleratedEcg ecg, GateCore core, GatePump pump, SampleClock clock, MonotonicTime start, LongHistogram? pipeline, int blockLength, bool keep, int pulses)
    {
        var samples = ecg.Samples;
        var first = _tolerant.Taken;
        for (var i = 0; i < samples.Length; i += blockLength)
        {
            if (_stopped)
            {
                return false;
            }

            if (_tolerant.Taken - first >= pulses && !core.HasPendingOrder)
            {
                return true;
            }

            // An emulated board: the block is ready with its last sample, and stamped so by the hardware.
            var last = Math.Min(i + blockLength, samples.Length) - 1;
            var ready = start.AddNanoseconds(ecg.ReadyNanoseconds(last));
            MonotonicClock.SleepUntil(ready);
            var before = MonotonicClock.Now;
            clock.Observe(samples[last].Index, ready);
            for (var j = i; j <= last; j++)
            {
                var taken = _tolerant.Taken;
                if (taken - first >= pulses)
                {
                    pump.TakeReports();
                    break;
                }

                pump.Feed(in samples[j]);
                var after = MonotonicClock.Now;
                if (pipeline is not null)
                {
                    pipeline.RecordValue(Math.Clamp(after.NanosecondsSince(before), 0, HighestRecorded));
                }
                else if (_tolerant.Taken != taken)
                {
                    _order.RecordValue(Math.Clamp(after.NanosecondsSince(before), 0, HighestRecorded));
                }

                before = after;
            }

            Drain(keep);
            if (!core.IsArmed)
            {
                _faults += keep ? 1 : 0;
                pump.Arm();
            }
        }

        return true;
    }

    private void Drain(bool keep)
    {
        while (_timer.TryTakeTrace(out var trace))
        {
            if (keep && _traceCount < _traces.Length)
            {
                _traces[_traceCount] = trace;
                Volatile.Write(ref _traceCount, _traceCount + 1);
            }
        }

        if (_options.Loopback is { } loopback)
        {
            while (loopback.TryTakeEdge(out var edge))
            {
                if (keep && _edgeCount < _edges.Length)
                {
                    _edges[_edgeCount++] = edge;
                }
            }
        }
    }
}
