using System.Buffers.Binary;
using System.Device.Gpio;
using System.Device.Spi;
using EcgGate.Signals;
using EcgGate.Timing;

namespace EcgGate.Hardware.Ads129x;

/// <summary>
/// An ECG from a part of the ADS129x family on SPI, one sample for each data-ready edge: what all the parts have in
/// common. What only one has is in its own folder, with wiring and registers.
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
public abstract class Ads129xSource : IEcgSource
{
    /// <summary>The highest code of a channel; the lowest is its negative less one.</summary>
    private protected const int FullScaleCode = 0x7FFFFF;

    private const int NegativeFullScaleCode = -0x800000;

    // The delay is half of the sinc3 filter's length of 3 conversions, in all the parts.
    private const double DelayConversions = 1.5;

    // Longer than the four clocks that the part needs to decode a command (8.7 us at its slowest).
    private static readonly TimeSpan CommandTime = TimeSpan.FromMicroseconds(20);
    private static readonly TimeSpan ResetTime = TimeSpan.FromMilliseconds(1);

    // At least two clocks of the slowest part, and less than its power-down takes (8 ms).
    private static readonly TimeSpan ResetPulse = TimeSpan.FromMicroseconds(100);

    private readonly SpiDevice _spi;
    private readonly SpiDevice _frameSpi;
    private readonly GpioController _gpio;
    private readonly bool _ownsDevices;
    private readonly Ads129xOptions _options;
    private readonly Ads129xPart _part;
    private readonly HostClock _clock;
    private readonly Func<MonotonicTime> _now;
    private readonly EdgeGrid _grid;
    private readonly byte[] _zeros;
    private readonly byte[] _frame;
    private readonly Lock _cancelLock = new();
    private readonly TimeSpan _timeout;

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
    private long _strayEdges;

    /// <summary>Prepares a source; <see cref="Begin"/> opens it.</summary>
    /// <param name="part">Which part it is for.</param>
    /// <param name="spi">The bus for commands, and for frames too unless they have one of their own.</param>
    /// <param name="frameSpi">A faster way to the same chip select, for frames only; null where none is needed.</param>
    /// <param name="gpio">Where the lines of the options are.</param>
    /// <param name="options">Wiring and settings.</param>
    /// <param name="leadNames">Names of the leads, lead 0 first.</param>
    /// <param name="clock">The clock to stamp with.</param>
    /// <param name="ownsDevices">Whether the devices are disposed with the source.</param>
    private protected Ads129xSource(
        Ads129xPart part,
        SpiDevice spi,
        SpiDevice? frameSpi,
        GpioController gpio,
        Ads129xOptions options,
        IReadOnlyList<string> leadNames,
        HostClock clock,
        bool ownsDevices)
    {
        _part = part;
        _spi = spi;
        _frameSpi = frameSpi ?? spi;
        _gpio = gpio;
        _options = options;
        _clock = clock;
        _now = clock.Now;
        _ownsDevices = ownsDevices;
        _zeros = new byte[part.FrameBytes];
        _frame = new byte[part.FrameBytes];
        _grid = new EdgeGrid(options.RateHertz);
        _timeout = options.EffectiveDataReadyTimeout;
        Info = new EcgSourceInfo
        {
            Name = options.Name,
            SamplingRateHertz = options.RateHertz,
            LeadNames = leadNames,
            FixedDelay = TimeSpan.FromSeconds(DelayConversions / options.RateHertz),
            IsLive = true,
        };
    }

    /// <inheritdoc/>
    public EcgSourceInfo Info { get; }

    /// <summary>What was seen of the board so far. Read it from the reading thread, or after it has ended.</summary>
    public Ads129xStatistics Statistics => new(_frames, _lostFrames, _badFrames, _lateReads, _strayEdges);

    /// <summary>The test signal that the part has.</summary>
    public Ads129xTestSignal TestSignal => _part.TestSignal;

    /// <summary>The board's own period as followed so far, in nanoseconds; the nominal one at first.</summary>
    public double MeasuredPeriodNanoseconds => _grid.PeriodNanoseconds;

