using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace EcgGate.Emulator.Simulation;

/// <summary>Which faults a simulation injects: all by chance, none, or those of a list.</summary>
/// <remarks>
/// Written as <c>all</c>, <c>none</c>, or kinds and single faults separated by commas: <c>lost,line-slow#2</c>. With
/// <c>all</c> chance decides which kinds a patient meets (<see cref="SimulatedFaultKind.SmallSpikes"/> never); a kind in a
/// list is met by each; a single fault is the one of this number that the patient's seed lays out. Immutable.
/// </remarks>
public sealed class FaultSelection
{
    private static readonly (SimulatedFaultKind Kind, string Name)[] Names =
    [
        (SimulatedFaultKind.Lost, "lost"),
        (SimulatedFaultKind.Repeated, "repeated"),
        (SimulatedFaultKind.Late, "late"),
        (SimulatedFaultKind.Disordered, "disordered"),
        (SimulatedFaultKind.Stuck, "stuck"),
        (SimulatedFaultKind.NotANumber, "nan"),
        (SimulatedFaultKind.Drift, "drift"),
        (SimulatedFaultKind.ClockStep, "clock-step"),
        (SimulatedFaultKind.LeadOff, "lead-off"),
        (SimulatedFaultKind.Saturation, "saturation"),
        (SimulatedFaultKind.Noise, "noise"),
        (SimulatedFaultKind.Motion, "motion"),
        (SimulatedFaultKind.Amplitude, "amplitude"),
        (SimulatedFaultKind.TimerLate, "timer-late"),
        (SimulatedFaultKind.LineRefuses, "line-refuses"),
        (SimulatedFaultKind.LineSticks, "line-sticks"),
        (SimulatedFaultKind.LineSlow, "line-slow"),
        (SimulatedFaultKind.RingFull, "ring-full"),
        (SimulatedFaultKind.Options, "options"),
        (SimulatedFaultKind.Disarm, "disarm"),
        (SimulatedFaultKind.Stop, "stop"),
        (SimulatedFaultKind.SourceFails, "source-fails"),
        (SimulatedFaultKind.DataReadyLost, "drdy-lost"),
        (SimulatedFaultKind.SpiErrors, "spi-errors"),
        (SimulatedFaultKind.SmallSpikes, "small-spikes"),
        (SimulatedFaultKind.GeneratorSlow, "gen-slow"),
        (SimulatedFaultKind.GeneratorRefuses, "gen-refuses"),
        (SimulatedFaultKind.Interlock, "interlock"),
        (SimulatedFaultKind.OverCurrent, "over-current"),
        (SimulatedFaultKind.OpenCircuit, "open"),
        (SimulatedFaultKind.ShortCircuit, "short"),
        (SimulatedFaultKind.Arc, "arc"),
        (SimulatedFaultKind.RisingImpedance, "rising"),
        (SimulatedFaultKind.LowVoltage, "low-voltage"),
        (SimulatedFaultKind.ReadingLost, "reading-lost"),
        (SimulatedFaultKind.ReadingLate, "reading-late"),
        (SimulatedFaultKind.CountJump, "count-jump"),
        (SimulatedFaultKind.Garbled, "garbled"),
        (SimulatedFaultKind.StrayPulse, "stray"),
        (SimulatedFaultKind.OperatorPauses, "op-pauses"),
        (SimulatedFaultKind.OperatorResumes, "op-resumes"),
        (SimulatedFaultKind.OperatorConfirms, "op-confirms"),
        (SimulatedFaultKind.OperatorAborts, "op-aborts"),
        (SimulatedFaultKind.OperatorGone, "op-gone"),
        (SimulatedFaultKind.OperatorWaits, "op-waits"),
        (SimulatedFaultKind.HostHangs, "host-hangs"),
    ];

    private readonly HashSet<SimulatedFaultKind> _kinds = [];
    private readonly HashSet<(SimulatedFaultKind Kind, int Number)> _single = [];

    private FaultSelection()
    {
    }

    /// <summary>Every kind, each met by some patients.</summary>
    public static FaultSelection All { get; } = new() { IsAll = true };

    /// <summary>None at all.</summary>
    public static FaultSelection None { get; } = new();

    /// <summary>Whether the list asks for a fault that happens in procedures alone.</summary>
    public bool NeedsProcedures => _kinds.Concat(_single.Select(single => single.Kind)).Any(IsOfProcedures);

    /// <summary>The names that a list may hold, in the order of <see cref="SimulatedFaultKind"/>.</summary>
    public static IReadOnlyList<string> KindNames { get; } = [.. Names.Select(entry => entry.Name)];

    /// <summary>Whether chance decides.</summary>
    public bool IsAll { get; private init; }

    /// <summary>Whether a fault happens in procedures alone: to the generator, the operator, or the host.</summary>
    public static bool IsOfProcedures(SimulatedFaultKind kind) => kind >= SimulatedFaultKind.GeneratorSlow;

    /// <summary>The name of a kind, as in a list.</summary>
    public static string NameOf(SimulatedFaultKind kind) => Names[(int)kind].Name;

    /// <summary>Reads a selection.</summary>
    /// <param name="text"><c>all</c>, <c>none</c>, or a list.</param>
    /// <param name="selection">The selection, or null.</param>
    /// <param name="problem">One sentence that says what is wrong and what would be right; empty where nothing is.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out FaultSelection? selection, out string problem)
    {
        ArgumentNullException.ThrowIfNull(text);
        problem = "";
        selection = text switch
        {
            "all" => All,
            "none" => None,
            _ => null,
        };
        if (selection is not null)
        {
            return true;
        }

        var list = new FaultSelection();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            var hash = part.IndexOf('#', StringComparison.Ordinal);
            var name = hash < 0 ? part : part[..hash];
            var found = Array.FindIndex(Names, entry => entry.Name == name);
            var number = 0;
            if (found < 0 || (hash >= 0 && !int.TryParse(part[(hash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out number)))
            {
                problem = $"'{part}' is no fault; give all, none, or a list with commas of {string.Join(", ", KindNames)}, each with #NUMBER for a single one.";
                return false;
            }

            if (hash < 0)
            {
                list._kinds.Add(Names[found].Kind);
            }
            else
            {
                list._single.Add((Names[found].Kind, number));
            }
        }

        selection = list;
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => IsAll
        ? "all"
        : _kinds.Count + _single.Count == 0
            ? "none"
            : string.Join(',', _kinds.Order().Select(NameOf).Concat(_single.Order().Select(single => string.Create(CultureInfo.InvariantCulture, $"{NameOf(single.Kind)}#{single.Number}"))));

    /// <summary>A selection of single faults.</summary>
    internal static FaultSelection Of(IEnumerable<SimulatedFault> faults)
    {
        var list = new FaultSelection();
        foreach (var fault in faults)
        {
            list._single.Add((fault.Kind, fault.Number));
        }

        return list;
    }

    /// <summary>Whether a patient meets this kind at all.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="byChance">What chance says.</param>
    internal bool Meets(SimulatedFaultKind kind, bool byChance) => IsAll ? byChance : _kinds.Contains(kind) || _single.Any(single => single.Kind == kind);

    internal bool Includes(SimulatedFaultKind kind, int number) => IsAll || _kinds.Contains(kind) || _single.Contains((kind, number));
}
