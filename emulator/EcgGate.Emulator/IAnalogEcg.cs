namespace EcgGate.Emulator;

/// <summary>
/// An ECG as a function of continuous time, as it stands at the electrodes: what an emulated board samples. A virtual
/// patient is one, and so is a record that is resampled band-limited.
/// </summary>
/// <remarks>
/// One thread reads voltages, in nearly monotonic time: at least 2 s of looking back works. Another thread may call
/// <see cref="DeliverPulse(double)"/>.
/// </remarks>
public interface IAnalogEcg
{
    /// <summary>A short name for people, such as <c>patient:sinus-pvc</c> or a record's name.</summary>
    string Name { get; }

    /// <summary>Names of the leads, lead 0 first.</summary>
    IReadOnlyList<string> LeadNames { get; }

    /// <summary>Length in seconds, or null where it has no end.</summary>
    double? DurationSeconds { get; }

    /// <summary>The voltage of a lead at a moment, in mV, electrode offsets and artefacts included.</summary>
    /// <param name="lead">0 up to the number of <see cref="LeadNames"/>.</param>
    /// <param name="seconds">Seconds since the start; before it and after the end the signal is 0.</param>
    double Millivolts(int lead, double seconds);

    /// <summary>True if an electrode of the lead is off at this moment.</summary>
    /// <param name="lead">0 up to the number of <see cref="LeadNames"/>.</param>
    /// <param name="seconds">Seconds since the start.</param>
    bool IsLeadOff(int lead, double seconds);

    /// <summary>
    /// Tells that a pulse was delivered, whose artefact shows in the signal from then on. May be called from a thread
    /// other than the reading one, by one thread at a time.
    /// </summary>
    /// <param name="seconds">When the pulse began, in seconds since the start.</param>
    void DeliverPulse(double seconds);

    /// <summary>Tells that a pulse was delivered that is weaker or stronger than usual.</summary>
    /// <param name="seconds">When the pulse began, in seconds since the start.</param>
    /// <param name="strength">1 for the artefact of an ordinary treatment pulse, less for a weaker one; 0 for none.</param>
    /// <remarks>An ECG that knows one strength only shows that.</remarks>
    void DeliverPulse(double seconds, double strength) => DeliverPulse(seconds);
}
