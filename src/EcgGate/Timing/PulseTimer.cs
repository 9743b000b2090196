using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using HdrHistogram;

namespace EcgGate.Timing;

/// <summary>
/// The timer on the host's clock: makes each ordered edge inside its tolerance, from a thread of its own, or drops it.
/// </summary>
/// <remarks>
/// <para>
/// Waiting: an absolute sleep until a margin before the deadline, then watching the clock. The margin follows the
/// measured wake-ups. Two microseconds before the deadline the order is claimed, and the last of the watch is done with it
/// in hand; past <see cref="PulseOrder.LatestEdge"/> it is dropped. Should the thread be halted between that read and the
/// edge, the read after it shows so: the order is answered as a fault, the line lowered and the timer disarmed.
/// </para>
/// <para>
/// Threading: one atomic word holds phase, arming and token. An order is fired by the one transition
/// Pending → Firing, made by the timer's thread two microseconds before the edge; <see cref="Disarm()"/>, <see cref="Cancel"/> and
/// <see cref="Arm"/> withdraw by Pending → Cancelled. Exactly one of the two succeeds. A disarming thread that finds
/// Firing waits until the raise has returned, some microseconds, so no edge begins after it has returned. The timer's
/// thread takes no lock, allocates nothing, and lets no exception pass; nor do the calls of <see cref="IPulseTimer"/>.
/// The steps of both sides stand in <c>PulseCall</c> and <c>PulseService</c>, whose interleavings a test explores.
/// </para>
/// <para>
/// A fired order is answered once the line is low again, so that the report also speaks for the falling edge. While
/// the line is high nothing is taken. Both edges belong to the timer's thread, and disarming or disposing in between
/// does not shorten the pulse. The line is lowered at the start, after each pulse, at each fault and at the end; if
/// it refuses, the timer goes on trying every 10 ms, and fires nothing until it has succeeded.
/// </para>
/// <para>
/// The line is not disposed: whoever opened it does so, after the timer. A line's first raise is compiled ahead, but
/// not what it calls: a line should have gone the same way once before, for instance by lowering.
/// </para>
/// </remarks>
public sealed partial class PulseTimer : IPulseTimer, IDisposable
{
    /// <summary>The longest pulse that is taken, in nanoseconds: 100 ms.</summary>
    public const long LongestWidthNanoseconds = 100_000_000;

    private const long HighestRecorded = 10_000_000_000;
    private const long RetryLowerNanoseconds = 10_000_000;

    // A line that refuses to fall at the end is tried for a tenth of a second more.
    private const int LastLowers = 10;

    // What reading the counters may take, with the page faults of a first time.
    private const long UsageNanoseconds = 50_000;

    // Claiming takes half a microsecond after a long watch, as its code has left the caches by then.
    private const long ClaimLead = 2_000;

    private IPulseLine _line;
    private readonly RealtimeThread? _thread;
    private readonly WakeSignal _wake = new();
    private readonly SpscRing<PulseReport> _reports;
    private readonly SpscRing<PulseTrace> _traces;
    private readonly long _minimumMargin;
    private readonly long _maximumMargin;

    private long _word;
    private PulseOrder _order;
    private PulseService _service = new() { ClaimLeadNanoseconds = ClaimLead };
    private int _fault;
    private int _disposed;

    // The timer's thread alone, from here on. Others copy under the version, which is odd while they change.
    private readonly LongHistogram _lateness = new(HighestRecorded, 3);
    private readonly LongHistogram _wakeUpLateness = new(HighestRecorded, 3);
    private long _statisticsVersion;
    private long _fired;
    private long _droppedLate;
    private long _cancelled;
    private long _faults;
    private long _wokeAfterDeadline;
    private long _largestGap;
    private long _margin;
    private long _wakeUpPeak;
    private long _allocatedBytes;
    private ThreadUsage _usageBefore;
    private PulseTrace _trace;
    private MonotonicTime _watchEnd;
    private long _watchGap;

