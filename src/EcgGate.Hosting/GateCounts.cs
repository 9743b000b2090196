namespace EcgGate.Hosting;

/// <summary>What became of the beats so far: beats = fired + withheld + missed.</summary>
/// <param name="Beats">Beats with an outcome.</param>
/// <param name="Fired">Beats on which a pulse was delivered.</param>
/// <param name="Withheld">Beats on which the gate chose not to fire.</param>
/// <param name="Missed">Beats for which it was too late.</param>
/// <param name="DroppedEvents">Events that found the engine's ring full: their beats are not among these counts.</param>
public readonly record struct GateCounts(long Beats, long Fired, long Withheld, long Missed, long DroppedEvents);
