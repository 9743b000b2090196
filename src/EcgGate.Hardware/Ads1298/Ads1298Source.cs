using System.Device.Gpio;
using System.Device.Spi;
using EcgGate.Hardware.Ads129x;
using EcgGate.Signals;

namespace EcgGate.Hardware.Ads1298;

/// <summary>
/// One or two leads from an ADS1298 on SPI, one sample for each data-ready edge. The README beside this file has wiring,
/// leads and registers.
/// </summary>
/// <inheritdoc/>
public sealed class Ads1298Source : Ads129xSource
{
    private const double ReferenceMillivolts = 2400;

    private static readonly Ads129xPart Part = new()
    {
        Name = "ADS1298",

        // The second is the variant with respiration, which stays off.
        Ids = [0x92, 0xD2],
        HintOf = static id => id switch
        {
            0x90 or 0xD0 => "this is an ADS1294, with 4 channels",
            0x91 or 0xD1 => "this is an ADS1296, with 6 channels",
            0x73 => "this is an ADS1292R, which is opened as ads1292r:",
            0x3E => "this is an ADS1299",
            _ => null,
        },
        FrameBytes = 3 + (3 * Ads1298Image.ChannelCount),
        RegisterCount = Ads1298Image.RegisterCount,
        RegisterName = static address => ((Ads1298Register)address).ToString(),
        MaximumCommandClockHertz = Ads1298Options.MaximumSpiClockHertz,

        // The reference over 2,400; the clock of 2.048 MHz over 2^21.
        TestSignal = new Ads129xTestSignal(ReferenceMillivolts / 2400, (1 << 21) / 2.048e6),

        // 2^18 clocks after power-up: 135 ms at the slowest.
        PowerUpTime = TimeSpan.FromMilliseconds(150),
    };

    private readonly Ads1298Image _image;
    private readonly LeadReader _lead0;
    private readonly LeadReader? _lead1;

    private Ads1298Source(SpiDevice spi, SpiDevice? frameSpi, GpioController gpio, Ads1298Options options, HostClock clock, bool ownsDevices)
        : base(Part, spi, frameSpi, gpio, options, options.LeadNames ?? options.Leads, clock, ownsDevices)
    {
        _image = new Ads1298Image(options);
        var millivoltsPerCode = (float)(ReferenceMillivolts / (int)options.Gain / FullScaleCode);
        _lead0 = new LeadReader(_image.Leads[0], _image, millivoltsPerCode);
        _lead1 = _image.Leads.Count == 2 ? new LeadReader(_image.Leads[1], _image, millivoltsPerCode) : null;
    }

    /// <summary>The SPI clock that frames of a rate need at least, in Hz.</summary>
    public static int FrameClockHertzFor(Ads1298Rate rate) => FrameClockHertz(Part, (int)rate);

    /// <summary>
    /// Resets the board, makes sure that it is an ADS1298, sets it up, reads its registers back and starts it. Takes
    /// about 150 ms, most of it for the reference to settle.
    /// </summary>
    /// <param name="spi">The bus: mode 1, at most <see cref="Ads1298Options.MaximumSpiClockHertz"/>.</param>
    /// <param name="gpio">Where the lines of the options are.</param>
    /// <param name="options">Wiring and settings; null for the default.</param>
    /// <param name="clock">The clock to stamp with; null for the host's.</param>
    /// <param name="ownsDevices">Whether the bus and the lines, and <paramref name="dataReady"/>, are disposed with the source.</param>
    /// <param name="dataReady">
    /// Another way to wait for DRDY, without allocation for instance; its line is then not opened through
    /// <paramref name="gpio"/>. Null waits through <paramref name="gpio"/>.
    /// </param>
    /// <param name="frameSpi">
    /// A second way to the same chip select with a faster clock, for frames only: what 16,000 and 32,000 samples per second
    /// need, since commands must come slowly. Null reads frames through <paramref name="spi"/>.
    /// </param>
    /// <exception cref="EcgSourceException">The board does not answer as it must, or the options cannot be used.</exception>
    public static Ads1298Source Open(
        SpiDevice spi,
        GpioController gpio,
        Ads1298Options? options = null,
        HostClock? clock = null,
        bool ownsDevices = false,
        IDataReady? dataReady = null,
        SpiDevice? frameSpi = null)
    {
        ArgumentNullException.ThrowIfNull(spi);
        ArgumentNullException.ThrowIfNull(gpio);
        options ??= new Ads1298Options();
        RequireValid(options);
        var source = new Ads1298Source(spi, frameSpi, gpio, options, clock ?? HostClock.Monotonic, ownsDevices);
        source.Begin(dataReady);
        return source;
    }

    private protected override IReadOnlyList<Ads129xRegisterBlock> RegisterBlocks() => _image.Blocks();

    private protected override EcgSample Decode(ReadOnlySpan<byte> frame, long index, SampleStatus status)
    {
        // Status: 1100, LOFF_STATP[7:0], LOFF_STATN[7:0], GPIO[7:4].
        var electrodes = ((frame[0] & 0x0F) << 12) | (frame[1] << 4) | (frame[2] >> 4);
        var millivolts0 = _lead0.Read(frame, electrodes, SampleStatus.Lead0Off, SampleStatus.Lead0Saturated, ref status);
        var millivolts1 = _lead1?.Read(frame, electrodes, SampleStatus.Lead1Off, SampleStatus.Lead1Saturated, ref status) ?? 0;
        return new EcgSample(index, millivolts0, millivolts1, status);
    }

    /// <summary>Takes one lead out of a frame. Allocates nothing.</summary>
    private sealed class LeadReader(Ads1298Lead lead, Ads1298Image image, float millivoltsPerCode)
    {
        private readonly int _atA = 3 * lead.ChannelA;
        private readonly int _atB = 3 * lead.ChannelB;
        private readonly float _scaleA = lead.WeightA * millivoltsPerCode;
        private readonly float _scaleB = lead.WeightB * millivoltsPerCode;
        private readonly int _electrodes = image.ElectrodesOf(lead);

        public float Read(ReadOnlySpan<byte> frame, int electrodes, SampleStatus off, SampleStatus saturated, ref SampleStatus status)
        {
            var codeA = CodeAt(frame, _atA);
            var codeB = CodeAt(frame, _atB);
            if ((electrodes & _electrodes) != 0)
            {
                status |= off;
            }

            if (IsFullScale(codeA) || IsFullScale(codeB))
            {
                status |= saturated;
            }

            return (codeA * _scaleA) + (codeB * _scaleB);
        }
    }
}
