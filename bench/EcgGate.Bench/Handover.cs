namespace EcgGate.Bench;

/// <summary>What is handed over: the size of a small event.</summary>
/// <param name="Number">Counts on.</param>
/// <param name="SentNanoseconds">When it was sent.</param>
internal readonly record struct Handover(long Number, long SentNanoseconds);