    /// <summary>Refuses options that cannot be used.</summary>
    /// <exception cref="EcgSourceException">They cannot.</exception>
    private protected static void RequireValid(Ads129xOptions options)
    {
        if (options.Validate() is [var problem, ..])
        {
            throw new EcgSourceException($"{options.Name}: {problem}");
        }
    }

    /// <summary>
    /// Resets the board, makes sure that it is the right part, sets it up, reads its registers back and starts it.
    /// </summary>
    /// <param name="dataReady">Another way to wait for DRDY; null waits through the lines.</param>
    /// <exception cref="EcgSourceException">The board does not answer as it must.</exception>
    private protected void Begin(IDataReady? dataReady)
    {
        try
        {
            CheckBus();
            OpenLines(dataReady);
            Configure();
            Start();
        }
        catch (Exception error)
        {
            // The devices stay the caller's until there is a source to own them.
            Release(disposeDevices: false);
            if (error is EcgSourceException)
            {
                throw;
            }

            throw Failure(error);
        }
    }

    /// <summary>What is written to the registers, in this order.</summary>
    private protected abstract IReadOnlyList<Ads129xRegisterBlock> RegisterBlocks();

    /// <summary>Makes a sample of a frame with a valid status word. Allocates nothing.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="index">The sample's index.</param>
    /// <param name="status">What is known of it already; lead-off and saturation are to be added.</param>
    private protected abstract EcgSample Decode(ReadOnlySpan<byte> frame, long index, SampleStatus status);

    /// <summary>24 bits, most significant first, two's complement.</summary>
    private protected static int CodeAt(ReadOnlySpan<byte> frame, int offset) =>
        (BinaryPrimitives.ReadInt16BigEndian(frame[offset..]) << 8) | frame[offset + 2];

    /// <summary>True at either end of the converter's range.</summary>
    private protected static bool IsFullScale(int code) => code is FullScaleCode or NegativeFullScaleCode;

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
                if (waited && _grid.IsTooEarly(before) && !_dataReady.IsReady())
                {
                    // A disturbance of the line: there is nothing new to read.
                    _strayEdges++;
                    continue;
                }

