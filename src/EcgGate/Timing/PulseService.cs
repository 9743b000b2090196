using System.Runtime.CompilerServices;

namespace EcgGate.Timing;

/// <summary>What <see cref="PulseService"/> does next.</summary>
internal enum PulseServiceStage
{
    /// <summary>Nothing: no order is being served.</summary>
    Done,

    /// <summary>Reads the order.</summary>
    Begin,

    /// <summary>Looks whether the order still stands.</summary>
    Wait,

    /// <summary>Reads the clock: is the deadline there?</summary>
    WaitClock,

    /// <summary>The latest edge has passed before the order was claimed.</summary>
    DropLook,

    /// <summary>Takes a late order out.</summary>
    DropChange,

    /// <summary>Lowers a line that is still active from a pulse whose end was refused.</summary>
    LowerFirst,

    /// <summary>Looks whether the order still stands, right before claiming it.</summary>
    ClaimLook,

    /// <summary>Claims it: from here on it cannot be withdrawn.</summary>
    ClaimChange,

    /// <summary>Watches the clock until the deadline; its last read before the edge.</summary>
    LastLook,

    /// <summary>Makes the edge.</summary>
    Raise,

    /// <summary>Reads the clock right after the edge.</summary>
    ReadEdge,

    /// <summary>Looks at the word to let go of the claim.</summary>
    EndLook,

    /// <summary>Lets go of the claim: whoever disarms need not wait any more.</summary>
    EndChange,

    /// <summary>Notes a fault.</summary>
    Fault,

    /// <summary>Looks at the word to disarm.</summary>
    FailLook,

    /// <summary>Disarms because of a fault.</summary>
    FailChange,

    /// <summary>Keeps the line active for its width.</summary>
    Hold,

    /// <summary>Makes the line inactive.</summary>
    Lower,

    /// <summary>The outcome is known; looks at the word to become idle.</summary>
    FreeLook,

    /// <summary>Becomes idle: the next order may come.</summary>
    FreeChange,

    /// <summary>Answers.</summary>
    Answer,
}

/// <summary>
/// What the timer's thread does with one order, as a machine of single steps: each touches what the threads share, the
/// clock or the line once at most. <see cref="PulseTimer"/> runs it on its thread and sleeps where it waits; a
/// simulation runs it in virtual time; an explorer stops it between any two steps.
/// </summary>
/// <remarks>A value: a copy goes on from where it stands. Allocates nothing, throws nothing.</remarks>
internal record struct PulseService
{
    private PulseWord _seen;
    private MonotonicTime _now;
    private bool _raised;
    private PulseTimerFault _fault;
    private PulseServiceStage _next;

    /// <summary>What the next step does.</summary>
    public PulseServiceStage Stage { readonly get; private set; }

    /// <summary>
    /// How long before its deadline an order is claimed, in nanoseconds: what is left to do at the deadline is one look at the
    /// clock and the edge. Whoever disarms waits as much longer.
    /// </summary>
    public long ClaimLeadNanoseconds { readonly get; init; }

    /// <summary>What the clock showed at the last step that read it.</summary>
    public readonly MonotonicTime LastRead => _now;

    /// <summary>The order being served, from the first step on.</summary>
    public PulseOrder Order { readonly get; private set; }

    /// <summary>Whether the line is known to be inactive; kept from one order to the next.</summary>
    public bool IsLineLow { readonly get; set; }

    /// <summary>True where the last step found that it is too early for the next.</summary>
    public bool IsWaiting { readonly get; private set; }

    /// <summary>When the line is to become inactive, in <see cref="PulseServiceStage.Hold"/>.</summary>
    public readonly MonotonicTime HoldUntil => Report.EdgeTime.AddNanoseconds(Order.WidthNanoseconds);

    /// <summary>The answer, known from <see cref="PulseServiceStage.FreeLook"/> on.</summary>
    public PulseReport Report { readonly get; private set; }

    /// <summary>Begins with the order that the word announces, pending or withdrawn already.</summary>
    public void Begin()
    {
        Stage = PulseServiceStage.Begin;
        _fault = PulseTimerFault.None;
        _raised = false;
        IsWaiting = false;
        Report = default;
    }

