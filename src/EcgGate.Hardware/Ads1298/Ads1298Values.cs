namespace EcgGate.Hardware.Ads1298;

// The registers by what their bits mean. Sources: data sheet SBAS459K, section 9.6, and, bit by bit, the drivers that are
// public: Linux's ti-ads1298 (CONFIG1 to 3, CHnSET, CONFIG4) and the register headers of several microcontroller
// libraries (LOFF, WCT1, WCT2, PACE, RESP), which agree with each other.

/// <summary>CONFIG1.</summary>
/// <param name="DataRate">DR[2:0]: 32,000 samples per second halved so many times, in high-resolution mode.</param>
/// <param name="HighResolution">HR; else low power, at half the rate.</param>
/// <param name="MultipleReadback">DAISY_EN, which at 1 means that there is no chain.</param>
/// <param name="ClockOutput">CLK_EN.</param>
internal readonly record struct Ads1298Config1(int DataRate, bool HighResolution = true, bool MultipleReadback = true, bool ClockOutput = false)
{
    public byte Value => (byte)((HighResolution ? 0x80 : 0) | (MultipleReadback ? 0x40 : 0) | (ClockOutput ? 0x20 : 0) | DataRate);
}

/// <summary>CONFIG2.</summary>
/// <param name="InternalTest">INT_TEST: the test signal is made within the part.</param>
/// <param name="WilsonChop">WCT_CHOP: the terminal's amplifiers chop at a fixed frequency instead of that of the rate.</param>
/// <param name="TestAmplitude">TEST_AMP: twice the reference over 2,400 instead of once.</param>
/// <param name="TestFrequency">TEST_FREQ[1:0]: 0 clock / 2^21 (0.98 Hz), 1 clock / 2^20, 3 direct.</param>
internal readonly record struct Ads1298Config2(bool InternalTest, bool WilsonChop = false, bool TestAmplitude = false, int TestFrequency = 0)
{
    /// <summary>All but bits 7 and 6, on whose values sources differ; Linux's driver writes 1 to bit 6, as it is after reset.</summary>
    public const byte Known = 0x3F;

    public byte Value => (byte)(0x40 | (WilsonChop ? 0x20 : 0) | (InternalTest ? 0x10 : 0) | (TestAmplitude ? 0x04 : 0) | TestFrequency);
}

/// <summary>CONFIG3.</summary>
/// <param name="RightLegPower">PD_RLD: the right leg amplifier is on.</param>
/// <param name="ReferenceBuffer">PD_REFBUF: the reference is made within the part.</param>
/// <param name="Reference4Volts">VREF_4V instead of 2.4 V; needs a supply of 5 V.</param>
/// <param name="RightLegMeasured">RLD_MEAS: the RLD_IN pin goes to a channel.</param>
/// <param name="RightLegReferenceInternal">RLDREF_INT: its reference is half of the supply, from within the part.</param>
/// <param name="RightLegLeadOff">RLD_LOFF_SENS.</param>
internal readonly record struct Ads1298Config3(
    bool RightLegPower,
    bool ReferenceBuffer = true,
    bool Reference4Volts = false,
    bool RightLegMeasured = false,
    bool RightLegReferenceInternal = true,
    bool RightLegLeadOff = false)
{
    /// <summary>All but RLD_STAT, which is read only.</summary>
    public const byte Known = 0xFE;

    public byte Value => (byte)(0x40
        | (ReferenceBuffer ? 0x80 : 0)
        | (Reference4Volts ? 0x20 : 0)
        | (RightLegMeasured ? 0x10 : 0)
        | (RightLegReferenceInternal ? 0x08 : 0)
        | (RightLegPower ? 0x04 : 0)
        | (RightLegLeadOff ? 0x02 : 0));
}

/// <summary>LOFF.</summary>
/// <param name="Mode">FLEAD_OFF[1:0]: 3 direct, 1 alternating at a quarter of the rate.</param>
/// <param name="Current">ILEAD_OFF[1:0].</param>
/// <param name="Threshold">COMP_TH[2:0].</param>
/// <param name="PullUp">VLEAD_OFF_EN: by resistors instead of currents.</param>
internal readonly record struct Ads1298LeadOffControl(Ads1298LeadOff Mode, Ads1298LeadOffCurrent Current, Ads1298LeadOffThreshold Threshold, bool PullUp = false)
{
    public byte Value => (byte)(((int)Threshold << 5) | (PullUp ? 0x10 : 0) | ((int)Current << 2) | Mode switch
    {
        Ads1298LeadOff.DirectCurrent => 0x03,
        Ads1298LeadOff.AlternatingCurrent => 0x01,
        _ => 0x00,
    });
}

