namespace EcgGate.Emulator.Boards;

/// <summary>An ADS1292R at register level, fed by a continuous-time ECG.</summary>
/// <remarks>
/// After the data sheet SBAS502C. Channel 1 is on lead 0 of the ECG, channel 2 on lead 1 (shorted where there is none). A
/// lead that is off shows on the positive electrode. Only the electrode inputs, the shorted input and the test signal
/// are modelled; other inputs read 0. So does everything while the reference buffer is off.
/// </remarks>
public sealed class EmulatedAds1292R : EmulatedAds129x
{
    private const int Config1 = 0x01;
    private const int Config2 = 0x02;
    private const int Channel1 = 0x04;
    private const int LeadOffSense = 0x07;
    private const int LeadOffStatus = 0x08;
    private const int Gpio = 0x0B;

    private static readonly EmulatedAds129xPart Part = new()
    {
        Name = "ADS1292R",
        ClockHertz = 512_000,
        ClocksPerModulatorClock = 4,
        FrameBytes = 9,
        ResetClocks = 36,
        RateRegister = Config1,
        HasOffsetCalibration = true,

        // Register:   ID    CFG1  CFG2  LOFF  CH1   CH2   RLD   LSENS LSTAT RESP1 RESP2 GPIO
        ResetValues = [0x73, 0x02, 0x80, 0x10, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x0C],
        Writable = [0x00, 0x87, 0x7B, 0xED, 0xFF, 0xFF, 0xFF, 0x3F, 0x40, 0xFD, 0x86, 0x0F],
        MustBeOne = [0x00, 0x00, 0x80, 0x10, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x01, 0x00],
        ReadOnly = [0x00, LeadOffStatus],
    };

    private static readonly int[] Gains = [6, 1, 2, 3, 4, 8, 12, 6];

    private readonly double _shortedNoiseVolts;

    /// <summary>Powers a board up. It is in continuous reading, as the part is, and does not convert until started.</summary>
    /// <param name="ecg">What stands at its inputs.</param>
    /// <param name="patientTime">Where the ECG's zero lies on the clock.</param>
    /// <param name="options">Wiring and faults; null for the default.</param>
    /// <param name="clock">What it is paced by; null for the host's clock.</param>
    public EmulatedAds1292R(IAnalogEcg ecg, PatientTime patientTime, EmulatedAds1292ROptions? options = null, IEmulatorClock? clock = null)
        : this(ecg, patientTime, clock, options ?? new EmulatedAds1292ROptions())
    {
    }

    private EmulatedAds1292R(IAnalogEcg ecg, PatientTime patientTime, IEmulatorClock? clock, EmulatedAds1292ROptions options)
        : base(Part, ecg, patientTime, options, clock)
    {
        _shortedNoiseVolts = options.ShortedNoiseMicrovolts * 1e-6;
        WiredLeads = [.. ecg.LeadNames.Select((_, lead) => lead < 2 ? $"CH{lead + 1}" : null)];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string?> WiredLeads { get; }

    private protected override int ClocksPerConversion => (int)Part.ClockHertz / (125 << Math.Min(this[Config1] & 0x07, 6));

    // Table 13 of the data sheet: 4 conversions and 4 modulator clocks.
    private protected override double SettlingClocks => (4.0 * ClocksPerConversion) + (4 * Part.ClocksPerModulatorClock);

    private protected override int StatusAt(double seconds) =>
        0xC00000 | ((LeadOffBits(seconds) & 0x1F) << 15) | (((this[Gpio] >> 2) & 0x03) << 13);

    private protected override byte RegisterValue(int address, double seconds) =>
        address == LeadOffStatus ? (byte)(this[LeadOffStatus] | LeadOffBits(seconds)) : this[address];

    private protected override int CodeOf(int channel, double seconds)
    {
        const int referenceOn = 0x20;
        const int reference4V = 0x10;
        const int testSignalOn = 0x02;
        const int testSignalSquare = 0x01;

        var config2 = this[Config2];
        var set = this[Channel1 + channel];
        var poweredDown = (set & 0x80) != 0;
        if (poweredDown || (config2 & referenceOn) == 0)
        {
            return 0;
        }

        var reference = (config2 & reference4V) != 0 ? 4.033 : 2.42;
        var gain = Gains[(set >> 4) & 0x07];
        double volts;
        switch (set & 0x0F)
        {
            case 0x00 when channel < Ecg.LeadNames.Count:
                volts = Ecg.Millivolts(channel, seconds) * 1e-3;
                break;
            case 0x01:
                volts = NoiseVolts(channel, seconds, _shortedNoiseVolts);
                break;
            case 0x05 when (config2 & testSignalOn) != 0:
                var negative = (config2 & testSignalSquare) != 0 && seconds - Math.Floor(seconds) >= 0.5;
                volts = (negative ? -reference : reference) / 2400;
                break;
            default:
                return 0;
        }

        return CodeOfVolts(volts, gain, reference);
    }

    private int LeadOffBits(double seconds)
    {
        const int comparatorsOn = 0x40;
        if ((this[Config2] & comparatorsOn) == 0 || double.IsNegativeInfinity(seconds))
        {
            return 0;
        }

        var bits = 0;
        for (var channel = 0; channel < Math.Min(2, Ecg.LeadNames.Count); channel++)
        {
            var positive = 1 << (2 * channel);
            if ((this[LeadOffSense] & positive) != 0 && Ecg.IsLeadOff(channel, seconds))
            {
                bits |= positive;
            }
        }

        return bits;
    }
}
