using EcgGate.Delivery;
using EcgGate.Emulator;
using EcgGate.Emulator.Boards;
using EcgGate.Emulator.Faults;
using EcgGate.Emulator.Generator;
using EcgGate.Emulator.Patient;
using EcgGate.Emulator.Resampling;
using EcgGate.Hardware.Ads129x;
using EcgGate.Hardware.Gpio;
using EcgGate.Records;
using EcgGate.Signals;
using EcgGate.Timing;

namespace EcgGate.Cli.Run;

/// <summary>What <c>run</c> gates on: a board and a pulse line, real or emulated, in the runtime that can be had.</summary>
internal sealed class RunBench : IDisposable
{
    /// <summary>A longer recording is played from its file, in this process: six hours at 360 samples/s, some 200 MB.</summary>
    private const int MostSamplesInMemory = 8_000_000;

    /// <summary>The board takes a moment to start, and its filter looks a little ahead.</summary>
    private const double MarginSeconds = 5;

    private readonly Stack<IDisposable> _owned = new();
    private readonly ITruth? _truth;
    private IEmulatedBench? _emulated;
    private GateTarget? _target;
    private string? _whyNotIsolated;
    private FaultSchedule? _faults;
    private HighVoltageOptions? _highVoltage;
    private bool _isReal;

    private RunBench(string name, ITruth? truth)
    {
        Name = name;
        _truth = truth;
    }

    /// <summary>For people.</summary>
    public string Name { get; }

    /// <summary>How long the signal is; null where it has no end.</summary>
    public double? SignalSeconds { get; private set; }

    /// <summary>The emulated generator's high-voltage part, once the engine is open; null without one.</summary>
    public IPulseGenerator? Generator { get; private set; }

    /// <summary>What people should know of the set-up: what is emulated, who judges.</summary>
    public required string Note { get; init; }

    /// <summary>Looks up what a SOURCE means; reads a record, and leaves a board alone.</summary>
    /// <param name="specification">The source.</param>
    /// <param name="reading">How a record is read, and which of its leads is gated on.</param>
    /// <param name="board">The emulated board; null for the default.</param>
    /// <param name="rate">Its rate; null for the default.</param>
    /// <param name="line">The trigger line of a real board; null for none.</param>
    /// <param name="faults">What goes wrong with an emulated board; null for nothing.</param>
    /// <param name="options">How to gate.</param>
    /// <param name="runtime">Where the real-time part must run; null for the best that there is.</param>
    /// <param name="seconds">How much of the signal is wanted; null for all.</param>
    /// <exception cref="CliException">An option does not fit the source, or the runtime cannot be had.</exception>
    /// <exception cref="RecordException">The record cannot be read.</exception>
    public static RunBench Open(SourceSpecification specification, RecordRequest reading, BoardPart? board, int? rate, string? line, FaultSchedule? faults, GateOptions options, GateRuntime? runtime, double? seconds)
    {
        var path = (specification as RecordSpecification)?.Path;
        if (path is not null && Directory.Exists(path) && !File.Exists(path + ".hea"))
        {
            throw new CliException($"{path} is a folder; run gates on one record, for example {Path.Combine(path, "NAME")}. 'ecggate replay' takes folders.");
        }

        reading.RequireUse(path is null ? [] : [path], specification.Text);

        if (rate is not null && specification is RealSpecification)
        {
            throw new CliException($"--rate is for the emulated board; a real source takes its rate from its address: {specification.Text}{(specification.Text.Contains('?', StringComparison.Ordinal) ? '&' : '?')}rate={rate}.");
        }

        if (board is not null && specification is RealSpecification)
        {
            throw new CliException($"--board is for an emulated board; {specification.Text} is real.");
        }

        var emulated = new EmulatedBoard(board ?? EmulatedBoard.DefaultPart, rate ?? EmulatedBoard.DefaultRateHertz);
        emulated.RequireRate();

        if (line is not null && specification is not RealSpecification)
        {
            throw new CliException($"--line is for a real source; {specification.Text} is emulated, and its pulses go to the emulated generator.");
        }

        if (faults is not null && specification is BoardSpecification)
        {
            throw new CliException($"--faults is for an emulated board; {specification.Text} is a real one, whose faults nobody needs to script.");
        }

        var problem = string.Empty;
        runtime = faults is null ? runtime : runtime ?? GateRuntime.InProcess;
        var hasNative = emulated.Part != BoardPart.LineIn || specification is RealSpecification;
        var isolated = runtime != GateRuntime.InProcess && hasNative && GateEngine.CanIsolate(out problem);
        var bench = specification switch
        {
            RecordSpecification record => OpenRecord(record, reading.Options, emulated, options, isolated, seconds),
            PatientSpecification patient => OpenPatient(patient, emulated, options),
            RealSpecification real => OpenReal(real, line, options),
            _ => throw new CliException($"{specification.Text} cannot be gated on."),
        };
        bench._faults = faults;
        bench._isReal = specification is BoardSpecification;
        bench._whyNotIsolated = faults is null ? bench._whyNotIsolated : "Faults (--faults) are injected into the board that this process emulates.";
        bench._whyNotIsolated = hasNative ? bench._whyNotIsolated : "The emulated sound card (--board line-in) is emulated in this process only.";
        if (runtime == GateRuntime.Isolated && (bench._whyNotIsolated ?? problem) is { Length: > 0 } reason)
        {
            bench.Dispose();
            throw new CliException($"--runtime isolated cannot be had: {reason}");
        }

        return bench;
    }

