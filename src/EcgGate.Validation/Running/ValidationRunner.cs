using System.Collections.Concurrent;
using System.Globalization;
using EcgGate.Detection;
using EcgGate.Gating;
using EcgGate.Records;
using EcgGate.Signals;
using EcgGate.Validation.Noise;

namespace EcgGate.Validation;

/// <summary>
/// Judges many records at once: replays each through the engine, or takes another annotator's files, and compares with
/// the reference. A record that cannot be judged is reported and does not stop the others.
/// </summary>
/// <remarks>
/// Equal records and options give equal results, bit for bit, whatever the number of cores. Memory grows with the beats
/// of the records in hand, not with their samples. One call at a time; the records are judged on threads of the pool.
/// </remarks>
public sealed class ValidationRunner
{
    private readonly ValidationOptions _options;
    private readonly ConcurrentDictionary<double, Lazy<NoiseSignal>> _noise = new();

    /// <summary>Takes options.</summary>
    /// <exception cref="ValidationException">They are not valid.</exception>
    public ValidationRunner(ValidationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var problems = options.Validate();
        if (problems.Count > 0)
        {
            throw new ValidationException(string.Join(" ", problems));
        }

        _options = options;
    }

    /// <summary>
    /// Finds the records that have a reference annotator: those of each folder, not of folders below it, and records
    /// named one by one; in order of name. Where several are called the same, the folder is put before the name.
    /// </summary>
    /// <param name="places">
    /// Folders, and paths of records: WFDB with or without <c>.hea</c>, EDF, CSV, WAV; the annotations of a record of
    /// another format stand beside it as <c>NAME.atr</c>.
    /// </param>
    /// <returns>All of them, whatever part is to be judged.</returns>
    /// <exception cref="ValidationException">A place holds no such record.</exception>
    public IReadOnlyList<RecordToValidate> Find(IEnumerable<string> places)
    {
        ArgumentNullException.ThrowIfNull(places);
        string[] paths = [.. places.SelectMany(RecordsAt).DistinctBy(Path.GetFullPath)];
        return
        [
            .. paths.GroupBy(path => Path.GetFileName(path), StringComparer.Ordinal)
                .SelectMany(group => group.Count() == 1 ? group.Select(path => new RecordToValidate(group.Key, path)) : Told(group))
                .OrderBy(record => record.Name, StringComparer.Ordinal),
        ];
    }

