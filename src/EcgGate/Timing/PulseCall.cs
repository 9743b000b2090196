using System.Runtime.CompilerServices;

namespace EcgGate.Timing;

/// <summary>
/// One call on the timer from another thread, as a machine of single steps: each touches what the threads share once
/// at most. <see cref="PulseTimer"/> runs it to its end; a test may stop it between any two steps.
/// </summary>
/// <remarks>A value: a copy goes on from where it stands.</remarks>
internal record struct PulseCall
{
    private Kind _kind;
    private Stage _stage;
    private PulseWord _seen;
    private PulseOrder _order;

    private enum Kind
    {
        Arm,
        Disarm,
        DisarmToken,
        Stop,
        Schedule,
        Cancel,
    }

    private enum Stage
    {
        Look,
        Change,
        Load,
        LookAgain,
        ChangeAgain,
        Wake,
        AwaitEdge,
        Done,
    }

    /// <summary>True after the last step.</summary>
    public readonly bool IsDone => _stage == Stage.Done;

    /// <summary>True where the last step found an edge in the making, which this call waits out.</summary>
    public bool IsWaiting { readonly get; private set; }

    /// <summary>The fresh token of <see cref="Arm"/>, which is void where the timer is stopped.</summary>
    public ArmToken Token { readonly get; private set; }

    /// <summary>Whether <see cref="Schedule"/> was taken.</summary>
    public bool IsTaken { readonly get; private set; }

    /// <summary>Arms with a fresh token.</summary>
    public static PulseCall Arm() => new() { _kind = Kind.Arm };

    /// <summary>Disarms, whatever the token.</summary>
    public static PulseCall Disarm() => new() { _kind = Kind.Disarm };

    /// <summary>Disarms if armed with this token.</summary>
    public static PulseCall Disarm(ArmToken token) => new() { _kind = Kind.DisarmToken, _order = new PulseOrder(token, 0, default, default, 0) };

    /// <summary>Disarms for good.</summary>
    public static PulseCall Stop() => new() { _kind = Kind.Stop };

    /// <summary>Gives an order. One thread at a time.</summary>
    public static PulseCall Schedule(in PulseOrder order) => new() { _kind = Kind.Schedule, _order = order };

    /// <summary>Withdraws the pending order of this beat. Only the thread that gives orders.</summary>
    public static PulseCall Cancel(long beatNumber) => new() { _kind = Kind.Cancel, _order = new PulseOrder(default, beatNumber, default, default, 0) };

    /// <summary>Makes the next step.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Step<T>(ref T shared)
        where T : struct, IPulseShared
    {
        switch (_stage)
        {
            case Stage.Look:
                _seen = shared.Word;
                Consider(ref shared);
                break;

            case Stage.Change:
                if (!shared.TryChange(_seen, After(_seen)))
                {
                    // An order is given by one try: whoever came between has disarmed, or the timer is not idle.
                    _stage = _kind == Kind.Schedule ? Stage.Done : Stage.Look;
                    break;
                }

                _stage = _kind switch
                {
                    Kind.Schedule => Stage.Load,
                    _ when _seen.Phase == PulsePhase.Pending || _kind == Kind.Stop => Stage.Wake,
                    _ => AfterWake(),
                };
                break;

            case Stage.Load:
                // Loading keeps the order's fields from being written by two threads, or while they are read.
                shared.Order = _order;
                _stage = Stage.LookAgain;
                break;

            case Stage.LookAgain:
                _seen = shared.Word;
                _stage = Stage.ChangeAgain;
                break;

            case Stage.ChangeAgain:
                IsTaken = _seen.Takes(_order.Token);
                _stage = shared.TryChange(_seen, _seen.To(IsTaken ? PulsePhase.Pending : PulsePhase.Idle)) ? Stage.Wake : Stage.LookAgain;
                break;

            case Stage.Wake:
                shared.Wake();
                _stage = AfterWake();
                break;

            case Stage.AwaitEdge:
                IsWaiting = !shared.IsTimerThread && shared.Word.Phase == PulsePhase.Firing;
                _stage = IsWaiting ? Stage.AwaitEdge : Stage.Done;
                break;

            default:
                break;
        }
    }

    private void Consider<T>(ref T shared)
        where T : struct, IPulseShared
    {
        IsWaiting = false;
        switch (_kind)
        {
            case Kind.Arm when _seen.IsStopped:
                Token = default;
                _stage = Stage.Done;
                break;

            // As when disarming: nothing of an earlier arming begins after this has returned.
            case Kind.Arm when _seen.Phase == PulsePhase.Firing && !shared.IsTimerThread:
                IsWaiting = true;
                break;

            case Kind.Arm:
                shared.SetFault(PulseTimerFault.None);
                Token = _seen.ArmedAnew().Token;
                _stage = Stage.Change;
                break;

            // Another arming has taken its place, or none has: its orders are refused already.
            case Kind.DisarmToken when !_seen.IsArmed || _seen.Token != _order.Token:
                _stage = AfterWake();
                break;

            case Kind.Schedule when _seen.Phase != PulsePhase.Idle || !_seen.Takes(_order.Token):
                _stage = Stage.Done;
                break;

            // The order may be read here, as only the thread that calls this may replace it.
            case Kind.Cancel when _seen.Phase != PulsePhase.Pending || shared.Order.BeatNumber != _order.BeatNumber:
                _stage = Stage.Done;
                break;

            default:
                _stage = Stage.Change;
                break;
        }
    }

    private readonly PulseWord After(PulseWord seen) => _kind switch
    {
        Kind.Arm => seen.ArmedAnew(),
        Kind.Disarm or Kind.DisarmToken => seen.Disarmed(),
        Kind.Stop => seen.Stopped(),
        Kind.Schedule => seen.LoadingNext(),
        _ => seen.Withdrawn(),
    };

    private readonly Stage AfterWake() => _kind is Kind.Disarm or Kind.DisarmToken ? Stage.AwaitEdge : Stage.Done;
}
