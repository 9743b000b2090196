using EcgGate.Timing;

namespace EcgGate.Emulator.Simulation;

/// <summary>
/// The steps of the live timer, which are its own code, on a thread and a clock that are simulated: the thread wakes as
/// late as it is told to, and time passes while the line answers.
/// </summary>
/// <remarks>One thread. The callers' steps are not interleaved with the timer's: a test explores that.</remarks>
internal sealed class SimulatedPulseTimer : IPulseTimer
{
    private const int ReportCapacity = 16;
    private const long RetryLowerNanoseconds = 10_000_000;

    private readonly SimulatedLine _line;
    private readonly SpscRing<PulseReport> _reports = new(ReportCapacity);
    private PulseWord _word;
    private PulseOrder _order;
    private PulseService _service;
    private MonotonicTime _now;
    private MonotonicTime _retryAt;
    private bool _hasWoken;

    /// <summary>Lowers the line, as the live one does.</summary>
    public SimulatedPulseTimer(SimulatedLine line, MonotonicTime now)
    {
        _line = line;
        _now = now;
        LowerIdle();
        if (!_service.IsLineLow)
        {
            Fault = PulseTimerFault.LowerRefused;
        }
    }

    /// <summary>How late the thread wakes for the order whose deadline comes next.</summary>
    public long WakeLatenessNanoseconds { get; set; }

    public bool IsArmed => _word.IsArmed;

    public PulseTimerFault Fault { get; private set; }

    public ArmToken Arm() => Make(PulseCall.Arm()).Token;

    public void Disarm() => Make(PulseCall.Disarm());

    public void Disarm(ArmToken token) => Make(PulseCall.Disarm(token));

    public bool TrySchedule(in PulseOrder order) =>
        order.WidthNanoseconds is > 0 and <= PulseTimer.LongestWidthNanoseconds && _reports.Count < ReportCapacity && Make(PulseCall.Schedule(in order)).IsTaken;

    public void Cancel(long beatNumber) => Make(PulseCall.Cancel(beatNumber));

    public bool TryTakeReport(out PulseReport report) => _reports.TryRead(out report);

    /// <summary>Disarms for good, lets a pulse in progress end, and lowers the line.</summary>
    public void Dispose(MonotonicTime now)
    {
        AdvanceTo(now);
        _ = Make(PulseCall.Stop());
        AdvanceTo(new MonotonicTime(long.MaxValue));
        LowerIdle();
    }

    /// <summary>Lets the thread do what it does until then.</summary>
    public void AdvanceTo(MonotonicTime now)
    {
        var shared = new Shared(this);
        while (true)
        {
            switch (_service.Stage)
            {
                case PulseServiceStage.Done when _word.Phase is PulsePhase.Pending or PulsePhase.Cancelled:
                    _service.Begin();
                    _hasWoken = false;
                    break;
                case PulseServiceStage.Done:
                    if (!_service.IsLineLow && !_word.IsStopped && _retryAt <= now)
                    {
                        _now = _now > _retryAt ? _now : _retryAt;
                        LowerIdle();
                        break;
                    }

                    _now = now != new MonotonicTime(long.MaxValue) && now > _now ? now : _now;
                    return;
                case PulseServiceStage.Wait when _word.Phase == PulsePhase.Pending && !_hasWoken:
                    var wake = (_order.Deadline > _now ? _order.Deadline : _now).AddNanoseconds(WakeLatenessNanoseconds);
                    if (wake > now)
                    {
                        return;
                    }

                    _now = wake;
                    _hasWoken = true;
                    break;
                case PulseServiceStage.Hold when _service.HoldUntil > _now:
                    if (_service.HoldUntil > now)
                    {
                        return;
                    }

                    _now = _service.HoldUntil;
                    break;
            }

            _service.Step(ref shared);
        }
    }

    private void LowerIdle()
    {
        _service.IsLineLow = _line.Lower(_now).IsTaken;
        _retryAt = _now.AddNanoseconds(RetryLowerNanoseconds);
    }

    private PulseCall Make(PulseCall call)
    {
        var shared = new Shared(this);
        while (!call.IsDone)
        {
            call.Step(ref shared);
        }

        return call;
    }

    private readonly struct Shared(SimulatedPulseTimer timer) : IPulseShared
    {
        public PulseWord Word => timer._word;

        public PulseOrder Order
        {
            get => timer._order;
            set => timer._order = value;
        }

        public MonotonicTime Now => timer._now;

        public bool IsTimerThread => false;

        public bool TryChange(PulseWord seen, PulseWord next)
        {
            var changes = timer._word == seen;
            timer._word = changes ? next : timer._word;
            return changes;
        }

        public void SetFault(PulseTimerFault fault) => timer.Fault = fault;

        public void Wake()
        {
        }

        public bool TryRaise() => Spend(timer._line.Raise(timer._now));

        public bool TryLower() => Spend(timer._line.Lower(timer._now));

        public void Answer(in PulseReport report) => timer._reports.TryWrite(in report);

        private bool Spend(LineAnswer answer)
        {
            timer._now = timer._now.AddNanoseconds(answer.Nanoseconds);
            return answer.IsTaken;
        }
    }
}
