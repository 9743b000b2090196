using EcgGate.Emulator;
using EcgGate.Emulator.Boards;
using EcgGate.Emulator.Generator;
using EcgGate.Emulator.Patient;
using EcgGate.Emulator.Resampling;
using EcgGate.Hardware;
using EcgGate.Hardware.Ads129x;
using EcgGate.Hardware.Alsa;
using EcgGate.Hardware.Converters;
using EcgGate.Hardware.Gpio;
using EcgGate.Isolated;
using EcgGate.Signals;
using EcgGate.Timing;

namespace EcgGate.Native;

/// <summary>A source and a line, opened by their addresses; for emulated ones, the bench that they stand on.</summary>
internal sealed class NativeConnection : IDisposable
{
    /// <summary>A patient's beats are laid out so far ahead: within it, nothing is allocated for them while gating.</summary>
    private const double LaidOutSeconds = 2 * 3600;

    /// <summary>Room for so many pulses before the patient's memory of them grows: at one a second, two hours.</summary>
    private const int PulsesAtOnce = 8192;

    private static readonly int[] BoardRates = [125, 250, 500, 1000, 2000];

    private readonly Stack<IDisposable> _owned = new();

    private NativeConnection()
    {
    }

    public IEcgSource Source { get; private set; } = null!;

    public IPulseLine Line { get; private set; } = null!;

    /// <summary>The emulated bench; null for a real board.</summary>
    public IEmulatedBench? Bench { get; private set; }

    /// <summary>How long the signal is; null where it has no end, or is not known.</summary>
    public double? DurationSeconds { get; private set; }

