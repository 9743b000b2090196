namespace EcgGate.Emulator.Boards;

/// <summary>How an emulated ADS1298 is wired, and what is out of true about it.</summary>
public sealed record EmulatedAds1298Options : EmulatedAds129xOptions
{
    /// <summary>The default wiring, and nothing out of true.</summary>
    public EmulatedAds1298Options()
        : base(2_000_000)
    {
    }

    /// <summary>
    /// The lead that each channel's inputs are wired to, channel 1 first: I and II between electrodes, V1 to V6 against the
    /// Wilson terminal. Default as the manufacturer's boards (assumed): V6, I, II, V2, V3, V4, V5, V1.
    /// </summary>
    public IReadOnlyList<string> ChannelLeads { get; init; } = ["V6", "I", "II", "V2", "V3", "V4", "V5", "V1"];

    internal override EmulatedAds129x Build(IAnalogEcg ecg, PatientTime patientTime, IEmulatorClock clock) =>
        new EmulatedAds1298(ecg, patientTime, this, clock);
}
