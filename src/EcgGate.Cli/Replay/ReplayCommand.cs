using System.CommandLine;
using EcgGate.Cli.Figures;
using EcgGate.Cli.Output;
using EcgGate.Detection;
using EcgGate.Records;
using EcgGate.Signals;
using Spectre.Console;

namespace EcgGate.Cli.Replay;

/// <summary><c>ecggate replay</c>: the live engine's core in virtual time, over any number of records.</summary>
internal static class ReplayCommand
{
    public static Command Build(IAnsiConsole output, TextWriter error)
    {
        var records = new Argument<string[]>("RECORD")
        {
            HelpName = "RECORD",
            Description = "Records (WFDB, EDF, BDF, CSV, WAV), folders (all records in them), or patient:SCENARIO.",
            Arity = ArgumentArity.OneOrMore,
        };
        var ledger = new Option<string?>("--ledger") { HelpName = "FILE.csv", Description = "Writes one line for each beat: what became of it and why." };
        var decisions = new Option<string?>("--decisions") { HelpName = "FILE.csv", Description = "Writes r_sample,decision_sample for each beat; of several records, into a folder, as RECORD.csv." };
        var annotate = new Option<string?>("--annotate") { HelpName = "DIR", Description = "Writes WFDB annotation files: RECORD.ecg with each detected R (N, V ectopic, / paced, Q doubtful) and each shutdown (~), RECORD.pul with each pulse (^)." };
        var strip = new Option<string?>("--strip") { HelpName = "FILE.svg", Description = "Draws ten seconds: the lead, each R wave with what became of it, each pulse. One record only." };
        var stripFrom = NumberOption.Real("--strip-from", "S", "Where the drawing begins. [default: 0]", 0);
        var json = new Option<string?>("--json") { HelpName = "FILE", Description = "Writes the figures for machines." };
        var rate = NumberOption.Real("--rate", "HZ", "Sampling rate of patient: sources. [default: 500]", 500);
        var duration = NumberOption.Real("--duration", "S", "Length of patient: sources. [default: 60]", 60);
        var quiet = new Option<bool>("--quiet") { Description = "No progress and no table of records, only the summary." };
        var detector = DetectorOption.Create();
        var reading = new RecordOptionSet(twoLeads: true);
        var gate = new GateOptionSet(offline: true);
        var command = new Command("replay", "Replays records through the live engine's core in virtual time, as fast as the machine allows.")
        {
            records, ledger, decisions, annotate, strip, stripFrom, json, rate, duration, detector, quiet,
        };
        reading.AddTo(command);
        gate.AddTo(command);
        Examples.AddNotes(command, "Exit code: 0 done; 2 something could not be read or written (the rest is done all the same).");
        Examples.Add(
            command,
            ("ecggate replay traces/sinus-pvc", "one record"),
            ("ecggate replay traces --json figures.json --ledger beats.csv", "all records of a folder, with files"),
            ("ecggate replay mitdb/100 --annotate out --every-beat", "then compare with the reference: bxb -r 100 -a atr ecg"),
            ("ecggate replay ecg.csv --sampling-rate 500 --unit mV", "a table that says neither; docs/formats.md says what each format needs"),
            ("ecggate replay mitdb/100 --leads 0,1", "both leads vote; the first leads"),
            ("ecggate replay \"patient:sinus-pvc?noise=muscle:0.1\" --duration 600", "ten minutes of a virtual patient"));
        command.SetAction((parsed, cancellation) =>
        {
            var wanted = reading.Read(parsed, parsed.GetValue(detector));
            var request = new ReplayRequest
            {
                Options = gate.Read(parsed),
                Detector = parsed.GetValue(detector) ?? BeatDetectors.RWave,
                IsTwoLeads = wanted.IsTwoLeads,
                Inputs = ReplayInput.Resolve(
                    parsed.GetRequiredValue(records), wanted, Checked(parsed.GetValue(rate), 125, 2000, "--rate", "samples per second"), Checked(parsed.GetValue(duration), 1, 864_000, "--duration", "seconds")),
                LedgerPath = parsed.GetValue(ledger),
                DecisionsPath = parsed.GetValue(decisions),
                AnnotateFolder = parsed.GetValue(annotate),
                StripPath = parsed.GetValue(strip),
                StripFromSeconds = Checked(parsed.GetValue(stripFrom), 0, 864_000, "--strip-from", "seconds"),
                JsonPath = parsed.GetValue(json),
                Quiet = parsed.GetValue(quiet),
            };
            return RunAsync(request, output, error, cancellation);
        });
        return command;
    }

    private static double? Checked(double? value, double least, double most, string option, string unit) =>
        value is null || (value >= least && value <= most)
            ? value
            : throw new CliException($"{option} is {value}; it must lie between {least:#,0} and {most:#,0} {unit}.");

