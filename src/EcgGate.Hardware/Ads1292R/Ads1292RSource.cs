using System.Buffers.Binary;
using System.Device.Gpio;
using System.Device.Spi;
using EcgGate.Signals;
using EcgGate.Timing;

namespace EcgGate.Hardware.Ads1292R;

/// <summary>What a source has seen of its board since it was opened.</summary>
/// <param name="Frames">Frames read, bad ones included.</param>
/// <param name="LostFrames">Frames that were replaced before they were read, or never came.</param>
/// <param name="BadFrames">Frames without a valid status word.</param>
/// <param name="LateReads">Frames that had been ready before the reader came for them.</param>
public readonly record struct Ads1292RStatistics(long Frames, long LostFrames, long BadFrames, long LateReads);

/// <summary>
/// An ECG from an ADS1292R on SPI, one sample for each data-ready edge. The README beside this file has wiring and
/// registers.
/// </summary>
/// <remarks>
/// <para>Each sample carries the board's lead-off bits, and a mark where it is at the converter's limit. A frame whose
/// status word is wrong is left out and counted; so is one that was lost: <see cref="EcgSample.Index"/> counts on over
/// both, and the next sample is marked <see cref="SampleStatus.GapBefore"/>.</para>
/// <para>How many were lost is told from the time that passed, on a grid of edges that follows the board's oscillator.
/// Where an edge fell into the transfer, or so near to it that time alone cannot tell, DRDY after the transfer does: low
/// means that new data came after the first clock of it, and is read at once; high means that it came before, and that
/// the frame is the new one.</para>
/// <para>One thread reads; <see cref="Interrupt"/> may be called from any. Reading allocates nothing here; waiting
/// through a <see cref="GpioController"/> does, which an <see cref="IDataReady"/> of another kind avoids.</para>
/// </remarks>
public sealed class Ads1292RSource : IEcgSource
{
    private const int FrameBytes = 9;
    private const int FullScaleCode = 0x7FFFFF;
    private const int NegativeFullScaleCode = -0x800000;
    private const double ReferenceMillivolts = 2420;

    // The part's delay is half of its sinc3 filter's length of 3 conversions.
    private const double DelayConversions = 1.5;

    // Longer than the four clocks that the part needs to decode a command (8.7 us at its slowest).
    private static readonly TimeSpan CommandTime = TimeSpan.FromMicroseconds(20);
    private static readonly TimeSpan ResetTime = TimeSpan.FromMilliseconds(1);

    // 4,096 modulator clocks (32 ms) after power-up; the reset pulse must last one, and less than 1,024 (8 ms).
    private static readonly TimeSpan PowerUpTime = TimeSpan.FromMilliseconds(40);
    private static readonly TimeSpan ResetPulse = TimeSpan.FromMicroseconds(100);

    private readonly SpiDevice _spi;
    private readonly GpioController _gpio;
    private readonly bool _ownsDevices;
    private readonly Ads1292ROptions _options;
    private readonly HostClock _clock;
    private readonly Func<MonotonicTime> _now;
    private readonly EdgeGrid _grid;
    private readonly byte[] _zeros = new byte[FrameBytes];
    private readonly byte[] _frame = new byte[FrameBytes];
    private readonly Lock _cancelLock = new();
    private readonly TimeSpan _timeout;
    private readonly float _millivoltsPerCode;
    private readonly int _lead0At;
    private readonly int _lead1At;
    private readonly byte _lead0Electrodes;
    private readonly byte _lead1Electrodes;

    private IDataReady _dataReady = null!; // Set while opening.
    private CancellationTokenSource _cancel = new();
    private MonotonicTime _rearmAt;
    private volatile bool _interrupted;
    private bool _failed;
    private bool _disposed;
    private bool _started;
    private long _index = -1;
    private bool _gap;
    private int _badInARow;
    private long _frames;
    private long _lostFrames;
    private long _badFrames;
    private long _lateReads;

    private Ads1292RSource(SpiDevice spi, GpioController gpio, Ads1292ROptions options, HostClock clock, bool ownsDevices)
    {
        _spi = spi;
        _gpio = gpio;
        _options = options;
        _clock = clock;
        _now = clock.Now;
        _ownsDevices = ownsDevices;
        var rate = (double)options.Rate;
        _grid = new EdgeGrid(rate);
        _timeout = options.EffectiveDataReadyTimeout;
        _millivoltsPerCode = (float)(ReferenceMillivolts / (int)options.Gain / FullScaleCode);

        // Frame: 3 bytes status, 3 bytes channel 1, 3 bytes channel 2. Lead-off bits: channel 1 in 0-1, channel 2 in 2-3.
        var swapped = options.Lead0Channel == 2;
        _lead0At = swapped ? 6 : 3;
        _lead1At = swapped ? 3 : 6;
        _lead0Electrodes = (byte)(swapped ? 0x0C : 0x03);
        _lead1Electrodes = (byte)(options.LeadCount == 1 ? 0 : swapped ? 0x03 : 0x0C);

        string[] names = swapped ? ["CH2", "CH1"] : ["CH1", "CH2"];
        Info = new EcgSourceInfo
        {
            Name = options.Name,
            SamplingRateHertz = rate,
            LeadNames = options.LeadNames ?? names[..options.LeadCount],
            FixedDelay = TimeSpan.FromSeconds(DelayConversions / rate),
            IsLive = true,
        };
    }

