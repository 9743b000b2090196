namespace EcgGate.Simulation.Tests.Model;

/// <summary>A state that follows another.</summary>
/// <param name="State">The state.</param>
/// <param name="Action">What leads there, for people.</param>
/// <param name="Broken">What does not hold on the way there; null where all does.</param>
internal readonly record struct Successor<TState>(TState State, string Action, string? Broken);

/// <summary>What an exploration found.</summary>
/// <param name="States">How many different states there are.</param>
/// <param name="Terminal">How many of them have no successor.</param>
/// <param name="Broken">What did not hold first; null where all did.</param>
/// <param name="Trace">The shortest way there.</param>
internal sealed record Exploration(int States, int Terminal, string? Broken, IReadOnlyList<string> Trace);

/// <summary>Visits every state that can be reached, breadth first, so that the first fault found is one of the nearest.</summary>
internal static class Explorer
{
    /// <summary>Explores.</summary>
    /// <param name="start">Where to begin.</param>
    /// <param name="successors">All that can happen next: each single step of each thread, and the clock's.</param>
    /// <param name="atEnd">What does not hold in a state without successor; null where all does.</param>
    /// <param name="mostStates">Beyond so many states it gives up, loudly.</param>
    public static Exploration Explore<TState>(TState start, Func<TState, IEnumerable<Successor<TState>>> successors, Func<TState, string?> atEnd, int mostStates)
        where TState : struct, IEquatable<TState>
    {
        var numbers = new Dictionary<TState, int> { [start] = 0 };
        var states = new List<TState> { start };
        var from = new List<(int Parent, string Action)> { (-1, "start") };
        var terminal = 0;
        for (var i = 0; i < states.Count; i++)
        {
            var moves = false;
            foreach (var next in successors(states[i]))
            {
                moves = true;
                if (next.Broken is not null)
                {
                    return new Exploration(states.Count, terminal, next.Broken, [.. TraceTo(i, from), next.Action]);
                }

                if (numbers.TryAdd(next.State, states.Count))
                {
                    states.Add(next.State);
                    from.Add((i, next.Action));
                    if (states.Count > mostStates)
                    {
                        throw new InvalidOperationException($"More than {mostStates} states: the model is not as small as it should be.");
                    }
                }
            }

            if (!moves)
            {
                terminal++;
                if (atEnd(states[i]) is { } broken)
                {
                    return new Exploration(states.Count, terminal, broken, TraceTo(i, from));
                }
            }
        }

        return new Exploration(states.Count, terminal, null, []);
    }

    private static List<string> TraceTo(int state, List<(int Parent, string Action)> from)
    {
        var trace = new List<string>();
        for (var i = state; i >= 0; i = from[i].Parent)
        {
            trace.Add(from[i].Action);
        }

        trace.Reverse();
        return trace;
    }
}
