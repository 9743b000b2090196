using EcgGate.Timing;

namespace EcgGate.Simulation.Tests.Model;

/// <summary>
/// The protocol of order, withdrawal, arming, edge and answer between the core's thread, the timer's and the host's, with
/// all interleavings of their single steps. The steps are the live timer's own: <see cref="PulseCall"/> and
/// <see cref="PulseService"/>; only the loops around them are written here.
/// </summary>
internal sealed class PulseModel
{
    /// <summary>The clock stands still after this; all that matters has happened by then.</summary>
    private const int LastTick = 4;

    private readonly Request[] _core;
    private readonly Request[] _host0;
    private readonly Request[] _host1;

    public PulseModel(Request[] core, Request[] host0, Request[] host1)
    {
        _core = core;
        _host0 = host0;
        _host1 = host1;
    }

    public Planted Planted { get; init; }

    /// <summary>Whether time may pass between the last look at the clock and the edge: a thread that is halted there.</summary>
    public bool MayHaltBeforeEdge { get; init; }

    /// <summary>Whether the line may refuse.</summary>
    public bool MayRefuse { get; init; }

    /// <summary>The beginning: armed, the line low.</summary>
    /// <param name="claimLead">How many ticks before its deadline the timer's thread claims an order.</param>
    public static ModelState Start(int claimLead) => new()
    {
        Word = default(PulseWord).ArmedAnew(),
        Service = new PulseService { IsLineLow = true, ClaimLeadNanoseconds = claimLead },
        Requested = 1,
    };

    public IEnumerable<Successor<ModelState>> Successors(ModelState state)
    {
        if (OfCaller(state, state.Core, _core, (s, c) => s with { Core = c }, "core") is { } core)
        {
            yield return core;
        }

        if (OfCaller(state, state.Host0, _host0, (s, c) => s with { Host0 = c }, "host 0") is { } host0)
        {
            yield return host0;
        }

        if (OfCaller(state, state.Host1, _host1, (s, c) => s with { Host1 = c }, "host 1") is { } host1)
        {
            yield return host1;
        }

        foreach (var timer in OfTimer(state))
        {
            yield return timer;
        }

        if (state.Clock < LastTick && !IsAtRest(state) && (MayHaltBeforeEdge || state.Service.Stage is not (PulseServiceStage.Raise or PulseServiceStage.ReadEdge)))
        {
            yield return new Successor<ModelState>(state with { Clock = state.Clock + 1 }, $"the clock shows {state.Clock + 1}", null);
        }
    }

    /// <summary>Where nothing can happen any more, nothing may be open.</summary>
    public string? AtEnd(ModelState state)
    {
        if (state.Core.Step < _core.Length || state.Host0.Step < _host0.Length || state.Host1.Step < _host1.Length)
        {
            return "A thread waits for ever.";
        }

        foreach (var pulse in new[] { state.First, state.Second })
        {
            if (pulse.Answers != (pulse.IsTaken ? 1 : 0))
            {
                return $"An order that was {(pulse.IsTaken ? "taken" : "refused")} is answered {pulse.Answers} times.";
            }

            if (pulse.Edges > 1)
            {
                return "Two edges are made for one beat.";
            }
        }

        return state.Word.Phase != PulsePhase.Idle ? $"The timer is left {state.Word.Phase}."
            : state.IsLineHigh && !MayRefuse ? "The line is left high."
            : null;
    }

    private static bool IsAtRest(ModelState state) => state.Service.Stage == PulseServiceStage.Done && state.Word.Phase == PulsePhase.Idle && state.Ordered == 2;

    private Successor<ModelState>? OfCaller(ModelState state, Caller caller, Request[] requests, Func<ModelState, Caller, ModelState> with, string name)
    {
        if (caller.Step >= requests.Length)
        {
            return null;
        }

        var request = requests[caller.Step];
        if (!caller.IsCalling)
        {
            if (request == Request.Await)
            {
                var pulse = state.Ordered == 1 ? state.First : state.Second;
                return pulse.IsTaken && pulse.Answers == 0 ? null : new Successor<ModelState>(with(state, caller with { Step = caller.Step + 1 }), $"{name} has its answer", null);
            }

            var (call, next) = Begin(state, request);
            return new Successor<ModelState>(with(next, caller with { IsCalling = true, Call = call, Revokes = 0 }), $"{name} calls {request}", null);
        }

        var world = new ModelWorld(state, lineObeys: true, isTimer: false, Planted);
        var shared = world.Seam;
        var stepping = caller.Call;
        stepping.Step(ref shared);
        var after = world.State;
        var revokes = world.ChangedToken >= 0 && request is Request.Disarm or Request.Stop ? world.ChangedToken : caller.Revokes;
        var isDone = stepping.IsDone || (stepping.IsWaiting && request is Request.Disarm or Request.DisarmFirst && Planted == Planted.DisarmDoesNotWait);

        // Whoever stops the timer also waits for its thread to end.
        isDone &= request != Request.Stop || after.HasTimerEnded;
        if (!isDone)
        {
            // A step that only waits leads to the state it came from, which is no news to the explorer.
            var same = with(after, caller with { Call = stepping, Revokes = revokes });
            return same.Equals(state) ? null : new Successor<ModelState>(same, $"{name}: {request} goes on", null);
        }

        after = with(Return(after, request, stepping, revokes), new Caller(caller.Step + 1, false, default, 0));
        return new Successor<ModelState>(after, $"{name}: {request} returns", null);
    }