/// <summary>MUXn[2:0] of CHnSET: what a channel is connected to.</summary>
internal enum Ads1298Multiplexer
{
    Electrodes = 0,
    Shorted = 1,
    RightLegMeasurement = 2,
    Supply = 3,
    Temperature = 4,
    TestSignal = 5,
    RightLegDrivesPositive = 6,
    RightLegDrivesNegative = 7,
}

/// <summary>CHnSET.</summary>
/// <param name="GainBits">GAINn[2:0].</param>
/// <param name="Input">MUXn[2:0].</param>
/// <param name="PoweredDown">PDn.</param>
internal readonly record struct Ads1298Channel(int GainBits, Ads1298Multiplexer Input, bool PoweredDown = false)
{
    /// <summary>What the data sheet asks for where a channel is not used.</summary>
    public static Ads1298Channel Unused => new(0, Ads1298Multiplexer.Shorted, PoweredDown: true);

    public byte Value => (byte)((PoweredDown ? 0x80 : 0) | (GainBits << 4) | (int)Input);
}

/// <summary>PACE.</summary>
/// <param name="BufferPower">PD_PACE: the buffers of the pace outputs are on.</param>
/// <param name="EvenChannel">PACEE[1:0]: channel 2, 4, 6 or 8.</param>
/// <param name="OddChannel">PACEO[1:0]: channel 1, 3, 5 or 7.</param>
internal readonly record struct Ads1298Pace(bool BufferPower, int EvenChannel = 0, int OddChannel = 0)
{
    public byte Value => (byte)((EvenChannel << 3) | (OddChannel << 1) | (BufferPower ? 0x01 : 0));
}

/// <summary>RESP; of the variant with respiration only.</summary>
/// <param name="Demodulation">RESP_DEMOD_EN1.</param>
/// <param name="Modulation">RESP_MOD_EN1.</param>
/// <param name="Phase">RESP_PH[2:0], in steps of 22.5° from 22.5°.</param>
/// <param name="Control">RESP_CTRL[1:0]: 0 none.</param>
internal readonly record struct Ads1298Respiration(bool Demodulation = false, bool Modulation = false, int Phase = 0, int Control = 0)
{
    /// <summary>All but bit 5, which is reserved and to be written as 1; that it reads so is not relied on.</summary>
    public const byte Known = 0xDF;

    public byte Value => (byte)((Demodulation ? 0x80 : 0) | (Modulation ? 0x40 : 0) | 0x20 | (Phase << 2) | Control);
}

/// <summary>CONFIG4.</summary>
/// <param name="LeadOffComparators">PD_LOFF_COMP: the comparators are on.</param>
/// <param name="WilsonToRightLeg">WCT_TO_RLD.</param>
/// <param name="SingleShot">SINGLE_SHOT.</param>
/// <param name="RespirationFrequency">RESP_FREQ[2:0].</param>
internal readonly record struct Ads1298Config4(bool LeadOffComparators, bool WilsonToRightLeg = false, bool SingleShot = false, int RespirationFrequency = 0)
{
    public byte Value => (byte)((RespirationFrequency << 5) | (SingleShot ? 0x08 : 0) | (WilsonToRightLeg ? 0x04 : 0) | (LeadOffComparators ? 0x02 : 0));
}

/// <summary>An input of channels 1 to 4, as the Wilson terminal's amplifiers choose it: positive 0, negative 1, times two channels.</summary>
internal readonly record struct Ads1298WilsonInput(int Channel, bool Negative)
{
    public int Bits => ((Channel - 1) << 1) | (Negative ? 1 : 0);
}

/// <summary>WCT1: amplifier A (PD_WCTA, WCTA[2:0]). The augmented leads' routing stays off: they are computed.</summary>
internal readonly record struct Ads1298Wilson1(bool Power, Ads1298WilsonInput A)
{
    public byte Value => (byte)(Power ? 0x08 | A.Bits : 0);
}

/// <summary>WCT2: amplifiers B and C (PD_WCTC, PD_WCTB, WCTB[2:0], WCTC[2:0]).</summary>
internal readonly record struct Ads1298Wilson2(bool Power, Ads1298WilsonInput B, Ads1298WilsonInput C)
{
    public byte Value => (byte)(Power ? 0xC0 | (B.Bits << 3) | C.Bits : 0);
}
