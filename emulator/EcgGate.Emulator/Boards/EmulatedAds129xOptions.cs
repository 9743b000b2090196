namespace EcgGate.Emulator.Boards;

/// <summary>How an emulated part of the ADS129x family is wired, and what is out of true about it.</summary>
public abstract record EmulatedAds129xOptions
{
    private protected EmulatedAds129xOptions(int spiClockHertz) => SpiClockHertz = spiClockHertz;

    /// <summary>Line of the board's DRDY output. Default 25.</summary>
    public int DataReadyPin { get; init; } = 25;

    /// <summary>Line of the START input; null where it is tied low and conversions start by command. Default null.</summary>
    public int? StartPin { get; init; }

    /// <summary>Line of the PWDN/RESET input; null where it is tied high. Default null.</summary>
    public int? ResetPin { get; init; }

    /// <summary>SPI clock in Hz, as the host set it. The default is what the part's driver takes.</summary>
    public int SpiClockHertz { get; init; }

    /// <summary>What the ID register reads; null, the default, for the part's own.</summary>
    public byte? IdRegister { get; init; }

    /// <summary>
    /// How much the board's oscillator runs fast, in parts per million; negative for slow. The data sheets allow some
    /// percent over temperature. Default 0.
    /// </summary>
    public double OscillatorErrorPartsPerMillion { get; init; }

    /// <summary>Whether <see cref="EmulatedAds129x.ControlTraffic"/> is kept. Default false.</summary>
    public bool RecordTraffic { get; init; }

    /// <summary>
    /// Noise of a channel whose inputs are shorted, in microvolts, root mean square, referred to the input. The default is
    /// of the size that the data sheets give at gain 6 and 500 samples/s.
    /// </summary>
    public double ShortedNoiseMicrovolts { get; init; } = 1;

    /// <summary>The default wiring of a part.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no emulation of it.</exception>
    public static EmulatedAds129xOptions Of(BoardPart part) => part switch
    {
        BoardPart.Ads1292R => new EmulatedAds1292ROptions(),
        BoardPart.Ads1298 => new EmulatedAds1298Options(),
        _ => throw new ArgumentOutOfRangeException(nameof(part), part, "There is no emulation of this part."),
    };

    /// <summary>Powers such a board up.</summary>
    internal abstract EmulatedAds129x Build(IAnalogEcg ecg, PatientTime patientTime, IEmulatorClock clock);
}
