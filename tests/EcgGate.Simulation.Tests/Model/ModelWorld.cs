using EcgGate.Timing;

namespace EcgGate.Simulation.Tests.Model;

/// <summary>An error put in on purpose, to see that it is found.</summary>
internal enum Planted
{
    /// <summary>None: the code as it is.</summary>
    None,

    /// <summary>The timer's thread changes the word without looking whether somebody else did: the claim is not atomic.</summary>
    BlindClaim,

    /// <summary>Whoever disarms does not wait for an edge that is being made.</summary>
    DisarmDoesNotWait,

    /// <summary>The timer's thread does not read the clock again before the edge.</summary>
    NoLastLook,

    /// <summary>The token of an order is not compared with the current one.</summary>
    AnyToken,
}

/// <summary>What one step sees and changes: a copy of the state to write on.</summary>
internal sealed class ModelWorld(ModelState state, bool lineObeys, bool isTimer, Planted planted)
{
    public ModelState State { get; set; } = state;

    /// <summary>The token that stood in the word when this step changed it; −1 where it changed nothing.</summary>
    public long ChangedToken { get; private set; } = -1;

    public bool Raised { get; private set; }

    public string? Broken { get; private set; }

    public Shared Seam => new(this);

    internal readonly struct Shared(ModelWorld world) : IPulseShared
    {
        public PulseWord Word
        {
            get
            {
                var word = world.State.Word;
                if (world.Planted is Planted.AnyToken && !world.IsTimer && word.IsArmed)
                {
                    // The caller believes that the current token is the one that it holds: the first.
                    return new PulseWord((word.Bits & ~(((1L << 29) - 1) << 5)) | (1L << 5));
                }

                return word;
            }
        }

        public PulseOrder Order
        {
            get => world.State.Order;
            set => world.State = world.State with { Order = value };
        }

        public MonotonicTime Now => new(world.Planted is Planted.NoLastLook && world.State.Service.Stage == PulseServiceStage.LastLook
            ? world.State.Order.Deadline.Nanoseconds
            : world.State.Clock);

        public bool IsTimerThread => world.IsTimer;

        public bool TryChange(PulseWord seen, PulseWord next)
        {
            var current = world.State.Word;
            var isBlind = (world.Planted is Planted.BlindClaim && world.IsTimer) || (world.Planted is Planted.AnyToken && !world.IsTimer);
            if (current != seen && !isBlind)
            {
                return false;
            }

            if (world.Planted is Planted.AnyToken && !world.IsTimer)
            {
                // The token stays what it is; only what the caller believed of it was wrong.
                var token = ((1L << 29) - 1) << 5;
                next = seen.Token == next.Token ? new PulseWord((next.Bits & ~token) | (current.Bits & token)) : next;
            }

            world.ChangedToken = current.Token.Value;
            world.State = world.State with { Word = next };
            return true;
        }

        public void SetFault(PulseTimerFault fault) => world.State = world.State with { Fault = fault };

        public void Wake()
        {
        }

        public bool TryRaise()
        {
            var state = world.State;
            var order = state.Service.Order;
            world.Raised = true;
            world.Broken ??=
                order.Token.Value <= state.Revoked ? $"An edge of arming {order.Token.Value} begins although {state.Revoked} was taken back." :
                state.IsLineHigh ? "An edge is made while the line is high." :
                state.LastLook < order.Deadline.Nanoseconds ? "An edge begins before its deadline." :
                state.LastLook > order.LatestEdge.Nanoseconds ? "An edge begins although the last look at the clock forbade it." : null;
            world.State = world.WithPulse(order.BeatNumber, pulse => pulse with { Edges = pulse.Edges + 1 }) with { IsLineHigh = state.IsLineHigh || world.LineObeys };
            return world.LineObeys;
        }

        public bool TryLower()
        {
            world.State = world.State with { IsLineHigh = world.State.IsLineHigh && !world.LineObeys };
            return world.LineObeys;
        }

        public void Answer(in PulseReport report)
        {
            var result = report.Result;
            var order = world.State.Service.Order;
            if (result == PulseResult.Fired && report.EdgeTime > order.LatestEdge)
            {
                world.Broken ??= "A late edge is answered as a good one.";
            }

            world.State = world.WithPulse(report.BeatNumber, pulse => pulse with { Answers = pulse.Answers + 1, Result = result });
        }
    }

    private bool LineObeys => lineObeys;

    private bool IsTimer => isTimer;

    private Planted Planted => planted;

    private ModelState WithPulse(long beat, Func<Pulse, Pulse> change) =>
        beat == 1 ? State with { First = change(State.First) } : State with { Second = change(State.Second) };
}
