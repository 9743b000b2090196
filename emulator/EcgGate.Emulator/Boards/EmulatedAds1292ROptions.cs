namespace EcgGate.Emulator.Boards;

/// <summary>How an emulated ADS1292R is wired, and what is out of true about it.</summary>
public sealed record EmulatedAds1292ROptions : EmulatedAds129xOptions
{
    /// <summary>The default wiring, and nothing out of true.</summary>
    public EmulatedAds1292ROptions()
        : base(800_000)
    {
    }

    internal override EmulatedAds129x Build(IAnalogEcg ecg, PatientTime patientTime, IEmulatorClock clock) =>
        new EmulatedAds1292R(ecg, patientTime, this, clock);
}