    private static (PulseCall Call, ModelState Next) Begin(ModelState state, Request request)
    {
        switch (request)
        {
            case Request.Arm:
                return (PulseCall.Arm(), state);
            case Request.Disarm:
                return (PulseCall.Disarm(), state);
            case Request.DisarmFirst:
                return (PulseCall.Disarm(new ArmToken(1)), state);
            case Request.Stop:
                return (PulseCall.Stop(), state);
            case Request.Cancel:
                return (PulseCall.Cancel(state.Ordered), state);
            default:
                var beat = state.Ordered + 1;
                var deadline = new MonotonicTime(beat);
                var order = new PulseOrder(new ArmToken(state.Requested), beat, deadline, deadline.AddNanoseconds(1), 1);
                return (PulseCall.Schedule(in order), state with { Ordered = beat });
        }
    }

    private static ModelState Return(ModelState state, Request request, PulseCall call, long revokes) => request switch
    {
        Request.Arm when call.Token != default => state with { Requested = call.Token.Value, Revoked = Math.Max(state.Revoked, call.Token.Value - 1) },
        Request.Disarm or Request.Stop => state with { Requested = 0, Revoked = Math.Max(state.Revoked, revokes) },
        Request.DisarmFirst => state with { Revoked = Math.Max(state.Revoked, 1) },
        Request.Order when state.Ordered == 1 => state with { First = state.First with { IsTaken = call.IsTaken } },
        Request.Order => state with { Second = state.Second with { IsTaken = call.IsTaken } },
        _ => state,
    };

    private IEnumerable<Successor<ModelState>> OfTimer(ModelState state)
    {
        if (state.HasTimerEnded)
        {
            yield break;
        }

        if (state.Service.Stage == PulseServiceStage.Done)
        {
            if (state.Word.Phase is PulsePhase.Pending or PulsePhase.Cancelled)
            {
                var service = state.Service;
                service.Begin();
                yield return new Successor<ModelState>(state with { Service = service }, "timer sees an order", null);
            }
            else if (state.Word.IsStopped)
            {
                yield return new Successor<ModelState>(state with { HasTimerEnded = true, IsLineHigh = false }, "timer ends", null);
            }
            else if (!state.Service.IsLineLow)
            {
                var service = state.Service;
                service.IsLineLow = true;
                yield return new Successor<ModelState>(state with { Service = service, IsLineHigh = false }, "timer lowers the line at last", null);
            }

            yield break;
        }

        var drives = state.Service.Stage is PulseServiceStage.Raise or PulseServiceStage.Lower or PulseServiceStage.LowerFirst;
        foreach (var obeys in drives && MayRefuse ? new[] { true, false } : [true])
        {
            var stage = state.Service.Stage;
            var world = new ModelWorld(state, obeys, isTimer: true, Planted);
            var shared = world.Seam;
            var service = state.Service;
            service.Step(ref shared);
            var after = world.State with
            {
                Service = service,
                LastLook = stage == PulseServiceStage.LastLook ? state.Clock : state.LastLook,
            };
            var broken = world.Broken;
            if (world.Raised && !MayHaltBeforeEdge && state.Clock > service.Order.LatestEdge.Nanoseconds)
            {
                broken ??= $"An edge begins at {state.Clock}, past its latest of {service.Order.LatestEdge.Nanoseconds}.";
            }

            if (stage == PulseServiceStage.Answer && service.Report.Result == PulseResult.Fault && after.Word.Takes(service.Order.Token))
            {
                broken ??= "A fault has left the arming in place.";
            }

            if (broken is not null || !after.Equals(state))
            {
                yield return new Successor<ModelState>(after, $"timer: {stage}{(obeys ? "" : ", the line refuses")}", broken);
            }
        }
    }
}