    private static async Task<int> RunAsync(ReplayRequest request, IAnsiConsole output, TextWriter error, CancellationToken cancellation)
    {
        using var files = new ReplayFiles(request);
        var inputs = request.Inputs;
        var records = new List<RecordFigures>();
        var failures = new List<string>();
        var begun = Environment.CpuUsage.TotalTime;
        async Task Work(Action<int, double>? progress)
        {
            using var room = new SemaphoreSlim(Environment.ProcessorCount);
            var tasks = inputs.Select((input, number) => ReplayOneAsync(input, number, room, progress)).ToArray();
            for (var i = 0; i < inputs.Count; i++)
            {
                // Results are taken in the order of the command line, whichever is ready first.
                var (figures, failure) = await tasks[i];
                if (figures is not null)
                {
                    try
                    {
                        files.Add(inputs[i], figures);
                    }
                    catch (Exception problem) when (problem is CliException or RecordException or IOException or UnauthorizedAccessException)
                    {
                        failure = problem.Message;
                    }

                    records.Add(figures);
                }

                if (failure is not null)
                {
                    failures.Add(failure);
                }
            }
        }

        async Task<(RecordFigures? Figures, string? Failure)> ReplayOneAsync(ReplayInput input, int number, SemaphoreSlim room, Action<int, double>? progress)
        {
            await room.WaitAsync(CancellationToken.None);
            try
            {
                // One that has not begun when the user stops is left out; one that has ends early, in order.
                return cancellation.IsCancellationRequested
                    ? (null, null)
                    : (await Task.Run(() => RecordReplay.Run(input, request.Options, request.NewDetector, progress is null ? null : share => progress(number, share), cancellation), CancellationToken.None), null);
            }
            catch (Exception problem) when (problem is CliException or RecordException or EcgSourceException or IOException or UnauthorizedAccessException)
            {
                return (null, problem.Message);
            }
            finally
            {
                progress?.Invoke(number, 1);
                room.Release();
            }
        }

        if (!request.Quiet && IsTerminal(output))
        {
            await output.Progress().AutoClear(true).Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
                .StartAsync(async context =>
                {
                    var bar = context.AddTask(inputs.Count == 1 ? $"Replaying {Markup.Escape(inputs[0].Name)}" : $"Replaying {inputs.Count} records", maxValue: inputs.Count);
                    var done = new double[inputs.Count];
                    await Work((number, share) =>
                    {
                        lock (done)
                        {
                            bar.Increment(share - done[number]);
                            done[number] = share;
                        }
                    });
                });
        }
        else
        {
            await Work(null);
        }

        var coreTime = Environment.CpuUsage.TotalTime - begun;
        if (records.Count > 0)
        {
            Print(output, request, records, coreTime);
        }

        if (cancellation.IsCancellationRequested)
        {
            output.WriteLine(inputs.Count == 1 ? "Stopped early." : $"Stopped early: {records.Count} of {inputs.Count} records were replayed, the last of them in part.");
        }

        files.Complete(records, failures);
        foreach (var failure in failures)
        {
            await error.WriteLineAsync($"ecggate: {failure}");
        }

        return failures.Count == 0 ? ExitCode.Good : ExitCode.Failed;
    }

    internal static bool IsTerminal(IAnsiConsole console) =>
        console.Profile.Out.IsTerminal && console.Profile.Capabilities.Ansi && console.Profile.Capabilities.Interactive;

    private static void Print(IAnsiConsole output, ReplayRequest request, List<RecordFigures> records, TimeSpan coreTime)
    {
        var total = records.Count == 1 ? records[0].Figures : GateFigures.Total(records);
        if (records.Count > 1 && !request.Quiet)
        {
            output.Write(ReplayTable.Of([.. records.Select(record => record.Figures)], total));
        }

        SummaryView.Write(output, total);
        ReplayTable.WriteSpeed(output, total, coreTime, request.Quiet);
    }
}

/// <summary>What <c>replay</c> was asked for.</summary>
internal sealed record ReplayRequest
{
    public required GateOptions Options { get; init; }

    /// <summary>One of <see cref="BeatDetectors.Names"/>.</summary>
    public string Detector { get; init; } = BeatDetectors.RWave;

    /// <summary>Whether the two leads of each source vote.</summary>
    public bool IsTwoLeads { get; init; }

    public required IReadOnlyList<ReplayInput> Inputs { get; init; }

    public string? LedgerPath { get; init; }

    public string? DecisionsPath { get; init; }

    public string? AnnotateFolder { get; init; }

    public string? StripPath { get; init; }

    public double? StripFromSeconds { get; init; }

    public string? JsonPath { get; init; }

    public bool Quiet { get; init; }

    /// <summary>What finds the beats at a sampling rate.</summary>
    public IBeatDetector NewDetector(double rateHertz) => IsTwoLeads ? new TwoLeadDetector(rateHertz) : BeatDetectors.Create(Detector, rateHertz);
}
