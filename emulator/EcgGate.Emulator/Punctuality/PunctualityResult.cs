using EcgGate.Gating;
using EcgGate.Timing;
using HdrHistogram;

namespace EcgGate.Emulator.Punctuality;

/// <summary>What a <see cref="PunctualityRun"/> measured. Changes no more; allocated after the run.</summary>
public sealed record PunctualityResult
{
    /// <summary>What each order went through, in their order: fired, dropped and failed ones.</summary>
    public required IReadOnlyList<PulseTrace> Traces { get; init; }

    /// <summary>
    /// What the loop-back input saw of each of <see cref="Traces"/>: edge minus deadline in nanoseconds; null where it saw
    /// none. Empty without loop-back.
    /// </summary>
    public required IReadOnlyList<long?> Loopback { get; init; }

    /// <summary>How late the bare sleeps ended, in nanoseconds.</summary>
    public required IReadOnlyList<long> Reference { get; init; }

    /// <summary>Each step of the clock while a thread did nothing but read it, in nanoseconds.</summary>
    public required LongHistogram Gaps { get; init; }

    /// <summary>From a sample to its decision at 1,000 samples per second, in nanoseconds.</summary>
    public required LongHistogram Pipeline { get; init; }

    /// <summary>From the sample with which a pulse was decided on to its order taken by the timer, in nanoseconds.</summary>
    public required LongHistogram Order { get; init; }

    /// <summary>Beats that should have had a pulse and were never ordered, or whose order was dropped, by reason.</summary>
    public required IReadOnlyList<KeyValuePair<Reason, long>> Missed { get; init; }

    /// <summary>Beats withheld, by reason: learning at the start, and what the gate doubted.</summary>
    public required IReadOnlyList<KeyValuePair<Reason, long>> Withheld { get; init; }

    /// <summary>How often the timer disarmed itself, and was armed again.</summary>
    public required int Faults { get; init; }

    /// <summary>Bytes that the core's and the timer's thread allocated while they ran: must be 0.</summary>
    public required long AllocatedBytes { get; init; }

    /// <summary>Collections of the runtime that the core runs in, while it ran.</summary>
    public required int Collections { get; init; }

    /// <summary>How long those held its managed threads.</summary>
    public required TimeSpan Pause { get; init; }

    /// <summary>What was granted to the pulse thread.</summary>
    public required RealtimeStatus PulseThread { get; init; }

    /// <summary>What was granted to the core's thread.</summary>
    public required RealtimeStatus CoreThread { get; init; }

    /// <summary>How long the pulses took.</summary>
    public required TimeSpan Time { get; init; }

    /// <summary>True where it was ended before all pulses were ordered.</summary>
    public required bool IsStopped { get; init; }
}
