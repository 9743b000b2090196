using EcgGate.Emulator;
using EcgGate.Emulator.Generator;
using EcgGate.Emulator.Patient;
using EcgGate.Emulator.Resampling;
using EcgGate.Hardware.Ads1292R;
using EcgGate.Records;
using EcgGate.Signals;
using EcgGate.Timing;

namespace EcgGate.Cli.Run;

/// <summary>What <c>run</c> gates on: a board and a pulse line, real or emulated. Opened, and its time running.</summary>
internal sealed class RunBench : IDisposable
{
    private readonly Stack<IDisposable> _owned = new();
    private EmulatedBench? _emulated;

    private RunBench(string name)
    {
        Name = name;
    }

    /// <summary>For people.</summary>
    public string Name { get; }

    /// <summary>The board.</summary>
    public IEcgSource Source { get; private set; } = null!;

    /// <summary>The trigger line.</summary>
    public IPulseLine Line { get; private set; } = null!;

    /// <summary>How long the signal is; null where it has no end.</summary>
    public double? SignalSeconds { get; private set; }

    /// <summary>What people should know of the set-up: what is emulated, who judges.</summary>
    public required string Note { get; init; }

    /// <summary>True where the generator is emulated and the true beats are known.</summary>
    public bool HasReferee { get; private init; }

    /// <summary>True while the emulated line is active; a real one cannot be asked.</summary>
    public bool IsLineHigh => _emulated?.Generator.IsHigh ?? false;

    /// <summary>Judges the pulses; null where there is no referee.</summary>
    public PulseJudgement? Judge() => HasReferee ? _emulated?.Judge() : null;

    /// <summary>Opens what a SOURCE means.</summary>
    /// <param name="specification">The source.</param>
    /// <param name="reading">How a record is read, and which of its leads is gated on.</param>
    /// <param name="rate">The emulated board's rate; null for the default.</param>
    /// <param name="options">What the gate is warmed up with, just before the board starts.</param>
    /// <exception cref="CliException">An option does not fit the source.</exception>
    /// <exception cref="RecordException">The record cannot be read.</exception>
    /// <exception cref="EcgSourceException">The board cannot be opened.</exception>
    public static RunBench Open(SourceSpecification specification, RecordRequest reading, Ads1292RRate? rate, GateOptions options)
    {
        var path = (specification as RecordSpecification)?.Path;
        if (path is not null && Directory.Exists(path) && !File.Exists(path + ".hea"))
        {
            throw new CliException($"{path} is a folder; run gates on one record, for example {Path.Combine(path, "NAME")}. 'ecggate replay' takes folders.");
        }

        reading.RequireUse(path is null ? [] : [path], specification.Text);

        if (rate is not null && specification is BoardSpecification)
        {
            throw new CliException($"--rate is for the emulated board; a real one takes its rate from the source: {specification.Text}&rate={(int)rate}.");
        }

        return specification switch
        {
            RecordSpecification record => OpenRecord(record, reading.Options, rate ?? Ads1292RRate.Sps500, options),
            PatientSpecification patient => OpenPatient(patient, rate ?? Ads1292RRate.Sps500, options),
            BoardSpecification board => OpenBoard(board, options),
            _ => throw new CliException($"{specification.Text} cannot be gated on."),
        };
    }

    public void Dispose()
    {
        while (_owned.TryPop(out var owned))
        {
            owned.Dispose();
        }
    }

    private static RunBench OpenRecord(RecordSpecification specification, EcgFileOptions reading, Ads1292RRate rate, GateOptions options)
    {
        var record = EcgFile.Open(specification.Path, reading);
        ITruth? truth;
        ResampledEcg ecg;
        string judge;
        try
        {
            var factor = (record as DecimatedSource)?.Factor ?? 1;
            (truth, judge) = RecordTruth.Of(specification.BasePath, record.Info.SamplingRateHertz * factor);
            ecg = new ResampledEcg(record, (int)rate);
        }
        catch
        {
            record.Dispose();
            throw;
        }

        var bench = new RunBench(specification.Name) { HasReferee = truth is not null, Note = $"emulated ADS1292R at {(int)rate} samples/s, emulated generator; {judge}" };
        bench._owned.Push(ecg);
        return bench.Emulate(ecg, truth ?? new ListTruth([]), rate, options);
    }

    private static RunBench OpenPatient(PatientSpecification specification, Ads1292RRate rate, GateOptions options)
    {
        var patient = new VirtualPatient(specification.Scenario);
        var bench = new RunBench(specification.Text)
        {
            HasReferee = true,
            Note = $"emulated ADS1292R at {(int)rate} samples/s, emulated generator; the referee knows the patient's true beats",
        };
        return bench.Emulate(patient, new TruthOfPatient(patient.Truth), rate, options);
    }

    private static RunBench OpenBoard(BoardSpecification specification, GateOptions options)
    {
        var bench = new RunBench(specification.Text)
        {
            Note = "real board; pulses go to no line yet (a dry run): they are timed and counted, and nobody judges them",
        };
        try
        {
            Warmup.Run(options, (double)specification.Uri.Options.Rate);
            bench.Source = bench.Own(specification.Uri.Open());
            bench.Line = bench.Own(new NullPulseLine());
            return bench;
        }
        catch
        {
            bench.Dispose();
            throw;
        }
    }

    private RunBench Emulate(IAnalogEcg ecg, ITruth truth, Ads1292RRate rate, GateOptions gate)
    {
        try
        {
            Warmup.Run(gate, (double)rate);
            _emulated = Own(EmulatedBench.Start(ecg, truth));
            var leads = Math.Min(2, ecg.LeadNames.Count);
            var options = new Ads1292ROptions
            {
                Name = Name,
                DataReadyPin = _emulated.DataReadyPin,
                Rate = rate,
                LeadCount = leads,
                LeadNames = [.. ecg.LeadNames.Take(leads)],
            };
            var source = Own(Ads1292RSource.Open(_emulated.Spi, _emulated.Gpio, options));
            _emulated.Ended += (_, _) => source.Interrupt();
            Source = source;
            Line = _emulated.Generator;
            SignalSeconds = ecg.DurationSeconds;
            return this;
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    private T Own<T>(T owned)
        where T : IDisposable
    {
        _owned.Push(owned);
        return owned;
    }
}