    /// <summary>Gives the emulated generator a high-voltage part; before the engine is opened.</summary>
    /// <returns>False where the board is a real one.</returns>
    public bool TryConnect(HighVoltageOptions highVoltage)
    {
        _highVoltage = highVoltage;
        return !_isReal;
    }

    /// <summary>Opens board and line in the runtime that can be had: their time begins to run.</summary>
    /// <param name="options">How to gate.</param>
    /// <param name="runtime">As given to <see cref="Open"/>.</param>
    /// <param name="warning">What is lost where it is not the isolated one; null where nothing is, or where it was asked for.</param>
    /// <param name="inputCapacity">See <see cref="GateEngineOptions.InputCapacity"/>.</param>
    /// <exception cref="EcgSourceException">The board cannot be opened.</exception>
    public GateEngine OpenEngine(GateOptions options, GateRuntime? runtime, out string? warning, int inputCapacity = 0)
    {
        var wanted = _whyNotIsolated is null ? runtime ?? GateRuntime.Isolated : GateRuntime.InProcess;
        var engine = GateEngine.Open(_target!, options, new GateEngineOptions { Runtime = wanted, InputCapacity = inputCapacity });
        warning = runtime == GateRuntime.InProcess ? null : engine.RuntimeWarning
            ?? (_whyNotIsolated is null ? null : $"The real-time part runs in this process's own runtime, whose garbage collections halt it. {_whyNotIsolated}");
        return engine;
    }

    /// <summary>Judges the pulses of an engine that was stopped and not disposed yet; null where there is no referee.</summary>
    public PulseJudgement? Judge(GateEngine engine)
    {
        if (_truth is null)
        {
            return null;
        }

        if (engine.EmulatedPulses is not { } seen)
        {
            return _emulated?.Judge();
        }

        // The generator's own stamps; only the beats are known on this side.
        var time = new PatientTime(seen.Zero);
        DeliveredPulse[] pulses = [.. seen.Pulses.Select(pulse => new DeliveredPulse(pulse.Edge, time.SecondsAt(pulse.Edge), pulse.Width?.TotalSeconds ?? double.NaN))];
        return PulseReferee.Judge(pulses, _truth) with { NotJudged = Math.Max(0, engine.TimerStatistics.Fired - pulses.Length) };
    }

    public void Dispose()
    {
        while (_owned.TryPop(out var owned))
        {
            owned.Dispose();
        }
    }

    private static RunBench OpenRecord(RecordSpecification specification, EcgFileOptions reading, EmulatedBoard board, GateOptions options, bool isolated, double? seconds)
    {
        var record = EcgFile.Open(specification.Path, reading);
        try
        {
            var info = record.Info;
            var factor = (record as DecimatedSource)?.Factor ?? 1;
            var (truth, judge) = RecordTruth.Of(specification.BasePath, info.SamplingRateHertz * factor);
            var bench = new RunBench(specification.Name, truth)
            {
                Note = $"{board}, emulated generator; {judge}",
                SignalSeconds = info.LengthSamples / info.SamplingRateHertz,
            };
            var samples = isolated ? bench.ReadSamples(record, seconds) : null;
            bench._target = new GateTarget
            {
                SourceUri = "samples:",
                LineUri = "emulated:",
                Name = specification.Name,
                BoardPart = board.Part,
                BoardRateHertz = board.RateHertz,
                Samples = samples,
                ConnectInProcess = () => bench.Emulate(bench.Own(new ResampledEcg(record, board.RateHertz)), board, options),
            };
            bench.Own(record);
            return bench;
        }
        catch
        {
            record.Dispose();
            throw;
        }
    }