    /// <summary>Makes the next step.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Step<T>(ref T shared)
        where T : struct, IPulseShared
    {
        switch (Stage)
        {
            case PulseServiceStage.Begin:
                Order = shared.Order;
                Stage = PulseServiceStage.Wait;
                break;

            case PulseServiceStage.Wait:
                IsWaiting = false;
                if (shared.Word.Phase == PulsePhase.Pending)
                {
                    Stage = PulseServiceStage.WaitClock;
                }
                else
                {
                    Conclude(PulseResult.Cancelled, 0);
                }

                break;

            case PulseServiceStage.WaitClock:
                _now = shared.Now;
                IsWaiting = _now.AddNanoseconds(ClaimLeadNanoseconds) < Order.Deadline;
                Stage = IsWaiting ? PulseServiceStage.Wait
                    : _now > Order.LatestEdge ? PulseServiceStage.DropLook
                    : IsLineLow ? PulseServiceStage.ClaimLook : PulseServiceStage.LowerFirst;
                break;

            case PulseServiceStage.DropLook:
                LookForPending(ref shared, PulseServiceStage.DropChange);
                break;

            case PulseServiceStage.DropChange:
                if (Leave(ref shared, PulsePhase.Ending, PulseServiceStage.DropLook))
                {
                    Conclude(PulseResult.DroppedLate, _now.NanosecondsSince(Order.Deadline));
                }

                break;

            case PulseServiceStage.LowerFirst:
                // Without a rising edge there is no pulse.
                IsLineLow = shared.TryLower();
                Stage = PulseServiceStage.ClaimLook;
                if (!IsLineLow)
                {
                    Fail(PulseTimerFault.LowerRefused, PulseServiceStage.FreeLook);
                    Report = new PulseReport(Order.BeatNumber, PulseResult.Fault, default, 0);
                }

                break;

            case PulseServiceStage.ClaimLook:
                LookForPending(ref shared, PulseServiceStage.ClaimChange);
                break;

            case PulseServiceStage.ClaimChange:
                if (Leave(ref shared, PulsePhase.Firing, PulseServiceStage.ClaimLook))
                {
                    Stage = PulseServiceStage.LastLook;
                }

                break;

            case PulseServiceStage.LastLook:
                _now = shared.Now;
                IsWaiting = _now < Order.Deadline && _now <= Order.LatestEdge;
                Stage = IsWaiting ? PulseServiceStage.LastLook
                    : _now > Order.LatestEdge ? PulseServiceStage.EndLook : PulseServiceStage.Raise;
                break;

            case PulseServiceStage.Raise:
                IsLineLow = false;
                _raised = shared.TryRaise();
                _fault = _raised ? PulseTimerFault.None : PulseTimerFault.RaiseRefused;
                Stage = PulseServiceStage.ReadEdge;
                break;

            case PulseServiceStage.ReadEdge:
                _now = shared.Now;
                if (_raised && _now > Order.LatestEdge)
                {
                    _fault = PulseTimerFault.EdgeLate;
                }

                Stage = PulseServiceStage.EndLook;
                break;

            case PulseServiceStage.EndLook:
                _seen = shared.Word;
                Stage = PulseServiceStage.EndChange;
                break;

            case PulseServiceStage.EndChange:
                if (Leave(ref shared, PulsePhase.Ending, PulseServiceStage.EndLook))
                {
                    AfterEdge();
                }

                break;

            case PulseServiceStage.Fault:
                shared.SetFault(_fault);
                Stage = PulseServiceStage.FailLook;
                break;

            case PulseServiceStage.FailLook:
                _seen = shared.Word;
                Stage = PulseServiceStage.FailChange;
                break;

            case PulseServiceStage.FailChange:
                Stage = shared.TryChange(_seen, _seen.WithoutArming()) ? _next : PulseServiceStage.FailLook;
                break;

            case PulseServiceStage.Hold:
                // The line stays active for its width, whatever happens to the arming.
                IsWaiting = shared.Now < HoldUntil;
                Stage = IsWaiting ? PulseServiceStage.Hold : PulseServiceStage.Lower;
                break;

            case PulseServiceStage.Lower:
                IsLineLow = shared.TryLower();
                Stage = PulseServiceStage.FreeLook;
                if (!IsLineLow)
                {
                    Report = Report with { Result = PulseResult.Fault };
                    Fail(PulseTimerFault.LowerRefused, PulseServiceStage.FreeLook);
                }

                break;

            case PulseServiceStage.FreeLook:
                _seen = shared.Word;
                Stage = PulseServiceStage.FreeChange;
                break;

            case PulseServiceStage.FreeChange:
                // Idle before the answer: whoever has taken it may order again at once.
                _ = Leave(ref shared, PulsePhase.Idle, PulseServiceStage.FreeLook, PulseServiceStage.Answer);
                break;

            case PulseServiceStage.Answer:
                shared.Answer(Report);
                Stage = PulseServiceStage.Done;
                break;

            default:
                break;
        }
    }

    /// <summary>The claim is let go of: what came of it?</summary>
    private void AfterEdge()
    {
        if (IsLineLow)
        {
            // The last look at the clock forbade the edge.
            Conclude(PulseResult.DroppedLate, _now.NanosecondsSince(Order.Deadline));
            return;
        }

        // A line that refused to rise made no edge that could be timed.
        var result = _fault == PulseTimerFault.None ? PulseResult.Fired : PulseResult.Fault;
        Report = new PulseReport(Order.BeatNumber, result, _raised ? _now : default, _raised ? _now.NanosecondsSince(Order.Deadline) : 0);
        Stage = PulseServiceStage.Hold;
        if (_fault != PulseTimerFault.None)
        {
            Fail(_fault, PulseServiceStage.Lower);
        }
    }

    private void Conclude(PulseResult result, long lateness)
    {
        Report = new PulseReport(Order.BeatNumber, result, default, lateness);
        Stage = PulseServiceStage.FreeLook;
    }

    private void Fail(PulseTimerFault fault, PulseServiceStage next)
    {
        _fault = fault;
        _next = next;
        Stage = PulseServiceStage.Fault;
    }

    private void LookForPending<T>(ref T shared, PulseServiceStage next)
        where T : struct, IPulseShared
    {
        _seen = shared.Word;
        if (_seen.Phase == PulsePhase.Pending)
        {
            Stage = next;
        }
        else
        {
            Conclude(PulseResult.Cancelled, 0);
        }
    }

    /// <summary>One transition of the phase; arming and token may change at the same time and are kept as they are.</summary>
    private bool Leave<T>(ref T shared, PulsePhase to, PulseServiceStage again, PulseServiceStage next = PulseServiceStage.FreeLook)
        where T : struct, IPulseShared
    {
        var done = shared.TryChange(_seen, _seen.To(to));
        Stage = done ? next : again;
        return done;
    }
}
