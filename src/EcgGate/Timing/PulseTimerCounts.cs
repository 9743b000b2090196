namespace EcgGate.Timing;

/// <summary>The counts of <see cref="PulseTimerStatistics"/>, as a plain value.</summary>
internal readonly record struct PulseTimerCounts(
    long Fired,
    long DroppedLate,
    long Cancelled,
    long Faults,
    long WokeAfterDeadline,
    long LargestSpinGapNanoseconds,
    long SpinMarginNanoseconds);
