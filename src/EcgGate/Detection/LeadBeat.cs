namespace EcgGate.Detection;

/// <summary>What one lead announced, and what became of it among the two.</summary>
internal struct LeadBeat
{
    /// <summary>R on this lead, samples; NaN in an empty place.</summary>
    public double R;

    /// <summary>R under which it was given out; NaN where it was not.</summary>
    public double EmittedR;

    /// <summary>The decision as the lead's detector made it.</summary>
    public BeatDecision Decision;

    /// <summary>Whether the other lead has announced it too.</summary>
    public bool IsShared;

    /// <summary>Whether it still waits for the other lead.</summary>
    public bool IsWaiting;
}