    /// <inheritdoc/>
    public EcgSourceInfo Info { get; }

    /// <summary>What was seen of the board so far. Read it from the reading thread, or after it has ended.</summary>
    public Ads1292RStatistics Statistics => new(_frames, _lostFrames, _badFrames, _lateReads);

    /// <summary>The board's own period as followed so far, in nanoseconds; the nominal one at first.</summary>
    public double MeasuredPeriodNanoseconds => _grid.PeriodNanoseconds;

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
        if (options.Validate() is [var problem, ..])
        {
            throw new EcgSourceException($"{options.Name}: {problem}");
        }

        var source = new Ads1292RSource(spi, gpio, options, clock ?? HostClock.Monotonic, ownsDevices);
        try
        {
            source.CheckBus();
            source.OpenLines(dataReady);
            source.Configure();
            source.Start();
            return source;
        }
        catch (Exception error)
        {
            // The devices stay the caller's until there is a source to own them.
            source.Release(disposeDevices: false);
            if (error is EcgSourceException)
            {
                throw;
            }

            throw source.Failure(error);
        }
    }

    /// <inheritdoc/>
    public EcgBlock Read(Span<EcgSample> destination)
    {
        if (destination.IsEmpty)
        {
            throw new ArgumentException("There must be room for at least one sample.", nameof(destination));
        }

        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_failed)
        {
            throw new EcgSourceException($"{_options.Name}: the source failed before and gives no more samples; open it again.");
        }

        try
        {
            while (!_interrupted)
            {
                if (!WaitForData(out var waited))
                {
                    break;
                }

                var before = _now();
                _spi.TransferFullDuplex(_zeros, _frame);
                var after = _now();
                var conversions = CountConversions(before, after, waited);
                _grid.Advance(conversions, before, waited);
                _frames++;
                _lateReads += waited ? 0 : 1;
                if (conversions > 1 && _index >= 0)
                {
                    _lostFrames += conversions - 1;
                    _gap = true;
                }

                _index += conversions;
                if ((_frame[0] & 0xF0) != 0xC0)
                {
                    CountBadFrame();
                    continue;
                }

                _badInARow = 0;
                destination[0] = Decode();
                _gap = false;
                return new EcgBlock(1, waited ? before : _grid.Edge);
            }

            return default;
        }
        catch (EcgSourceException)
        {
            _failed = true;
            throw;
        }
        catch (Exception error) when (!_disposed)
        {
            _failed = true;
            throw Failure(error);
        }
    }

    /// <inheritdoc/>
    public void Interrupt()
    {
        _interrupted = true;
        lock (_cancelLock)
        {
            if (!_disposed)
            {
                _cancel.Cancel();
            }
        }
    }

    /// <summary>Stops the board and lets go of the lines. Not while another thread reads: interrupt it first.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        Interrupt();
        Release(_ownsDevices);
    }

    private void Release(bool disposeDevices)
    {
        try
        {
            if (_started)
            {
                _spi.WriteByte(Ads1292RCommand.StopReadingContinuously);
                _clock.Sleep(CommandTime);
                if (_options.StartPin is { } start)
                {
                    _gpio.Write(start, PinValue.Low);
                }
                else
                {
                    _spi.WriteByte(Ads1292RCommand.Stop);
                }
            }

            CloseLine(_options.DataReadyPin);
            CloseLine(_options.StartPin);
            CloseLine(_options.ResetPin);
        }
        catch (Exception error) when (error is IOException or InvalidOperationException or ObjectDisposedException)
        {
            // The board is being let go of; that it no longer answers changes nothing.
        }

        lock (_cancelLock)
        {
            _disposed = true;
            _cancel.Dispose();
        }

        if (disposeDevices)
        {
            _spi.Dispose();
            _gpio.Dispose();
            (_dataReady as IDisposable)?.Dispose();
        }
    }

    private void CloseLine(int? pin)
    {
        if (pin is { } line && _gpio.IsPinOpen(line))
        {
            _gpio.ClosePin(line);
        }
    }

    private EcgSourceException Failure(Exception error) =>
        new($"{_options.Name}: the bus or the lines failed: {error.Message} Check the wiring and that nothing else uses them.", error);

    private void CheckBus()
    {
        var settings = _spi.ConnectionSettings;
        if (settings.Mode != SpiMode.Mode1)
        {
            throw new EcgSourceException($"{_options.Name}: the SPI bus is in {settings.Mode}; the ADS1292R needs Mode1 (clock idle low, data on the falling edge).");
        }

        if (settings.ClockFrequency > Ads1292ROptions.MaximumSpiClockHertz)
        {
            throw new EcgSourceException($"{_options.Name}: the SPI clock is {settings.ClockFrequency} Hz; at more than {Ads1292ROptions.MaximumSpiClockHertz} Hz the ADS1292R loses bytes of multi-byte commands.");
        }

        // A frame must be through well before the next one is ready.
        var needed = FrameBytes * 8 * (int)_options.Rate * 6 / 5;
        if (settings.ClockFrequency < needed)
        {
            throw new EcgSourceException($"{_options.Name}: the SPI clock is {settings.ClockFrequency} Hz; {(int)_options.Rate} samples per second need at least {needed} Hz.");
        }
    }

    private void OpenLines(IDataReady? dataReady)
    {
        _dataReady = dataReady ?? new GpioDataReady(_gpio, _gpio.OpenPin(_options.DataReadyPin, PinMode.Input));
        if (_options.StartPin is { } start)
        {
            _gpio.OpenPin(start, PinMode.Output, PinValue.Low);
        }

        if (_options.ResetPin is { } reset)
        {
            _gpio.OpenPin(reset, PinMode.Output, PinValue.High);
            _clock.Sleep(PowerUpTime);
            _gpio.Write(reset, PinValue.Low);
            _clock.Sleep(ResetPulse);
            _gpio.Write(reset, PinValue.High);

            // Long enough even if the host was held up and the pulse became a power-down.
            _clock.Sleep(PowerUpTime);
        }
    }

    private void Configure()
    {
        // The part powers up in continuous reading, where it ignores every other command; a reset goes back to that.
        Command(Ads1292RCommand.StopReadingContinuously, CommandTime);
        Command(Ads1292RCommand.Reset, ResetTime);
        Command(Ads1292RCommand.StopReadingContinuously, CommandTime);

        CheckId();

        var first = Ads1292RImage.FirstBlock(_options);
        var second = Ads1292RImage.SecondBlock();
        WriteRegisters(Ads1292RRegister.Config1, first);
        WriteRegisters(Ads1292RRegister.Respiration1, second);

        var registers = ReadRegisters(Ads1292RRegister.Id, Ads1292RImage.RegisterCount);
        Verify(registers, Ads1292RRegister.Config1, first);
        Verify(registers, Ads1292RRegister.Respiration1, second);
    }

    private void CheckId()
    {
        var id = ReadRegisters(Ads1292RRegister.Id, 1)[0];
        if (id == Ads1292RImage.IdValue)
        {
            return;
        }

        var hint = id switch
        {
            0x00 or 0xFF => "nothing drives MISO: check power, wiring, chip select and that PWDN/RESET is high",
            0x53 => "this is an ADS1292 without R",
            0x52 => "this is an ADS1291",
            _ => "check the wiring of MISO, MOSI, SCLK and chip select, and the power",
        };
        throw new EcgSourceException($"{_options.Name}: found ID 0x{id:X2}, expected 0x{Ads1292RImage.IdValue:X2}: {hint}.");
    }

    private void Start()
    {
        _clock.Sleep(_options.ReferenceSettling);
        if (_options.StartPin is { } start)
        {
            _gpio.Write(start, PinValue.High);
        }
        else
        {
            Command(Ads1292RCommand.Start, CommandTime);
        }

        _started = true;
        Command(Ads1292RCommand.ReadDataContinuously, CommandTime);
    }

    private void Command(byte command, TimeSpan time)
    {
        _spi.WriteByte(command);
        _clock.Sleep(time);
    }

    private void WriteRegisters(Ads1292RRegister first, byte[] values)
    {
        var bytes = new byte[values.Length + 2];
        bytes[0] = (byte)(Ads1292RCommand.WriteRegisters | (int)first);
        bytes[1] = (byte)(values.Length - 1);
        values.CopyTo(bytes, 2);
        _spi.Write(bytes);
        _clock.Sleep(CommandTime);
    }

    private byte[] ReadRegisters(Ads1292RRegister first, int count)
    {
        var written = new byte[count + 2];
        var read = new byte[count + 2];
        written[0] = (byte)(Ads1292RCommand.ReadRegisters | (int)first);
        written[1] = (byte)(count - 1);
        _spi.TransferFullDuplex(written, read);
        _clock.Sleep(CommandTime);
        return read[2..];
    }

    private void Verify(byte[] registers, Ads1292RRegister first, byte[] wanted)
    {
        for (var i = 0; i < wanted.Length; i++)
        {
            var register = first + i;
            var found = registers[(int)register];
            if (found != wanted[i])
            {
                throw new EcgSourceException($"{_options.Name}: register {register} reads 0x{found:X2} after 0x{wanted[i]:X2} was written: check the wiring and the SPI clock.");
            }
        }
    }

    /// <summary>Waits until data is ready. False if interrupted.</summary>
    /// <param name="waited">True if the edge was waited for; false if data had been ready before.</param>
    private bool WaitForData(out bool waited)
    {
        waited = false;
        if (_dataReady.IsReady())
        {
            return true;
        }

        var since = _now();
        while (!_interrupted)
        {
            Rearm(since);
            if (_dataReady.WaitForEdge(_cancel.Token))
            {
                waited = true;
                return true;
            }

            if (_interrupted)
            {
                return false;
            }

            // The watchdog came, but it may be the host that was held up: look at the line, then at the clock.
            if (_dataReady.IsReady())
            {
                return true;
            }

            var missing = _now().NanosecondsSince(since);
            if (missing >= _timeout.Ticks * 100)
            {
                throw new EcgSourceException($"{_options.Name}: no data-ready edge for {missing / 1e6:0} ms, expected every {1000.0 / (int)_options.Rate:0.###} ms: check the wiring of DRDY (line {_options.DataReadyPin}), START and the board's power.");
            }

            RenewWatchdog();
        }

        return false;
    }

    /// <summary>Lets the watchdog come between one and two time-outs from now, touching its timer rarely.</summary>
    private void Rearm(MonotonicTime now)
    {
        if (now >= _rearmAt)
        {
            _cancel.CancelAfter(2 * _timeout);
            _rearmAt = now + _timeout;
        }
    }

    private void RenewWatchdog()
    {
        lock (_cancelLock)
        {
            _cancel.Dispose();
            _cancel = new CancellationTokenSource();
            _rearmAt = default;
            if (_interrupted)
            {
                _cancel.Cancel();
            }
        }
    }

    private long CountConversions(MonotonicTime before, MonotonicTime after, bool waited)
    {
        _grid.Count(before, after, out var fewest, out var most);
        if (fewest == most)
        {
            return fewest;
        }

        // Low: new data came after the transfer's first clock; it is still to be read, and this frame is the one before.
        // High: the last edge came before the transfer, and the frame is its, unless that edge is yet to come. That is
        // rare, and soon known: wait until it must have come.
        var ready = _dataReady.IsReady();
        if (!ready && after < _grid.LatestEdge(most))
        {
            _clock.SleepUntil(_grid.LatestEdge(most));

            // Woken so late that low may be the edge after it: then the line says nothing any more.
            ready = _now() < _grid.LatestEdge(most).AddNanoseconds((long)(_grid.PeriodNanoseconds / 2)) && _dataReady.IsReady();
        }

        return ready ? most - 1 : most;
    }

    private void CountBadFrame()
    {
        _badFrames++;
        _gap = true;
        _badInARow++;
        if (_badInARow >= _options.BadFrameLimit)
        {
            throw new EcgSourceException($"{_options.Name}: {_badInARow} frames in a row have no valid status word (last 0x{_frame[0]:X2}{_frame[1]:X2}{_frame[2]:X2}, expected 0xC.....): check MISO and that nothing else uses the bus.");
        }
    }

    private EcgSample Decode()
    {
        // Status: 1100, LOFF_STAT[4:0], GPIO[1:0], 13 zeros. LOFF_STAT: RLD, IN2N, IN2P, IN1N, IN1P.
        var electrodes = ((_frame[0] & 0x0F) << 1) | (_frame[1] >> 7);
        var code0 = CodeAt(_lead0At);
        var status = _gap ? SampleStatus.GapBefore : SampleStatus.None;
        if ((electrodes & _lead0Electrodes) != 0)
        {
            status |= SampleStatus.Lead0Off;
        }

        if (code0 is FullScaleCode or NegativeFullScaleCode)
        {
            status |= SampleStatus.Lead0Saturated;
        }

        var code1 = 0;
        if (_options.LeadCount == 2)
        {
            code1 = CodeAt(_lead1At);
            if ((electrodes & _lead1Electrodes) != 0)
            {
                status |= SampleStatus.Lead1Off;
            }

            if (code1 is FullScaleCode or NegativeFullScaleCode)
            {
                status |= SampleStatus.Lead1Saturated;
            }
        }

        return new EcgSample(_index, code0 * _millivoltsPerCode, code1 * _millivoltsPerCode, status);
    }

    /// <summary>24 bits, most significant first, two's complement.</summary>
    private int CodeAt(int offset) =>
        (BinaryPrimitives.ReadInt16BigEndian(_frame.AsSpan(offset)) << 8) | _frame[offset + 2];
}
