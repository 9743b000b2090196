namespace EcgGate.Emulator.Boards;

/// <summary>An ADS1298 at register level, fed by a continuous-time ECG.</summary>
/// <remarks>
/// <para>After the data sheet SBAS459K. A lead of the ECG is on the channel that is wired for it by name (MLII counts as II);
/// leads whose names say nothing take the channels of II, V2, I, V5, V1, V4, V6 and V3 in this order, as far as they are
/// free. Channels without a lead read 0. A lead that is off shows on the positive electrode. A channel that is measured
/// against the Wilson terminal stands at full scale while not all three of the terminal's amplifiers are on.</para>
/// <para>Modelled are the electrode inputs, the shorted input and the test signal; other inputs read 0, and so does
/// everything while the reference buffer is off. Right leg drive, pace outputs and respiration are registers only.</para>
/// </remarks>
public sealed class EmulatedAds1298 : EmulatedAds129x
{
    private const int ChannelCount = 8;

    private const int Config1 = 0x01;
    private const int Config2 = 0x02;
    private const int Config3 = 0x03;
    private const int Channel1 = 0x05;
    private const int LeadOffSensePositive = 0x0F;
    private const int LeadOffStatusPositive = 0x12;
    private const int LeadOffStatusNegative = 0x13;
    private const int Gpio = 0x14;
    private const int Config4 = 0x17;
    private const int Wilson1 = 0x18;
    private const int Wilson2 = 0x19;

    private static readonly EmulatedAds129xPart Part = new()
    {
        Name = "ADS1298",
        ClockHertz = 2_048_000,
        ClocksPerModulatorClock = 4,
        FrameBytes = 3 + (3 * ChannelCount),
        ResetClocks = 18,
        RateRegister = Config1,
        HasOffsetCalibration = false,

        // Register:   ID    CFG1  CFG2  CFG3  LOFF  CH1   CH2   CH3   CH4   CH5   CH6   CH7   CH8   RLDP  RLDN  LOFP  LOFN  FLIP  STATP STATN GPIO  PACE  RESP  CFG4  WCT1  WCT2
        ResetValues = [0x92, 0x06, 0x40, 0x40, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x0F, 0x00, 0x00, 0x00, 0x00, 0x00],
        Writable = [0x00, 0xE7, 0x77, 0xBE, 0xFF, 0xF7, 0xF7, 0xF7, 0xF7, 0xF7, 0xF7, 0xF7, 0xF7, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0xFF, 0x1F, 0xFF, 0xEE, 0xFF, 0xFF],
        MustBeOne = [0x00, 0x00, 0x00, 0x40, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00],
        ReadOnly = [0x00, LeadOffStatusPositive, LeadOffStatusNegative],
    };

    private static readonly int[] Gains = [6, 1, 2, 3, 4, 8, 12, 6];
    private static readonly string[] NamelessOrder = ["II", "V2", "I", "V5", "V1", "V4", "V6", "V3"];

    private readonly int[] _leadOfChannel = new int[ChannelCount];
    private readonly bool[] _againstWilson = new bool[ChannelCount];
    private readonly double _shortedNoiseVolts;

    /// <summary>Powers a board up. It is in continuous reading, as the part is, and does not convert until started.</summary>
    /// <param name="ecg">What stands at its inputs.</param>
    /// <param name="patientTime">Where the ECG's zero lies on the clock.</param>
    /// <param name="options">Wiring and faults; null for the default.</param>
    /// <param name="clock">What it is paced by; null for the host's clock.</param>
    /// <exception cref="ArgumentException">The wiring does not name eight leads.</exception>
    public EmulatedAds1298(IAnalogEcg ecg, PatientTime patientTime, EmulatedAds1298Options? options = null, IEmulatorClock? clock = null)
        : this(ecg, patientTime, clock, options ?? new EmulatedAds1298Options())
    {
    }