                _frameSpi.TransferFullDuplex(_zeros, _frame);
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
                destination[0] = Decode(_frame, _index, _gap ? SampleStatus.GapBefore : SampleStatus.None);
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
        GC.SuppressFinalize(this);
    }

    private void Release(bool disposeDevices)
    {
        try
        {
            if (_started)
            {
                _spi.WriteByte(Ads129xCommand.StopReadingContinuously);
                _clock.Sleep(CommandTime);
                if (_options.StartPin is { } start)
                {
                    _gpio.Write(start, PinValue.Low);
                }
                else
                {
                    _spi.WriteByte(Ads129xCommand.Stop);
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
            if (!ReferenceEquals(_frameSpi, _spi))
            {
                _frameSpi.Dispose();
            }

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
        CheckMode(_spi);
        CheckMode(_frameSpi);
        var commandClock = _spi.ConnectionSettings.ClockFrequency;
        if (commandClock > _part.MaximumCommandClockHertz)
        {
            throw new EcgSourceException($"{_options.Name}: the SPI clock is {commandClock} Hz; at more than {_part.MaximumCommandClockHertz} Hz the {_part.Name} loses bytes of multi-byte commands.");
        }

        // A frame must be through well before the next one is ready.
        var needed = FrameClockHertz(_part, _options.RateHertz);
        var frameClock = _frameSpi.ConnectionSettings.ClockFrequency;
        if (frameClock < needed)
        {
            var cure = needed > _part.MaximumCommandClockHertz ? " (frames then need a faster way to the bus than commands)" : "";
            throw new EcgSourceException($"{_options.Name}: the SPI clock is {frameClock} Hz; {_options.RateHertz} samples per second need at least {needed} Hz{cure}.");
        }
    }

    private void CheckMode(SpiDevice spi)
    {
        if (spi.ConnectionSettings.Mode != SpiMode.Mode1)
        {
            throw new EcgSourceException($"{_options.Name}: the SPI bus is in {spi.ConnectionSettings.Mode}; the {_part.Name} needs Mode1 (clock idle low, data on the falling edge).");
        }
    }

    /// <summary>The slowest SPI clock at which frames of this rate can be read, in Hz: a fifth is left for all else.</summary>
    private protected static int FrameClockHertz(Ads129xPart part, int rateHertz) => part.FrameBytes * 8 * rateHertz * 6 / 5;

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
            _clock.Sleep(_part.PowerUpTime);
            _gpio.Write(reset, PinValue.Low);
            _clock.Sleep(ResetPulse);
            _gpio.Write(reset, PinValue.High);

            // Long enough even if the host was held up and the pulse became a power-down.
            _clock.Sleep(_part.PowerUpTime);
        }
    }

    private void Configure()
    {
        // The part powers up in continuous reading, where it ignores every other command; a reset goes back to that.
        Command(Ads129xCommand.StopReadingContinuously, CommandTime);
        Command(Ads129xCommand.Reset, ResetTime);
        Command(Ads129xCommand.StopReadingContinuously, CommandTime);

        CheckId();

        var blocks = RegisterBlocks();
        foreach (var block in blocks)
        {
            WriteRegisters(block.First, block.Values);
        }

        var registers = ReadRegisters(0, _part.RegisterCount);
        foreach (var block in blocks)
        {
            Verify(registers, block);
        }
    }

    private void CheckId()
    {
        const int idAddress = 0;
        var id = ReadRegisters(idAddress, 1)[0];
        if (_part.Ids.Contains(id))
        {
            return;
        }

        var hint = id is 0x00 or 0xFF
            ? "nothing drives MISO: check power, wiring, chip select and that PWDN/RESET is high"
            : _part.HintOf(id) ?? "check the wiring of MISO, MOSI, SCLK and chip select, and the power";
        throw new EcgSourceException($"{_options.Name}: found ID 0x{id:X2}, expected 0x{_part.Ids[0]:X2}: {hint}.");
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
            Command(Ads129xCommand.Start, CommandTime);
        }

        _started = true;
        Command(Ads129xCommand.ReadDataContinuously, CommandTime);
    }

    private void Command(byte command, TimeSpan time)
    {
        _spi.WriteByte(command);
        _clock.Sleep(time);
    }

    private void WriteRegisters(int first, byte[] values)
    {
        var bytes = new byte[values.Length + 2];
        bytes[0] = (byte)(Ads129xCommand.WriteRegisters | first);
        bytes[1] = (byte)(values.Length - 1);
        values.CopyTo(bytes, 2);
        _spi.Write(bytes);
        _clock.Sleep(CommandTime);
    }

    private byte[] ReadRegisters(int first, int count)
    {
        var written = new byte[count + 2];
        var read = new byte[count + 2];
        written[0] = (byte)(Ads129xCommand.ReadRegisters | first);
        written[1] = (byte)(count - 1);
        _spi.TransferFullDuplex(written, read);
        _clock.Sleep(CommandTime);
        return read[2..];
    }

    private void Verify(byte[] registers, in Ads129xRegisterBlock block)
    {
        for (var i = 0; i < block.Values.Length; i++)
        {
            var found = registers[block.First + i];
            var wanted = block.Values[i];
            if (((found ^ wanted) & (block.Compared?[i] ?? 0xFF)) != 0)
            {
                throw new EcgSourceException($"{_options.Name}: register {_part.RegisterName(block.First + i)} reads 0x{found:X2} after 0x{wanted:X2} was written: check the wiring and the SPI clock.");
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
                throw new EcgSourceException($"{_options.Name}: no data-ready edge for {missing / 1e6:0} ms, expected every {1000.0 / _options.RateHertz:0.###} ms: check the wiring of DRDY (line {_options.DataReadyPin}), START and the board's power.");
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
}