    /// <summary>Opens both.</summary>
    /// <exception cref="ArgumentException">An address is none.</exception>
    /// <exception cref="FormatException">The address of a board is not complete.</exception>
    /// <exception cref="EcgSourceException">The source cannot be opened.</exception>
    public static NativeConnection Open(string sourceUri, string? name, string lineUri, in AbiOptions options)
    {
        var connection = new NativeConnection();
        try
        {
            if (sourceUri.StartsWith(ScenarioCatalog.Prefix, StringComparison.Ordinal))
            {
                if (!ScenarioCatalog.TryParse(sourceUri, out var scenario, out var problem))
                {
                    throw new ArgumentException(problem);
                }

                var patient = new VirtualPatient(scenario, PulsesAtOnce);
                _ = patient.Truth.TryFindAtOrBefore(Math.Min(scenario.DurationSeconds ?? LaidOutSeconds, LaidOutSeconds), out _);
                connection.Emulate(patient, name ?? sourceUri, in options);
            }
            else if (sourceUri == Abi.SamplesUri)
            {
                var ecg = connection.Own(new ResampledEcg(new MemorySource(name ?? sourceUri, in options), CheckedRate(in options)));
                connection.Emulate(ecg, name ?? sourceUri, in options);
            }
            else if (Ads129xBoards.IsAddress(sourceUri))
            {
                connection.Source = connection.Own(Ads129xBoards.Parse(sourceUri).OpenBoard());
            }
            else if (sourceUri.StartsWith(AlsaUri.Scheme, StringComparison.OrdinalIgnoreCase))
            {
                connection.Source = connection.Own(AlsaUri.Parse(sourceUri).Open(AbiConversion.ToGateOptions(in options)));
            }
            else
            {
                throw new ArgumentException($"source_uri is '{sourceUri}'; known are {Abi.PushUri}, {Abi.SamplesUri}, {ScenarioCatalog.Prefix}SCENARIO, {AlsaUri.Scheme}hw:1 and {string.Join(" and ", Ads129xBoards.Schemes.Select(scheme => scheme + "/dev/spidev0.0?drdy=25"))}.");
            }

            connection.Line = OpenLine(lineUri, connection.Bench, in options);
            if (connection.Line != connection.Bench?.Generator)
            {
                _ = connection.Own(connection.Line);
            }

            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Opens a line; the emulated one needs the bench that it belongs to.</summary>
    /// <exception cref="ArgumentException">The address is none, or needs what is not there.</exception>
    public static unsafe IPulseLine OpenLine(string lineUri, IEmulatedBench? bench, in AbiOptions options) => lineUri switch
    {
        Abi.NullLineUri => new NullPulseLine(),
        Abi.CallbackLineUri => new CallbackLine(options.Line),
        Abi.EmulatedLineUri => bench?.Generator ?? throw new ArgumentException($"The line {Abi.EmulatedLineUri} needs an emulated source, {ScenarioCatalog.Prefix} or {Abi.SamplesUri}"),
        _ when lineUri.StartsWith(GpioUri.Scheme, StringComparison.OrdinalIgnoreCase) => OpenGpio(lineUri),
        _ => throw new ArgumentException($"line_uri is '{lineUri}'; known are {Abi.NullLineUri}, {Abi.CallbackLineUri}, {Abi.EmulatedLineUri} and {GpioUri.Scheme}/dev/gpiochip0?line=17"),
    };

    public void Dispose()
    {
        while (_owned.TryPop(out var owned))
        {
            owned.Dispose();
        }
    }

    private static IPulseLine OpenGpio(string lineUri)
    {
        try
        {
            return GpioUri.Parse(lineUri).OpenLine();
        }
        catch (FormatException problem)
        {
            throw new ArgumentException(problem.Message, problem);
        }
    }

    private static int CheckedRate(in AbiOptions options) => BoardRates.Contains(options.BoardRateHz)
        ? options.BoardRateHz
        : throw new ArgumentException($"board_rate_hz is {options.BoardRateHz}; the emulated board samples at 125, 250, 500, 1000 or 2000 samples per second.");

    private void Emulate(IAnalogEcg ecg, string name, in AbiOptions options)
    {
        var part = (BoardPart)options.BoardPart;
        if (part is not (BoardPart.Ads1292R or BoardPart.Ads1298 or BoardPart.Mcp3208 or BoardPart.Ads1115))
        {
            throw new ArgumentException($"board_part is {options.BoardPart}; known are 0 (ADS1292R), 1 (ADS1298), 2 (MCP3208) and 3 (ADS1115).");
        }

        var rate = CheckedRate(in options);
        DurationSeconds = ecg.DurationSeconds;
        if (part is BoardPart.Mcp3208 or BoardPart.Ads1115)
        {
            EmulateConverter(ecg, name, part, rate);
            return;
        }

        var bench = Own(EmulatedBench.Start(ecg, new ListTruth([]), EmulatedAds129xOptions.Of(part)));
        var leads = Math.Min(2, ecg.LeadNames.Count);
        var choice = new Ads129xChoice
        {
            Name = name,
            DataReadyPin = bench.DataReadyPin,
            RateHertz = rate,
            Leads = [.. bench.Board.WiredLeads.OfType<string>().Take(leads)],
            LeadNames = [.. ecg.LeadNames.Take(leads)],
        };
        var source = Own(Ads129xBoards.Open(part, bench.Spi, bench.Gpio, choice, dataReady: new BoardDataReady(bench.Board)));
        bench.Ended += (_, _) => source.Interrupt();
        Bench = bench;
        Source = source;
    }

    private void EmulateConverter(IAnalogEcg ecg, string name, BoardPart part, int rate)
    {
        var options = new EmulatedConverterBenchOptions { FrontEnd = EmulatedAd8232Options.AmplifierOnly };
        var bench = Own(part == BoardPart.Mcp3208
            ? EmulatedConverterBench.StartMcp3208(ecg, new ListTruth([]), options)
            : EmulatedConverterBench.StartAds1115(ecg, new ListTruth([]), options));
        var pins = Own(new Ad8232Pins(bench.Gpio, options.PositiveOffLine, options.NegativeOffLine, options.ShutdownLine));
        var frontEnd = Ad8232Options.AmplifierOnly;
        IEcgSource source = bench.Ads1115 is { } ads
            ? Own(Ad8232Boards.OpenAds1115(ads.I2c, new DataReadyPulses(new PulseReady(ads)), frontEnd, new ReadyPacedOptions { Name = name }, ecg.LeadNames[0], pins))
            : Own(Ad8232Boards.OpenMcp3208(bench.Mcp3208!.Spi, frontEnd, new TimerPacedOptions { Name = name, RateHertz = rate }, ecg.LeadNames[0], pins));
        bench.Ended += (_, _) => source.Interrupt();
        Bench = bench;
        Source = source;
    }

    private T Own<T>(T owned)
        where T : IDisposable
    {
        _owned.Push(owned);
        return owned;
    }

    /// <summary>A ready line without the allocation that a wait through a GPIO controller costs.</summary>
    private sealed class PulseReady(EmulatedAds1115 part) : IDataReady
    {
        public bool IsReady() => !part.IsReadyHigh;

        public bool WaitForEdge(CancellationToken cancellationToken) => part.WaitForPulse(cancellationToken);
    }

    /// <summary>DRDY without the allocation that a wait through a GPIO controller costs.</summary>
    private sealed class BoardDataReady(EmulatedAds129x board) : IDataReady
    {
        public bool IsReady() => board.IsDataReady;

        public bool WaitForEdge(CancellationToken cancellationToken) => board.WaitForDataReady(cancellationToken);
    }
}