    private static RunBench OpenPatient(PatientSpecification specification, EmulatedBoard board, GateOptions options)
    {
        // In the isolated runtime there is a twin of it, with the same beats from the same seed.
        var patient = new VirtualPatient(specification.Scenario);
        var bench = new RunBench(specification.Text, new TruthOfPatient(patient.Truth))
        {
            Note = $"{board}, emulated generator; the referee knows the patient's true beats",
            SignalSeconds = patient.DurationSeconds,
        };
        bench._target = new GateTarget
        {
            SourceUri = specification.Text,
            LineUri = "emulated:",
            BoardPart = board.Part,
            BoardRateHertz = board.RateHertz,
            ConnectInProcess = () => bench.Emulate(patient, board, options),
        };
        return bench;
    }

    private static RunBench OpenReal(RealSpecification specification, string? line, GateOptions options)
    {
        GpioUri? pin;
        try
        {
            pin = line is null ? null : GpioUri.Parse(line);
        }
        catch (FormatException problem)
        {
            throw new CliException($"--line: {problem.Message}", problem);
        }

        var bench = new RunBench(specification.Text, null)
        {
            Note = pin is null
                ? $"{specification.Kind}; pulses go to no line (a dry run; --line names one): they are timed and counted, and nobody judges them"
                : $"{specification.Kind}; pulses go to {pin}, and nobody judges them",
        };
        bench._target = new GateTarget
        {
            SourceUri = specification.Text,
            LineUri = pin?.Text ?? "null:",
            ConnectInProcess = () =>
            {
                Warmup.Run(options, specification.RateHertz);
                return new GateConnection(bench.Own(specification.Open(options)), bench.Own(pin?.OpenLine() ?? new NullPulseLine()));
            },
        };
        return bench;
    }

    /// <summary>As much of a recording as will be played; null where it is too long to be held.</summary>
    private RecordedSamples? ReadSamples(IEcgSource record, double? seconds)
    {
        var info = record.Info;
        var wanted = (long)Math.Min(info.LengthSamples ?? long.MaxValue, seconds is null ? long.MaxValue : Math.Ceiling((seconds.Value + MarginSeconds) * info.SamplingRateHertz));
        if (wanted > MostSamplesInMemory)
        {
            _whyNotIsolated = $"{Name} is longer than the {MostSamplesInMemory:#,0} samples that are held in memory for the isolated one: give --duration, or a shorter record.";
            return null;
        }

        var samples = new EcgSample[wanted];
        var count = 0;
        while (count < samples.Length && record.Read(samples.AsSpan(count)).Count is > 0 and var read)
        {
            count += read;
        }

        return new RecordedSamples(info.SamplingRateHertz, Math.Clamp(info.LeadNames.Count, 1, 2), samples.AsMemory(0, count));
    }

    private GateConnection Emulate(IAnalogEcg ecg, EmulatedBoard board, GateOptions gate)
    {
        Warmup.Run(gate, board.TrueRateHertz);
        IEcgSource source;
        if (board.Part == BoardPart.LineIn)
        {
            var bench = Own(EmulatedLineInBench.Start(ecg, _truth ?? new ListTruth([]), faults: _faults));
            source = Own(EmulatedLineIn.Open(bench.Card, Name, gate));
            _emulated = bench;
        }
        else if (board.IsConverter)
        {
            var bench = Own(board.StartConverter(ecg, _truth ?? new ListTruth([]), _faults));
            source = Own(board.OpenConverter(bench, Name, ecg.LeadNames[0]));
            _emulated = bench;
        }
        else
        {
            var bench = Own(EmulatedBench.Start(ecg, _truth ?? new ListTruth([]), EmulatedAds129xOptions.Of(board.Part), faults: _faults, highVoltage: _highVoltage));
            Generator = bench.HighVoltage;
            source = Own(board.OpenDriver(bench, Name, ecg.LeadNames));
            _emulated = bench;
        }

        _emulated.Ended += (_, _) => source.Interrupt();
        return new GateConnection(source, _emulated.Generator);
    }

    private T Own<T>(T owned)
        where T : IDisposable
    {
        _owned.Push(owned);
        return owned;
    }
}