    /// <summary>Lowers the line and starts the thread. Not armed.</summary>
    /// <param name="line">The line to drive. Nobody else may drive it while the timer lives.</param>
    /// <param name="options">How to wait; null takes the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public PulseTimer(IPulseLine line, PulseTimerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(line);
        options ??= new PulseTimerOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MinimumSpinMargin, TimeSpan.Zero, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.MaximumSpinMargin, TimeSpan.FromMilliseconds(10), nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.MinimumSpinMargin, options.InitialSpinMargin, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.InitialSpinMargin, options.MaximumSpinMargin, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.ReportCapacity, 2, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.ReportCapacity, 65_536, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.TraceCapacity, 2, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.TraceCapacity, 65_536, nameof(options));

        _minimumMargin = options.MinimumSpinMargin.Ticks * 100;
        _maximumMargin = options.MaximumSpinMargin.Ticks * 100;
        _margin = options.InitialSpinMargin.Ticks * 100;
        _wakeUpPeak = PeakOf(_margin);

        // Two more than are promised: an order may be taken while the report before it is still being written.
        _reports = new SpscRing<PulseReport>(options.ReportCapacity + 2);
        ReportCapacity = options.ReportCapacity;
        _traces = new SpscRing<PulseTrace>(options.TraceCapacity);

        _line = WarmUp(line);
        _thread = new RealtimeThread("pulse-timer", options.Realtime, Run);
        _thread.Start();
    }

    /// <summary>What the operating system granted the timer's thread, with a warning for each refusal.</summary>
    public RealtimeStatus RealtimeStatus => _thread!.Status;

    /// <inheritdoc/>
    public PulseTimerFault Fault => (PulseTimerFault)Volatile.Read(ref _fault);

    /// <summary>How many reports may wait to be taken before orders are refused.</summary>
    public int ReportCapacity { get; }

    /// <inheritdoc/>
    public bool IsArmed => Word.IsArmed;

    /// <summary>What the timer's thread had allocated when it last answered an order: must stand still.</summary>
    internal long AllocatedBytes => Volatile.Read(ref _allocatedBytes);

    /// <inheritdoc/>
    /// <remarks>A pending order of an earlier arming is withdrawn. Token 0, which is void, once disposed.</remarks>
    public ArmToken Arm()
    {
        var token = Make(PulseCall.Arm()).Token;
        _wake.Signal();
        return token;
    }

    /// <inheritdoc/>
    public void Disarm()
    {
        Make(PulseCall.Disarm());
        _wake.Signal();
    }

    /// <inheritdoc/>
    public void Disarm(ArmToken token)
    {
        Make(PulseCall.Disarm(token));
        _wake.Signal();
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Also false while the line is high, while <see cref="ReportCapacity"/> reports wait to be taken, once disposed,
    /// and for a width that is not above 0 and at most <see cref="LongestWidthNanoseconds"/>.
    /// </remarks>
    public bool TrySchedule(in PulseOrder order) =>
        order.WidthNanoseconds is > 0 and <= LongestWidthNanoseconds && _reports.Count < ReportCapacity && Make(PulseCall.Schedule(in order)).IsTaken;

    /// <inheritdoc/>
    public void Cancel(long beatNumber) => Make(PulseCall.Cancel(beatNumber));

    /// <inheritdoc/>
    public bool TryTakeReport(out PulseReport report) => _reports.TryRead(out report);

    /// <summary>
    /// Takes what the thread went through for the next order, in the order of the reports. One thread at a time, which need
    /// not be the one that takes reports; traces that nobody takes cost nothing but themselves.
    /// </summary>
    public bool TryTakeTrace(out PulseTrace trace) => _traces.TryRead(out trace);

    /// <summary>
    /// Copies the figures. Any thread; allocates, so not from the pulse path. The timer is not held up by it.
    /// </summary>
    public PulseTimerStatistics TakeStatistics()
    {
        while (true)
        {
            var version = Volatile.Read(ref _statisticsVersion);
            if ((version & 1) == 0)
            {
                var copy = new PulseTimerStatistics((LongHistogram)_lateness.Copy(), (LongHistogram)_wakeUpLateness.Copy())
                {
                    Fired = _fired,
                    DroppedLate = _droppedLate,
                    Cancelled = _cancelled,
                    Faults = _faults,
                    WokeAfterDeadline = _wokeAfterDeadline,
                    LargestSpinGapNanoseconds = _largestGap,
                    SpinMarginNanoseconds = _margin,
                };
                Interlocked.MemoryBarrier();
                if (Volatile.Read(ref _statisticsVersion) == version)
                {
                    return copy;
                }
            }

            Thread.Yield();
        }
    }

    /// <summary>
    /// Disarms for good, waits until a pulse in progress is complete and the line low, and ends the thread. Reports
    /// can still be taken. Safe to call more than once; not from the line.
    /// </summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        _ = Make(PulseCall.Stop());

        // A line that hangs must not hang the host too.
        _ = _thread!.Join(TimeSpan.FromSeconds(5));
    }

    private bool OnTimerThread => _thread is not null && Environment.CurrentManagedThreadId == _thread.ManagedThreadId;

    private PulseWord Word => new(Volatile.Read(ref _word));

    // Twice the worst recent wake-up, and some more.
    private static long MarginOf(long wakeUpPeak) => (2 * wakeUpPeak) + 50_000;

    private static long PeakOf(long margin) => Math.Max(0, (margin - 50_000) / 2);

    private PulseCall Make(PulseCall call)
    {
        var shared = new Shared(this);
        for (var waits = 0; !call.IsDone;)
        {
            call.Step(ref shared);
            if (!call.IsWaiting)
            {
                continue;
            }

            // On one processor, or at a higher priority, spinning would keep the timer's thread from finishing: sleep then.
            if (waits++ < 1_000)
            {
                Thread.SpinWait(4);
            }
            else
            {
                MonotonicClock.SleepUntil(MonotonicClock.Now.AddNanoseconds(50_000));
            }
        }

        return call;
    }

    // Goes the whole way twice before the thread exists, on a line that leads nowhere: the first real pulse
    // should not be late by the time that compiling the code takes.
    [MemberNotNull(nameof(_line))]
    private IPulseLine WarmUp(IPulseLine line)
    {
        var (margin, peak) = (_margin, _wakeUpPeak);
        _line = new NullPulseLine();
        for (var i = 0; i < 2; i++)
        {
            var token = Arm();
            _service.IsLineLow = Lower();
            var deadline = MonotonicClock.Now.AddNanoseconds(_margin + 200_000);
            if (TrySchedule(new PulseOrder(token, 0, deadline, deadline.AddNanoseconds(HighestRecorded), _margin + 200_000)))
            {
                Serve();
            }

            _ = TryTakeReport(out _);
            _ = TryTakeTrace(out _);
        }

        RuntimeHelpers.PrepareDelegate(new Func<bool>(line.TryRaise));
        RuntimeHelpers.PrepareDelegate(new Func<bool>(line.TryLower));

        _word = 0;
        _fault = 0;
        (_margin, _wakeUpPeak) = (margin, peak);
        _allocatedBytes = 0;
        _lateness.Reset();
        _wakeUpLateness.Reset();
        (_fired, _droppedLate, _cancelled, _faults, _wokeAfterDeadline, _largestGap) = (0, 0, 0, 0, 0, 0);
        return line;
    }

    // From here on: the timer's thread. Optimised at once, as a loop that is compiled anew while it spins loses more than
    // a millisecond.

    private void Run()
    {
        // The counters of the thread that made the timer are not this one's.
        _usageBefore = ThreadUsage.Read();
        Volatile.Write(ref _allocatedBytes, GC.GetAllocatedBytesForCurrentThread());
        _service.IsLineLow = Lower();
        if (!_service.IsLineLow)
        {
            Fail(PulseTimerFault.LowerRefused);
        }

        while (true)
        {
            var version = _wake.Version;
            var word = Word;
            switch (word.Phase)
            {
                case PulsePhase.Pending:
                case PulsePhase.Cancelled:
                    Serve();
                    break;

                // An order that is being loaded will find the timer stopped.
                case PulsePhase.Idle or PulsePhase.Loading when word.IsStopped:
                    for (var i = 0; i < LastLowers && !(_service.IsLineLow = Lower()); i++)
                    {
                        MonotonicClock.SleepUntil(MonotonicClock.Now.AddNanoseconds(RetryLowerNanoseconds));
                    }

                    return;

                default:
                    _thread!.HoldProcessorAwake(word.IsArmed);
                    if (_service.IsLineLow)
                    {
                        _wake.Wait(version);
                    }
                    else
                    {
                        _wake.WaitUntil(version, MonotonicClock.Now.AddNanoseconds(RetryLowerNanoseconds));
                        _service.IsLineLow = Lower();
                    }

                    break;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Serve()
    {
        var shared = new Shared(this);
        var recorded = false;
        var traced = false;
        _service.Begin();
        do
        {
            _service.Step(ref shared);
            switch (_service.Stage)
            {
                case PulseServiceStage.Wait:
                    // Only a delay: what to do when it is over, the service decides.
                    AwaitDeadline(_service.Order.Deadline);
                    break;
                case PulseServiceStage.LastLook:
                    if (_service.IsWaiting)
                    {
                        _watchGap = Math.Max(_watchGap, _service.LastRead.NanosecondsSince(_watchEnd));
                        _watchEnd = _service.LastRead;
                    }

                    break;
                case PulseServiceStage.Hold:
                    if (!traced)
                    {
                        // The edge is made, its claim let go of: nobody waits for this.
                        traced = true;
                        EndTrace();
                    }

                    AwaitEnd(_service.HoldUntil);
                    break;
                case PulseServiceStage.FreeLook when !recorded:
                    recorded = true;
                    if (!traced)
                    {
                        EndTrace();
                    }

                    Record(_service.Report);
                    break;
            }
        }
        while (_service.Stage != PulseServiceStage.Done);
    }

    // Sleeps until the margin, then watches the clock; returns early where the order has been withdrawn.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AwaitDeadline(MonotonicTime deadline)
    {
        var wake = new MonotonicTime(Math.Max(0, deadline.Nanoseconds) - _margin);
        var slept = false;
        var now = MonotonicClock.Now;
        BeginTrace(now, deadline);
        while (true)
        {
            var version = _wake.Version;
            if (Word.Phase != PulsePhase.Pending)
            {
                return;
            }

            now = MonotonicClock.Now;
            if (now >= wake)
            {
                break;
            }

            _wake.WaitUntil(version, wake);
            slept = true;
        }

        _trace = _trace with { FirstLookNanoseconds = now.NanosecondsSince(deadline), WakeUpNanoseconds = slept ? now.NanosecondsSince(wake) : -1 };
        if (slept)
        {
            LearnWakeUp(now.NanosecondsSince(wake), now > deadline);
        }

        var largestGap = 0L;
        while (now.AddNanoseconds(ClaimLead) < deadline)
        {
            if (Word.Phase != PulsePhase.Pending)
            {
                return;
            }

            var next = MonotonicClock.Now;
            largestGap = Math.Max(largestGap, next.NanosecondsSince(now));
            now = next;
        }

        _watchEnd = now;
        _watchGap = largestGap;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void BeginTrace(MonotonicTime now, MonotonicTime deadline)
    {
        if (deadline.NanosecondsSince(now) > UsageNanoseconds)
        {
            _usageBefore = ThreadUsage.Read();
        }

        _watchEnd = default;
        _watchGap = 0;
        _trace = new PulseTrace { Deadline = deadline, TakenNanoseconds = now.NanosecondsSince(deadline), WakeUpNanoseconds = -1 };
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void EndTrace()
    {
        var report = _service.Report;
        var usage = ThreadUsage.Read();
        var knows = usage.InvoluntarySwitches >= 0;
        var trace = _trace with
        {
            BeatNumber = _service.Order.BeatNumber,
            Result = report.Result,
            LatenessNanoseconds = report.LatenessNanoseconds,
            LargestGapNanoseconds = _watchGap,
            EdgeNanoseconds = report.EdgeTime == default || _watchEnd == default ? 0 : report.EdgeTime.NanosecondsSince(_watchEnd),
            Collections = usage.Collections - _usageBefore.Collections,
            PauseNanoseconds = usage.PauseNanoseconds - _usageBefore.PauseNanoseconds,
            InvoluntarySwitches = knows ? (int)(usage.InvoluntarySwitches - _usageBefore.InvoluntarySwitches) : -1,
            PageFaults = knows ? (int)(usage.PageFaults - _usageBefore.PageFaults) : -1,
        };
        _usageBefore = usage;
        _ = _traces.TryWrite(in trace);
        if (_watchGap > _largestGap)
        {
            BeginStatistics();
            _largestGap = _watchGap;
            EndStatistics();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AwaitEnd(MonotonicTime end)
    {
        var wake = end.AddNanoseconds(-_margin);
        if (MonotonicClock.Now < wake)
        {
            MonotonicClock.SleepUntil(wake);
        }

        while (MonotonicClock.Now < end)
        {
            // The line stays active for its width, whatever happens to the arming.
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void LearnWakeUp(long lateness, bool afterDeadline)
    {
        // A late wake-up counts at once and is forgotten over some sixty pulses.
        _wakeUpPeak = Math.Min(_maximumMargin, Math.Max(lateness, _wakeUpPeak - (_wakeUpPeak / 64)));
        BeginStatistics();
        _margin = Math.Clamp(MarginOf(_wakeUpPeak), _minimumMargin, _maximumMargin);
        _wakeUpLateness.RecordValue(Math.Clamp(lateness, 0, HighestRecorded));
        _wokeAfterDeadline += afterDeadline ? 1 : 0;
        EndStatistics();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Record(in PulseReport report)
    {
        BeginStatistics();
        switch (report.Result)
        {
            case PulseResult.Fired:
                _fired++;
                _lateness.RecordValue(Math.Clamp(report.LatenessNanoseconds, 0, HighestRecorded));
                break;
            case PulseResult.DroppedLate:
                _droppedLate++;
                break;
            case PulseResult.Cancelled:
                _cancelled++;
                break;
            default:
                _faults++;
                break;
        }

        EndStatistics();
        Volatile.Write(ref _allocatedBytes, GC.GetAllocatedBytesForCurrentThread());
    }

    private void Fail(PulseTimerFault fault)
    {
        Volatile.Write(ref _fault, (int)fault);
        PulseWord word;
        do
        {
            word = Word;
        }
        while (Interlocked.CompareExchange(ref _word, word.WithoutArming().Bits, word.Bits) != word.Bits);
    }

    private bool Raise()
    {
        try
        {
            return _line.TryRaise();
        }
#pragma warning disable CA1031 // A line must not throw; one that does is a line that refused, not the end of the process.
        catch (Exception)
#pragma warning restore CA1031
        {
            return false;
        }
    }

    private bool Lower()
    {
        try
        {
            return _line.TryLower();
        }
#pragma warning disable CA1031 // As above.
        catch (Exception)
#pragma warning restore CA1031
        {
            return false;
        }
    }

    private void BeginStatistics() => Interlocked.Increment(ref _statisticsVersion);

    private void EndStatistics() => Interlocked.Increment(ref _statisticsVersion);

    /// <summary>The host as the machines of steps see it.</summary>
    private readonly struct Shared(PulseTimer timer) : IPulseShared
    {
        public PulseWord Word => timer.Word;

        public PulseOrder Order
        {
            get => timer._order;
            set => timer._order = value;
        }

        public MonotonicTime Now => MonotonicClock.Now;

        public bool IsTimerThread => timer.OnTimerThread;

        public bool TryChange(PulseWord seen, PulseWord next) => Interlocked.CompareExchange(ref timer._word, next.Bits, seen.Bits) == seen.Bits;

        public void SetFault(PulseTimerFault fault) => Volatile.Write(ref timer._fault, (int)fault);

        public void Wake() => timer._wake.Signal();

        public bool TryRaise() => timer.Raise();

        public bool TryLower() => timer.Lower();

        public void Answer(in PulseReport report) => timer._reports.TryWrite(in report);
    }
}
