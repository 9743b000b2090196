using EcgGate.Delivery;

namespace EcgGate.Emulator.Simulation;

/// <summary>What came of simulated procedures. Counts; what one patient's adds to another's.</summary>
public sealed class ProcedureFigures
{
    private readonly long[] _pauses = new long[Enum.GetValues<DeliveryReason>().Length];
    private readonly long[] _aborts = new long[Enum.GetValues<DeliveryReason>().Length];

    /// <summary>Procedures begun: each ended as completed or aborted.</summary>
    public long Procedures { get; internal set; }

    /// <summary>Those in which each pair got its pulses.</summary>
    public long Completed { get; internal set; }

    /// <summary>Treatment pulses that the plans asked for.</summary>
    public long Planned { get; internal set; }

    /// <summary>Pulses that the generators made, stray ones among them.</summary>
    public long Made { get; internal set; }

    /// <summary>Pulses that the generators counted and did not make.</summary>
    public long CountedFalsely { get; internal set; }

    /// <summary>Pulses that the generators made by themselves.</summary>
    public long Stray { get; internal set; }

    /// <summary>Told as good test pulses.</summary>
    public long Tests { get; internal set; }

    /// <summary>Told as good treatment pulses.</summary>
    public long Treatments { get; internal set; }

    /// <summary>Told as failed, or as delivered and not measured.</summary>
    public long Failed { get; internal set; }

    /// <summary>Told as unexpected.</summary>
    public long Unexpected { get; internal set; }

    /// <summary>Pulses permitted.</summary>
    public long Permits { get; internal set; }

    /// <summary>How often the operator resumed.</summary>
    public long Resumed { get; internal set; }

    /// <summary>Pauses by reason, those that occurred.</summary>
    public IReadOnlyList<KeyValuePair<DeliveryReason, long>> Pauses => List(_pauses);

    /// <summary>Aborts by reason, those that occurred.</summary>
    public IReadOnlyList<KeyValuePair<DeliveryReason, long>> Aborts => List(_aborts);

    internal void Pause(DeliveryReason reason) => _pauses[(int)reason]++;

    internal void Abort(DeliveryReason reason) => _aborts[(int)reason]++;

    internal void Add(ProcedureFigures other)
    {
        Procedures += other.Procedures;
        Completed += other.Completed;
        Planned += other.Planned;
        Made += other.Made;
        CountedFalsely += other.CountedFalsely;
        Stray += other.Stray;
        Tests += other.Tests;
        Treatments += other.Treatments;
        Failed += other.Failed;
        Unexpected += other.Unexpected;
        Permits += other.Permits;
        Resumed += other.Resumed;
        for (var i = 0; i < _pauses.Length; i++)
        {
            _pauses[i] += other._pauses[i];
            _aborts[i] += other._aborts[i];
        }
    }

    private static KeyValuePair<DeliveryReason, long>[] List(long[] counts) =>
        [.. counts.Select((count, i) => KeyValuePair.Create((DeliveryReason)i, count)).Where(entry => entry.Value > 0)];
}