    private EmulatedAds1298(IAnalogEcg ecg, PatientTime patientTime, IEmulatorClock? clock, EmulatedAds1298Options options)
        : base(Part, ecg, patientTime, options, clock)
    {
        var wiring = options.ChannelLeads;
        if (wiring.Count != ChannelCount)
        {
            throw new ArgumentException($"{wiring.Count} leads are wired; an ADS1298 has {ChannelCount} channels.", nameof(options));
        }

        _shortedNoiseVolts = options.ShortedNoiseMicrovolts * 1e-6;
        WiredLeads = Wire(ecg.LeadNames, wiring);
        Array.Fill(_leadOfChannel, -1);
        for (var channel = 0; channel < ChannelCount; channel++)
        {
            _againstWilson[channel] = wiring[channel].StartsWith('V');
            for (var lead = 0; lead < WiredLeads.Count; lead++)
            {
                if (WiredLeads[lead] == wiring[channel])
                {
                    _leadOfChannel[channel] = lead;
                }
            }
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string?> WiredLeads { get; }

    private protected override int ClocksPerConversion
    {
        get
        {
            // High resolution: four clocks to one of the modulator; low power: eight. DR 7 is not to be used.
            var config1 = this[Config1];
            return ((config1 & 0x80) != 0 ? 4 : 8) * (16 << Math.Min(config1 & 0x07, 6));
        }
    }

    // Data sheet, settling time by data rate: 296, 584, 1,160, ... 18,440 clocks, which is this.
    private protected override double SettlingClocks => (4.5 * ClocksPerConversion) + 8;

    private protected override int StatusAt(double seconds) =>
        0xC00000 | (LeadOffBits(seconds) << 12) | (this[Gpio] >> 4);

    private protected override byte RegisterValue(int address, double seconds) => address switch
    {
        LeadOffStatusPositive => (byte)LeadOffBits(seconds),
        LeadOffStatusNegative => 0,
        _ => this[address],
    };

    private protected override int CodeOf(int channel, double seconds)
    {
        const int referenceOn = 0x80;
        const int reference4V = 0x20;
        const int testSignalInside = 0x10;
        const int testSignalTwice = 0x04;
        const double clocksOfSlowPulse = 1 << 21;

        var set = this[Channel1 + channel];
        var poweredDown = (set & 0x80) != 0;
        if (poweredDown || (this[Config3] & referenceOn) == 0)
        {
            return 0;
        }

        var reference = (this[Config3] & reference4V) != 0 ? 4.0 : 2.4;
        var gain = Gains[(set >> 4) & 0x07];
        var config2 = this[Config2];
        double volts;
        switch (set & 0x07)
        {
            case 0x00 when _againstWilson[channel] && !IsWilsonOn:
                volts = double.PositiveInfinity;
                break;
            case 0x00 when _leadOfChannel[channel] >= 0:
                volts = Ecg.Millivolts(_leadOfChannel[channel], seconds) * 1e-3;
                break;
            case 0x01:
                volts = NoiseVolts(channel, seconds, _shortedNoiseVolts);
                break;
            case 0x05 when (config2 & testSignalInside) != 0:
                volts = reference / 2400 * ((config2 & testSignalTwice) != 0 ? 2 : 1);
                var frequency = config2 & 0x03;
                if (frequency != 3)
                {
                    var period = clocksOfSlowPulse / Part.ClockHertz / (frequency == 1 ? 2 : 1);
                    var phase = seconds / period;
                    volts = phase - Math.Floor(phase) >= 0.5 ? -volts : volts;
                }

                break;
            default:
                return 0;
        }

        return CodeOfVolts(volts, gain, reference);
    }

    private bool IsWilsonOn => (this[Wilson1] & 0x08) != 0 && (this[Wilson2] & 0xC0) == 0xC0;

    /// <summary>Which positive inputs are off, bit 0 for channel 1.</summary>
    private int LeadOffBits(double seconds)
    {
        const int comparatorsOn = 0x02;
        if ((this[Config4] & comparatorsOn) == 0 || double.IsNegativeInfinity(seconds))
        {
            return 0;
        }

        var bits = 0;
        for (var channel = 0; channel < ChannelCount; channel++)
        {
            var lead = _leadOfChannel[channel];
            if (lead >= 0 && (this[LeadOffSensePositive] & (1 << channel)) != 0 && Ecg.IsLeadOff(lead, seconds))
            {
                bits |= 1 << channel;
            }
        }

        return bits;
    }

    private static string?[] Wire(IReadOnlyList<string> names, IReadOnlyList<string> wiring)
    {
        var wired = new string?[names.Count];
        for (var lead = 0; lead < names.Count; lead++)
        {
            var name = names[lead].Equals("MLII", StringComparison.OrdinalIgnoreCase) ? "II" : names[lead];
            var known = wiring.FirstOrDefault(candidate => candidate.Equals(name, StringComparison.OrdinalIgnoreCase));
            wired[lead] = wired.Contains(known) ? null : known;
        }

        foreach (var free in NamelessOrder.Where(name => wiring.Contains(name) && !wired.Contains(name)).ToList())
        {
            var next = Array.IndexOf(wired, null);
            if (next < 0)
            {
                break;
            }

            wired[next] = free;
        }

        return wired;
    }
}
