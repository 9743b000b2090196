using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using EcgGate.Cli.Output;
using EcgGate.Cli.Replay;
using EcgGate.Cli.Run;
using EcgGate.Detection;
using EcgGate.Emulator.Patient;
using EcgGate.Validation;
using Spectre.Console;
using ValidationResult = EcgGate.Validation.ValidationResult;

namespace EcgGate.Cli.Validate;

/// <summary><c>ecggate validate</c>: judges annotated records, as a detector and as a thing that fires pulses.</summary>
internal static class ValidateCommand
{
    public static Command Build(IAnsiConsole output, TextWriter error)
    {
        var folders = new Argument<string[]>("FOLDER")
        {
            HelpName = "FOLDER",
            Description = "Folders (all records in them that have reference annotations), or records.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var reference = new Option<string?>("--reference") { HelpName = "ANNOTATOR", Description = "Ending of the annotation files that are the truth. [default: atr]" };
        var test = new Option<string?>("--test") { HelpName = "ANNOTATOR", Description = "Judges annotation files (beside the records, or in DIR with DIR/ANNOTATOR) in place of the engine." };
        var lead = new Option<string?>("--lead") { HelpName = "LEAD", Description = "The lead to gate on, by name or number. [default: each record's first]" };
        var leads = LeadsOption.Create();
        var noise = new Option<string?>("--noise") { HelpName = "NOISE", Description = "Mixes noise into the records by the protocol of the noise stress test (from 5:00, two minutes in four): em, bw or ma of nstdb, any other record of noise, or emulated." };
        var ratio = NumberOption.Real("--snr", "DB", "How much noise: the signal-to-noise ratio in its turns, dB.", 12);
        var detector = DetectorOption.Create();
        var require = new Option<string?>("--require") { HelpName = "LIMITS", Description = "Limits on the figures of all records together, such as \"unsafe=0,yield>=95,se>=99.8\"." };
        var html = new Option<string?>("--html") { HelpName = "FILE", Description = "Writes the report for people: one page that needs neither network nor other files." };
        var json = new Option<string?>("--json") { HelpName = "FILE", Description = "Writes all figures for machines, and what --merge needs." };
        var latency = new Option<string?>("--latency-svg") { HelpName = "FILE", Description = $"Draws when beats were decided, this detector's curve beside that of the other ({string.Join(" and ", BeatDetectors.Names)}), which runs too." };
        var csv = new Option<string?>("--csv") { HelpName = "FILE", Description = "Writes one line for each record, and the total." };
        var curve = new Option<bool>("--curve") { Description = $"Judges each record again with shape tolerances from {TolerancePoint.UsualTolerances[0].ToString(CultureInfo.InvariantCulture)} to {TolerancePoint.UsualTolerances[^1].ToString(CultureInfo.InvariantCulture)}, and shows yield against unsafe pulses; the first lead alone where two vote." };
        var shard = new Option<string?>("--shard") { HelpName = "I/N", Description = "Judges only the I-th of N parts of the records, for an array of jobs; write it with --json." };
        var merge = new Option<string[]>("--merge")
        {
            HelpName = "PART.json",
            Description = "Joins the parts that --shard wrote, in place of judging folders.",
            Arity = ArgumentArity.OneOrMore,
            AllowMultipleArgumentsPerToken = true,
        };
        var quiet = new Option<bool>("--quiet") { Description = "No progress and no table of records, only the summary." };
        var gate = new GateOptionSet(everyBeat: true, offline: true);
        var command = new Command("validate", "Judges records with reference annotations: what was detected, and what each pulse was worth.")
        {
            folders, require, html, json, csv, latency, curve, reference, test, detector, lead, leads, noise, ratio, shard, merge, quiet,
        };
        gate.AddTo(command);
        Examples.AddNotes(
            command,
            $"""
            Figures for --require:
              {string.Join($",{Environment.NewLine}  ", ValidationFigure.All.Select(figure => figure.Name).Chunk(12).Select(names => string.Join(", ", names)))}.

            Exit code: 0 judged, and within limits; 1 a limit is not met; 2 something could not be read or written
            (other records are judged all the same).
            """);
        Examples.Add(
            command,
            ("ecggate validate mitdb --html report.html", "all annotated records of a folder"),
            ("ecggate validate traces --require unsafe=0,vulnerable=0", "exit 1 if a limit is not met"),
            ("ecggate validate mitdb --test gqrs", "another detector's annotations, by the same yardstick"),
            ("ecggate validate mitdb --detector pan-tompkins", "the detector of 1985 in place of the engine's"),
            ("ecggate validate mitdb --leads 0,1", "two leads that vote, beside the first alone"),
            ("ecggate validate mitdb --noise ma --snr 12", "with muscle noise mixed in"),
            ("ecggate validate mitdb --curve --html report.html", "yield against unsafe pulses, stricter and looser"),
            ("ecggate validate mitdb --shard 2/8 --json part2.json", "one job of eight"),
            ("ecggate validate --merge part*.json --html report.html", "the same report as of one run"));
        command.SetAction((parsed, cancellation) =>
        {
            var parts = parsed.GetValue(merge) ?? [];
            var places = parsed.GetValue(folders) ?? [];
            if (parts.Length == 0 && places.Length == 0)
            {
                throw new CliException("'ecggate validate' needs a FOLDER; see 'ecggate validate --help' for what it may be.");
            }

            if (parts.Length > 0 && (places.Length > 0 || new[] { reference, test, lead, shard }.Any(option => parsed.GetValue(option) is not null)))
            {
                throw new CliException("--merge joins what was judged already: it takes no FOLDER, --reference, --test, --lead or --shard.");
            }

            if ((parts.Length > 0 || parsed.GetValue(test) is not null) && (gate.FirstGiven(parsed) ?? new Option[] { lead, leads, noise, ratio, detector, latency, curve }.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false })?.Name) is { } given)
            {
                throw new CliException($"{given} is for the engine, which does not run with {(parts.Length > 0 ? "--merge" : "--test")}; leave it out.");
            }

            if (parsed.GetValue(curve) && parsed.GetValue(detector) is { } slow and not BeatDetectors.RWave)
            {
                throw new CliException($"--curve is for the detector {BeatDetectors.RWave}; {slow} decides too late to fire on.");
            }

            var (part, of) = Shard(parsed.GetValue(shard));
            var request = new ValidateRequest
            {
                Places = places,
                Parts = parts,
                Options = new ValidationOptions
                {
                    ReferenceAnnotator = parsed.GetValue(reference) ?? "atr",
                    TestAnnotator = parsed.GetValue(test) is { } annotator ? Path.GetFileName(annotator) : null,
                    TestFolder = parsed.GetValue(test) is { } path && Path.GetDirectoryName(path) is { Length: > 0 } folder ? folder : null,
                    Lead = parsed.GetValue(lead),
                    Leads = LeadsOption.Read(parsed.GetValue(leads), parsed.GetValue(lead), parsed.GetValue(detector)),
                    Noise = NoiseOption.Read(parsed.GetValue(noise), parsed.GetValue(ratio), places),
                    Detector = parsed.GetValue(detector) ?? BeatDetectors.RWave,
                    Gate = gate.Read(parsed),
                    Curve = parsed.GetValue(curve) ? TolerancePoint.UsualTolerances : null,
                    Part = part,
                    Parts = of,
                    TWaves = ExactTWaves,
                },
                Limits = Limits(parsed.GetValue(require)),
                HtmlPath = parsed.GetValue(html),
                JsonPath = parsed.GetValue(json),
                CsvPath = parsed.GetValue(csv),
                LatencyPath = parsed.GetValue(latency),
                Quiet = parsed.GetValue(quiet),
            };
            if (of > 1 && (request.JsonPath is null || request.Limits.All.Count > 0))
            {
                throw new CliException(request.JsonPath is null
                    ? "--shard judges a part, which is of use only with --json PART.json; join the parts with --merge."
                    : "--shard judges a part, on which --require has no say; give it with --merge.");
            }

            return RunAsync(request, output, error, cancellation);
        });
        return command;
    }

    private static (int Part, int Of) Shard(string? text)
    {
        if (text is null)
        {
            return (1, 1);
        }

        string[] words = text.Split('/');
        return words.Length == 2
            && int.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out var part)
            && int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var of)
            && part >= 1 && part <= of
            ? (part, of)
            : throw new CliException($"--shard takes I/N, the I-th of N parts counted from 1, for example --shard 1/4; '{text}' is none that makes sense.");
    }

    private static ValidationLimits Limits(string? text)
    {
        try
        {
            return text is null ? ValidationLimits.None : ValidationLimits.Parse(text);
        }
        catch (FormatException problem)
        {
            throw new CliException($"--require: {problem.Message}", problem);
        }
    }

    /// <summary>The T waves of a shipped trace, from the truth beside it.</summary>
    private static TWave[]? ExactTWaves(RecordToValidate record, double rateHertz)
    {
        var path = record.Path + RecordTruth.ExactEnding;
        if (!File.Exists(path))
        {
            return null;
        }

        using var reader = new StreamReader(path);
        return [.. RecordedTruth.Read(reader, path).Beats.Select(beat => new TWave(beat.TPeakSeconds * rateHertz, beat.TEndSeconds * rateHertz))];
    }

    private static async Task<int> RunAsync(ValidateRequest request, IAnsiConsole output, TextWriter error, CancellationToken cancellation)
    {
        OutputPaths.RequireDifferent(("--html", request.HtmlPath), ("--json", request.JsonPath), ("--csv", request.CsvPath), ("--latency-svg", request.LatencyPath));
        using var html = Open("--html", request.HtmlPath);
        using var json = Open("--json", request.JsonPath);
        using var csv = Open("--csv", request.CsvPath);
        using var latency = Open("--latency-svg", request.LatencyPath);
        var watch = Stopwatch.StartNew();
        var coreTimeBefore = Environment.CpuUsage.TotalTime;
        ValidationResult result;
        ValidationResult? other = null;
        try
        {
            result = request.Parts.Count > 0 ? Merge(request.Parts) : await JudgeAsync(request, output, cancellation);
            if (latency is not null)
            {
                other = await JudgeAsync(OtherDetector(request), output, cancellation);
            }
        }
        catch (OperationCanceledException problem)
        {
            throw new CliException("Stopped before all records were judged; nothing was written.", problem);
        }
        catch (ValidationException problem)
        {
            throw new CliException(problem.Message, problem);
        }

        var (elapsed, coreTime) = (watch.Elapsed, Environment.CpuUsage.TotalTime - coreTimeBefore);
        var verdicts = request.Limits.Judge(result);
        ValidateView.Write(output, result, request.Quiet);
        if (request.Parts.Count == 0 && !request.Quiet)
        {
            ValidateView.WriteSpeed(output, result, elapsed, coreTime);
        }

        ValidateView.WriteVerdict(output, verdicts);
        if (json is not null)
        {
            await json.Writer.WriteAsync(result.ToJson() + "\n");
            json.Complete();
        }

        if (csv is not null)
        {
            ValidationCsv.Write(csv.Writer, result);
            csv.Complete();
        }

        if (latency is not null)
        {
            await latency.Writer.WriteAsync(LatencyPicture.ToSvg([.. new[] { result, other! }.Select(NamedLatency)], request.Options.Gate.TargetDelay.TotalMilliseconds));
            latency.Complete();
        }

        if (html is not null)
        {
            await html.Writer.WriteAsync(Page(request, result));
            html.Complete();
        }

        foreach (var failure in result.Failures)
        {
            await error.WriteLineAsync($"ecggate: {failure.Name}: {failure.Problem}");
        }

        return verdicts.Any(verdict => !verdict.IsMet) ? ExitCode.Unsafe
            : result.Failures.Count > 0 ? ExitCode.Failed
            : ExitCode.Good;
    }

    /// <summary>The same records with the other detector, for comparison.</summary>
    private static ValidateRequest OtherDetector(ValidateRequest request) => request with
    {
        Options = request.Options with
        {
            Detector = BeatDetectors.Names.First(name => name != request.Options.Detector),
            Lead = request.Options.Lead ?? request.Options.Leads?[0],
            Leads = null,
            Curve = null,
            StripsPerKind = 0,
        },
    };

    private static NamedLatency NamedLatency(ValidationResult result) => new(
        result.Settings!.Detector!,
        result.Total.DecisionLatencyMs ?? throw new CliException("--latency-svg: no record could be judged, so there is nothing to draw."));

    private static string Page(ValidateRequest request, ValidationResult result)
    {
        try
        {
            return ValidationReport.ToHtml(result, new ReportOptions { Limits = request.Limits });
        }
        catch (Exception problem) when (request.Parts.Count > 0 && problem is FormatException or OverflowException)
        {
            throw new CliException($"--html: a strip of ECG in the parts is damaged ({problem.Message.TrimEnd('.')}); make the parts anew.", problem);
        }
    }

    private static async Task<ValidationResult> JudgeAsync(ValidateRequest request, IAnsiConsole output, CancellationToken cancellation)
    {
        var runner = new ValidationRunner(request.Options);
        var records = runner.Find(request.Places);
        var count = runner.PartOf(records).Count;
        if (request.Quiet || !ReplayCommand.IsTerminal(output))
        {
            return await Task.Run(() => runner.Run(records, progress: null, cancellation), CancellationToken.None);
        }

        return await output.Progress().AutoClear(true).Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(context =>
            {
                var bar = context.AddTask(string.Create(CultureInfo.InvariantCulture, $"Judging {count} record{(count == 1 ? string.Empty : "s")}"), maxValue: Math.Max(1, count));
                return Task.Run(() => runner.Run(records, new Bar(bar, count), cancellation), CancellationToken.None);
            });
    }

    private static ValidationResult Merge(IReadOnlyList<string> parts)
    {
        try
        {
            return ValidationResult.Merge(parts.Select(Read).ToArray());
        }
        catch (ArgumentException problem)
        {
            throw new CliException($"--merge: {problem.Message.Replace(" (Parameter 'parts')", string.Empty, StringComparison.Ordinal)}", problem);
        }
    }

    private static ValidationResult Read(string path)
    {
        try
        {
            return ValidationResult.FromJson(File.ReadAllText(path));
        }
        catch (System.Text.Json.JsonException problem)
        {
            var where = problem.LineNumber is { } line ? string.Create(CultureInfo.InvariantCulture, $", line {line + 1}") : string.Empty;
            throw new CliException($"--merge {path}{where}: this is no result of 'ecggate validate --json', or it is damaged; make the part anew.", problem);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new CliException($"--merge {path}: the file cannot be read ({problem.Message.TrimEnd('.')}).", problem);
        }
    }

    private static CompleteFile? Open(string option, string? path) => path is null ? null : new CompleteFile(option, path);

    /// <summary>Shows the shares done of all records as one bar.</summary>
    private sealed class Bar(ProgressTask bar, int count) : IProgress<ValidationProgress>
    {
        private readonly double[] _done = new double[count];

        public void Report(ValidationProgress value)
        {
            lock (_done)
            {
                bar.Increment(value.Share - _done[value.Record]);
                _done[value.Record] = value.Share;
            }
        }
    }
}

/// <summary>What <c>validate</c> was asked for.</summary>
internal sealed record ValidateRequest
{
    public required IReadOnlyList<string> Places { get; init; }

    public required IReadOnlyList<string> Parts { get; init; }

    public required ValidationOptions Options { get; init; }

    public required ValidationLimits Limits { get; init; }

    public string? HtmlPath { get; init; }

    public string? JsonPath { get; init; }

    public string? CsvPath { get; init; }

    public string? LatencyPath { get; init; }

    public bool Quiet { get; init; }
}