    /// <summary>Judges records, or the part of them that the options name.</summary>
    /// <param name="records">All records, as <see cref="Find"/> gives them.</param>
    /// <param name="progress">Told how far each record is, from several threads; null for none.</param>
    /// <param name="cancellation">Ends the work; nothing is returned then.</param>
    /// <exception cref="OperationCanceledException">The work was ended early.</exception>
    public ValidationResult Run(IReadOnlyList<RecordToValidate> records, IProgress<ValidationProgress>? progress = null, CancellationToken cancellation = default)
    {
        var part = PartOf(records);
        var results = new RecordResult?[part.Count];
        var failures = new RecordFailure?[part.Count];
        var next = -1;
        Parallel.For(0, Math.Min(_options.Parallelism, part.Count), new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = _options.Parallelism }, _ =>
        {
            // Each worker takes the next record that nobody has: long and short ones spread evenly.
            for (int i; (i = Interlocked.Increment(ref next)) < part.Count;)
            {
                cancellation.ThrowIfCancellationRequested();
                var number = i;
                try
                {
                    results[i] = Judge(part[i], progress is null ? null : share => progress.Report(new ValidationProgress(number, share)), cancellation);
                }
                catch (Exception problem) when (problem is RecordException or EcgSourceException or FormatException or ArgumentException or IOException or UnauthorizedAccessException)
                {
                    failures[i] = new RecordFailure(part[i].Name, problem.Message);
                }

                progress?.Report(new ValidationProgress(i, 1));
            }
        });
        cancellation.ThrowIfCancellationRequested();
        return ValidationResult.Of(results.OfType<RecordResult>()) with
        {
            Settings = new ValidationSettings
            {
                EngineVersion = typeof(GateCore).Assembly.GetName().Version?.ToString(3) ?? "0",
                ReferenceAnnotator = _options.ReferenceAnnotator,
                TestAnnotator = _options.TestAnnotator,
                Lead = _options.TestAnnotator is null ? _options.Lead ?? _options.Leads?[0] : null,
                Leads = _options.Leads is { } two ? string.Join(',', two) : null,
                Noise = _options.Noise is { } noise ? new ValidationNoise(noise.Name, noise.SignalToNoiseDecibels) : null,
                Detector = _options.TestAnnotator is null ? _options.Detector : null,
                Gate = _options.TestAnnotator is null ? _options.Gate : null,
                Curve = _options.Curve is null ? null : string.Join(',', Tolerances().Select(tolerance => tolerance.ToString(CultureInfo.InvariantCulture))),
            },
            Part = _options.Parts == 1 ? null : new ValidationPart(_options.Part, _options.Parts, records.Count),
            Failures = [.. failures.OfType<RecordFailure>()],
        };
    }

    /// <summary>The records of the part that the options name, in order: every n-th.</summary>
    public IReadOnlyList<RecordToValidate> PartOf(IReadOnlyList<RecordToValidate> records)
    {
        ArgumentNullException.ThrowIfNull(records);
        return [.. records.Where((_, i) => i % _options.Parts == _options.Part - 1)];
    }

    private RecordResult Judge(RecordToValidate record, Action<double>? progress, CancellationToken cancellation)
    {
        var (leads, remark) = LeadsOf(record);
        using var source = Open(record, leads);
        var rate = source.Info.SamplingRateHertz;
        var length = source.Info.LengthSamples;
        var reference = ReadAnnotations(source, $"{BasePath(record.Path)}.{_options.ReferenceAnnotator}", samplesBeforeStart: 0);
        if (_options.TestAnnotator is { } annotator)
        {
            var path = BasePath(record.Path);
            path = _options.TestFolder is null ? path : Path.Combine(_options.TestFolder, Path.GetFileName(path));

            // Detectors may place a first beat before the start; the comparison takes it as any other.
            var test = ReadAnnotations(source, $"{path}.{annotator}", (int)rate);
            var comparison = BeatComparison.Compare(reference, test, rate, length);
            using var again = Open(record, leads);
            return new RecordResult
            {
                Name = record.Name,
                DurationSeconds = (length ?? 0) / rate,
                Samples = length ?? 0,
                Detection = comparison.Result,
                DetectionEc57 = BeatComparison.Compare(reference, test, rate, length, BeatComparison.LearningPeriod).Result,
                Doubtful = new StripCutter(comparison, evaluation: null, tWaves: null).Cut(again, _options.StripsPerKind),
            };
        }

        var noise = _options.Noise is { } stress ? NoiseStress.Scale(source, reference, NoiseAt(stress, rate), stress.SignalToNoiseDecibels) : null;
        IEcgSource OpenNoisy() => noise is null ? Open(record, leads) : new NoisySource(Open(record, leads), noise.Lead0, noise.Lead1);
        var tWaves = _options.TWaves?.Invoke(record, rate);
        var isTwo = leads is { Count: 2 };
        var tolerances = Tolerances();
        var replays = 1 + (isTwo ? 1 : 0) + tolerances.Count(tolerance => !IsOwn(tolerance));
        var replayed = 0;
        RecordEvaluation Evaluate(IBeatDetector detector, GateOptions gate)
        {
            using var input = OpenNoisy();
            var sink = new Ledger();
            var before = replayed++;
            var reporter = progress is null || length is not > 0 ? null : new Samples(done => progress((before + ((double)done / length.Value)) / replays));
            var shutdown = new ShutdownRecorder(detector, rate);
            GateReplay.Run(input, gate, _ => shutdown, sink, reporter, cancellation);
            cancellation.ThrowIfCancellationRequested();
            return RecordEvaluation.Evaluate(new FinishedReplay
            {
                Name = record.Name,
                SamplingRateHertz = rate,
                LengthSamples = length,
                Outcomes = sink.Outcomes,
                Reference = reference,
                Shutdown = shutdown.Intervals,
                TWaves = tWaves,
                AuditOptions = AuditOptions.For(gate),
            });
        }

        RecordEvaluation EvaluateFirstLead(GateOptions gate) => Evaluate(BeatDetectors.Create(_options.Detector, rate), gate);
        var evaluation = EvaluateFirstLead(_options.Gate);
        var voted = isTwo ? Evaluate(new TwoLeadDetector(rate), _options.Gate).Result : null;
        TolerancePoint Point(double tolerance)
        {
            var judged = IsOwn(tolerance) ? evaluation : EvaluateFirstLead(_options.Gate with { ShapeTolerance = tolerance });
            return TolerancePoint.Of(tolerance, IsOwn(tolerance), judged.Audit.Result);
        }

        using var strips = OpenNoisy();
        return evaluation.Result with
        {
            Doubtful = new StripCutter(evaluation.Comparison, evaluation, tWaves).Cut(strips, _options.StripsPerKind),
            Curve = _options.Curve is null ? null : [.. tolerances.Select(Point)],
            TwoLeads = voted,
            Remark = remark,
        };
    }

    /// <summary>The shape tolerances of the curve, the gate's own among them, strictest first; empty for no curve.</summary>
    private double[] Tolerances() => _options.Curve is { } some ? [.. some.Append(_options.Gate.ShapeTolerance).Distinct().Order()] : [];

    private bool IsOwn(double tolerance) => tolerance.Equals(_options.Gate.ShapeTolerance);

    private NoiseSignal NoiseAt(StressNoise noise, double rate) => _noise.GetOrAdd(rate, hertz => new Lazy<NoiseSignal>(() => noise.Make(hertz))).Value;

    /// <summary>The leads to open: of a record that has not the second of two, the first alone.</summary>
    private (IReadOnlyList<string>? Leads, string? Remark) LeadsOf(RecordToValidate record)
    {
        if (_options.Leads is not { } two)
        {
            return (_options.Lead is null ? null : [_options.Lead], null);
        }

        try
        {
            using var both = Open(record, two);
            return (two, null);
        }
        catch (RecordException problem)
        {
            // What is wrong with the record, or its first lead, is found out by opening it again.
            return ([two[0]], $"Judged on lead {two[0]} alone: {problem.Message}");
        }
    }

    /// <summary>Opens a record of any format, at its own rate: annotations count the samples of the file.</summary>
    private static IEcgSource Open(RecordToValidate record, IReadOnlyList<string>? leads) =>
        EcgFile.Open(record.Path, new EcgFileOptions { Leads = leads, HighestRateHertz = null });

    /// <summary>What an annotator's name is put behind: the record's path without the ending of its format.</summary>
    private static string BasePath(string path) => File.Exists(path + ".hea") ? path : Path.ChangeExtension(path, null);

    private static BeatAnnotations ReadAnnotations(IEcgSource record, string path, int samplesBeforeStart)
    {
        var options = new AnnotationReadOptions
        {
            LengthFrames = record.Info.LengthSamples,
            SamplingFrequencyHertz = record.Info.SamplingRateHertz,
            SamplesBeforeStart = samplesBeforeStart,
        };
        using var reader = AnnotationReader.Open(path, options);
        return BeatAnnotations.FromAnnotations(reader.ReadToEnd(), record.Info.SamplingRateHertz);
    }

    private IEnumerable<string> RecordsAt(string place)
    {
        var ending = "." + _options.ReferenceAnnotator;
        if (!Directory.Exists(place) || File.Exists(place + ".hea"))
        {
            var path = place.EndsWith(".hea", StringComparison.OrdinalIgnoreCase) ? place[..^4] : place;
            if (!File.Exists(path + ".hea") && !File.Exists(path))
            {
                throw new ValidationException($"{place} is no folder and no record: there is no {path}.hea.");
            }

            var annotations = BasePath(path) + ending;
            return File.Exists(annotations)
                ? [path]
                : throw new ValidationException($"The record {path} has no reference annotations: there is no {annotations}.");
        }

        IReadOnlyList<EcgRecordFile> records;
        try
        {
            records = EcgFile.FindRecords(place);
        }
        catch (RecordException problem)
        {
            throw new ValidationException(problem.Message, problem);
        }

        string[] annotated =
        [
            .. records.Select(record => record.Format == EcgFileFormat.Wfdb ? record.Path[..^4] : record.Path)
                .Where(path => File.Exists(BasePath(path) + ending)),
        ];
        if (annotated.Length > 0)
        {
            return annotated;
        }

        var below = Directory.EnumerateFiles(place, "*" + ending, new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 2, IgnoreInaccessible = true }).Order(StringComparer.Ordinal).FirstOrDefault();
        var hint = below is null ? string.Empty : $"; {Path.GetDirectoryName(below)} has some";
        throw new ValidationException(records.Count == 0
            ? $"The folder {place} holds no record: it has no .hea, .edf, .bdf, .csv or .wav file{hint}."
            : $"The folder {place} holds {records.Count} records, but none with reference annotations ({ending}){hint}.");
    }

    private static IEnumerable<RecordToValidate> Told(IEnumerable<string> sameName)
    {
        string Short(string path) => $"{Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(path)))}/{Path.GetFileName(path)}";
        string[] paths = [.. sameName];
        return paths.Select(Short).Distinct(StringComparer.Ordinal).Count() == paths.Length
            ? paths.Select(path => new RecordToValidate(Short(path), path))
            : paths.Select(path => new RecordToValidate(path, path));
    }

    /// <summary>Keeps each beat's outcome.</summary>
    private sealed class Ledger : IGateEventSink
    {
        public List<BeatOutcome> Outcomes { get; } = [];

        public void OnEvent(in GateEvent gateEvent)
        {
            if (gateEvent.Kind == GateEventKind.BeatOutcome)
            {
                Outcomes.Add(gateEvent.Beat);
            }
        }
    }

    /// <summary>Tells at once, on the caller's thread.</summary>
    private sealed class Samples(Action<long> tell) : IProgress<long>
    {
        public void Report(long value) => tell(value);
    }
}
