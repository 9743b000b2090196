using System.Device.Spi;

namespace EcgGate.Emulator.Boards;

/// <summary>
/// An MCP3208 (or MCP3204) at bit level: start bit, single-ended or differential, D2 to D0, the moment at which it holds, null
/// bit, 12 bits, then the same backwards.
/// </summary>
/// <remarks>
/// After the data sheet DS21298. Any number of leading zeros works, as with the part. A conversion takes the input's voltage
/// at the falling edge of the fifth clock after the start bit. Noise, leakage of a slow clock and non-linearity are not
/// modelled. Thread-safe; one lock, held for the length of one transfer.
/// </remarks>
public sealed class EmulatedMcp3208 : IDisposable
{
    private const int Bits = 12;

    private readonly Lock _lock = new();
    private readonly IReadOnlyList<IAnalogVoltage?> _inputs;
    private readonly PatientTime _patientTime;
    private readonly EmulatedMcp3208Options _options;
    private readonly IEmulatorClock _clock;
    private long _nextTransferNanoseconds;
    private int _failures;
    private bool _ended;

    /// <summary>Wires a part up.</summary>
    /// <param name="inputs">What stands at its inputs, CH0 first; null or missing at ground.</param>
    /// <param name="patientTime">Where the inputs' zero lies on the clock.</param>
    /// <param name="options">Its wiring; null for the default.</param>
    /// <param name="clock">The clock; null for the host's.</param>
    public EmulatedMcp3208(IReadOnlyList<IAnalogVoltage?> inputs, PatientTime patientTime, EmulatedMcp3208Options? options = null, IEmulatorClock? clock = null)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        _inputs = inputs;
        _patientTime = patientTime;
        _options = options ?? new EmulatedMcp3208Options();
        _clock = clock ?? new RealPace();
        Spi = new Bus(this, _options.SpiClockHertz);
    }

    /// <summary>Raised once, on the thread that reads, when the input's signal has ended.</summary>
    public event EventHandler? Ended;

    /// <summary>The bus that it is on.</summary>
    public SpiDevice Spi { get; }

    /// <summary>What the part suffers by script; null for nothing.</summary>
    public BoardFaults? Faults { get; set; }

    /// <summary>A fault: the part is not there, and nobody drives MISO.</summary>
    public bool IsUnplugged { get; set; }

    /// <summary>A fault: what every byte on MISO reads; null while the line works.</summary>
    public byte? StuckMiso { get; set; }

    /// <summary>How many conversions it has made.</summary>
    public long Conversions { get; private set; }

    /// <summary>A fault of the host: the next transfer takes this much longer, half of it before the part holds.</summary>
    public void DelayNextTransfer(long nanoseconds)
    {
        lock (_lock)
        {
            _nextTransferNanoseconds = nanoseconds;
        }
    }

    /// <summary>A fault of the host: the next transfers fail.</summary>
    public void FailTransfers(int count)
    {
        lock (_lock)
        {
            _failures = count;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Spi.Dispose();

    private void Transfer(ReadOnlySpan<byte> written, Span<byte> read)
    {
        var ended = false;
        lock (_lock)
        {
            if (_failures > 0)
            {
                _failures--;
                throw new IOException("Error 110 performing SPI data transfer.");
            }

            var clocks = 8 * Math.Max(written.Length, read.Length);
            var clock = 1e9 / _options.SpiClockHertz;
            var before = _nextTransferNanoseconds / 2;
            var now = _clock.Now.AddNanoseconds(before);
            var present = !IsUnplugged && (Faults?.IsPowered(now) ?? true);
            Answer(written, read, clocks, now, clock, present);
            if (present)
            {
                Faults?.OnConversion(now, read);
            }

            Faults?.OnRead(now, read);
            _clock.Spend((long)(clocks * clock) + _nextTransferNanoseconds);
            _nextTransferNanoseconds = 0;
            if (!_ended && _inputs.Count > 0 && _inputs[0]?.DurationSeconds is { } end && _patientTime.SecondsAt(now) > end)
            {
                _ended = true;
                ended = true;
            }
        }

        if (ended)
        {
            Ended?.Invoke(this, EventArgs.Empty);
        }
    }

    private void Answer(ReadOnlySpan<byte> written, Span<byte> read, int clocks, Timing.MonotonicTime now, double clockNanoseconds, bool isPresent)
    {
        read.Clear();
        var start = -1;
        var request = 0;
        var code = 0;
        for (var i = 0; i < clocks; i++)
        {
            var input = i / 8 < written.Length && (written[i / 8] & (0x80 >> (i % 8))) != 0;
            var output = _options.MisoIdlesHigh;
            if (start < 0)
            {
                start = input ? i : -1;
            }
            else
            {
                // Clocks since the start bit: 1 single-ended, 2 to 4 D2 D1 D0, 5 holds, 6 the null bit, then the code.
                var n = i - start;
                if (n <= 4)
                {
                    request = (request << 1) | (input ? 1 : 0);
                }

                if (n == 5 && isPresent)
                {
                    code = Convert(request, _patientTime.SecondsAt(now.AddNanoseconds((long)((i + 1) * clockNanoseconds))));
                }

                output = n switch
                {
                    < 6 => output,
                    6 => false,
                    <= 6 + Bits => ((code >> (6 + Bits - n)) & 1) != 0,
                    < 6 + (2 * Bits) => ((code >> (n - 6 - Bits)) & 1) != 0,
                    _ => false,
                };
            }

            output = !isPresent ? _options.MisoIdlesHigh : output;
            if (output && i / 8 < read.Length)
            {
                read[i / 8] |= (byte)(0x80 >> (i % 8));
            }
        }

        if (StuckMiso is { } stuck)
        {
            read.Fill(stuck);
        }
    }

    private int Convert(int request, double seconds)
    {
        Conversions++;
        var channel = request & (_options.ChannelCount - 1);
        var volts = (request & 0b1000) != 0
            ? Input(channel, seconds)
            : Input(channel, seconds) - Input(channel ^ 1, seconds);
        return (int)Math.Clamp(Math.Floor(volts / _options.ReferenceVolts * (1 << Bits)), 0, (1 << Bits) - 1);
    }

    private double Input(int channel, double seconds) => channel < _inputs.Count ? _inputs[channel]?.Volts(seconds) ?? 0 : 0;

    /// <summary>The host's end of the bus.</summary>
    private sealed class Bus(EmulatedMcp3208 part, int clockHertz) : SpiDevice
    {
        public override SpiConnectionSettings ConnectionSettings { get; } = new(0, 0)
        {
            ClockFrequency = clockHertz,
            Mode = SpiMode.Mode0,
        };

        public override void Read(Span<byte> buffer) => part.Transfer([], buffer);

        public override void Write(ReadOnlySpan<byte> buffer) => part.Transfer(buffer, []);

        public override void TransferFullDuplex(ReadOnlySpan<byte> writeBuffer, Span<byte> readBuffer)
        {
            if (writeBuffer.Length != readBuffer.Length)
            {
                throw new ArgumentException($"A full-duplex transfer needs equal lengths, not {writeBuffer.Length} and {readBuffer.Length} bytes.");
            }

            part.Transfer(writeBuffer, readBuffer);
        }
    }
}
