namespace EcgGate.Timing;

/// <summary>
/// All that the timer's threads share, and the world that its thread acts on: the seam at which <see cref="PulseCall"/>
/// and <see cref="PulseService"/> meet the host, a simulation, or an explorer of all their interleavings.
/// </summary>
/// <remarks>Implemented by structs, so that the compiler resolves each call.</remarks>
internal interface IPulseShared
{
    /// <summary>Reads the word, with acquire semantics.</summary>
    PulseWord Word { get; }

    /// <summary>The order's fields; written only in <see cref="PulsePhase.Loading"/>, read only while pending.</summary>
    PulseOrder Order { get; set; }

    /// <summary>Reads the clock.</summary>
    MonotonicTime Now { get; }

    /// <summary>Whether the caller is the timer's own thread, which must not wait for itself.</summary>
    bool IsTimerThread { get; }

    /// <summary>Puts a new word in place if it is still the one that was seen; a full fence.</summary>
    bool TryChange(PulseWord seen, PulseWord next);

    /// <summary>Notes why the timer disarms itself, or that it is armed anew.</summary>
    void SetFault(PulseTimerFault fault);

    /// <summary>Wakes the timer's thread.</summary>
    void Wake();

    /// <summary>Makes the line active; false where it refused.</summary>
    bool TryRaise();

    /// <summary>Makes the line inactive; false where it refused.</summary>
    bool TryLower();

    /// <summary>Hands the answer to whoever gave the order.</summary>
    void Answer(in PulseReport report);
}
