using System.Device.Gpio;
using System.Device.Spi;
using EcgGate.Hardware.Ads129x;
using EcgGate.Signals;

namespace EcgGate.Hardware.Ads1292R;

/// <summary>
/// An ECG from an ADS1292R on SPI, one sample for each data-ready edge. The README beside this file has wiring and
/// registers.
/// </summary>
/// <inheritdoc/>
public sealed class Ads1292RSource : Ads129xSource
{
    private const double ReferenceMillivolts = 2420;

    private static readonly Ads129xPart Part = new()
    {
        Name = "ADS1292R",
        Ids = [Ads1292RImage.IdValue],
        HintOf = static id => id switch
        {
            0x53 => "this is an ADS1292 without R",
            0x52 => "this is an ADS1291",
            0x92 or 0xD2 => "this is an ADS1298, which is opened as ads1298:",
            _ => null,
        },
        FrameBytes = 9,
        RegisterCount = Ads1292RImage.RegisterCount,
        RegisterName = static address => ((Ads1292RRegister)address).ToString(),
        MaximumCommandClockHertz = Ads1292ROptions.MaximumSpiClockHertz,

        // The reference over 2,400; "square wave at 1 Hz".
        TestSignal = new Ads129xTestSignal(ReferenceMillivolts / 2400, 1),

        // 4,096 modulator clocks after power-up: 32 ms.
        PowerUpTime = TimeSpan.FromMilliseconds(40),
    };

    private readonly Ads1292ROptions _options;
    private readonly float _millivoltsPerCode;
    private readonly int _lead0At;
    private readonly int _lead1At;
    private readonly byte _lead0Electrodes;
    private readonly byte _lead1Electrodes;

    private Ads1292RSource(SpiDevice spi, GpioController gpio, Ads1292ROptions options, HostClock clock, bool ownsDevices)
        : base(Part, spi, null, gpio, options, NamesOf(options), clock, ownsDevices)
    {
        _options = options;
        _millivoltsPerCode = (float)(ReferenceMillivolts / (int)options.Gain / FullScaleCode);

        // Frame: 3 bytes status, 3 bytes channel 1, 3 bytes channel 2. Lead-off bits: channel 1 in 0-1, channel 2 in 2-3.
        var swapped = options.Lead0Channel == 2;
        _lead0At = swapped ? 6 : 3;
        _lead1At = swapped ? 3 : 6;

        // Whatever else than the electrodes is read, it stays what it is while they are off.
        var watched = options.Input == Ads129xInput.Electrodes ? 0x0F : 0;
        _lead0Electrodes = (byte)(watched & (swapped ? 0x0C : 0x03));
        _lead1Electrodes = (byte)(options.LeadCount == 1 ? 0 : watched & (swapped ? 0x03 : 0x0C));
    }

    /// <summary>
    /// Resets the board, makes sure that it is an ADS1292R, sets it up, reads its registers back and starts it. Takes
    /// about 150 ms, most of it for the reference to settle.
    /// </summary>
    /// <param name="spi">The bus: mode 1, at most <see cref="Ads1292ROptions.MaximumSpiClockHertz"/>.</param>
    /// <param name="gpio">Where the lines of the options are.</param>
    /// <param name="options">Wiring and settings; null for the default.</param>
    /// <param name="clock">The clock to stamp with; null for the host's.</param>
    /// <param name="ownsDevices">Whether the bus and the lines, and <paramref name="dataReady"/>, are disposed with the source.</param>
    /// <param name="dataReady">
    /// Another way to wait for DRDY, without allocation for instance; its line is then not opened through
    /// <paramref name="gpio"/>. Null waits through <paramref name="gpio"/>.
    /// </param>
    /// <exception cref="EcgSourceException">The board does not answer as it must, or the options cannot be used.</exception>
    public static Ads1292RSource Open(
        SpiDevice spi,
        GpioController gpio,
        Ads1292ROptions? options = null,
        HostClock? clock = null,
        bool ownsDevices = false,
        IDataReady? dataReady = null)
    {
        ArgumentNullException.ThrowIfNull(spi);
        ArgumentNullException.ThrowIfNull(gpio);
        options ??= new Ads1292ROptions();
        RequireValid(options);
        var source = new Ads1292RSource(spi, gpio, options, clock ?? HostClock.Monotonic, ownsDevices);
        source.Begin(dataReady);
        return source;
    }

    private protected override IReadOnlyList<Ads129xRegisterBlock> RegisterBlocks() =>
    [
        new((int)Ads1292RRegister.Config1, Ads1292RImage.FirstBlock(_options)),
        new((int)Ads1292RRegister.Respiration1, Ads1292RImage.SecondBlock()),
    ];

    private protected override EcgSample Decode(ReadOnlySpan<byte> frame, long index, SampleStatus status)
    {
        // Status: 1100, LOFF_STAT[4:0], GPIO[1:0], 13 zeros. LOFF_STAT: RLD, IN2N, IN2P, IN1N, IN1P.
        var electrodes = ((frame[0] & 0x0F) << 1) | (frame[1] >> 7);
        var code0 = CodeAt(frame, _lead0At);
        if ((electrodes & _lead0Electrodes) != 0)
        {
            status |= SampleStatus.Lead0Off;
        }

        if (IsFullScale(code0))
        {
            status |= SampleStatus.Lead0Saturated;
        }

        var code1 = 0;
        if (_options.LeadCount == 2)
        {
            code1 = CodeAt(frame, _lead1At);
            if ((electrodes & _lead1Electrodes) != 0)
            {
                status |= SampleStatus.Lead1Off;
            }

            if (IsFullScale(code1))
            {
                status |= SampleStatus.Lead1Saturated;
            }
        }

        return new EcgSample(index, code0 * _millivoltsPerCode, code1 * _millivoltsPerCode, status);
    }

    private static IReadOnlyList<string> NamesOf(Ads1292ROptions options)
    {
        string[] names = options.Lead0Channel == 2 ? ["CH2", "CH1"] : ["CH1", "CH2"];
        return options.LeadNames ?? names[..options.LeadCount];
    }
}
