using System.CommandLine;
using System.Globalization;
using EcgGate.Cli.Output;
using EcgGate.Cli.Replay;
using EcgGate.Emulator.Punctuality;
using EcgGate.Timing;
using Spectre.Console;

namespace EcgGate.Cli.Bench;

/// <summary><c>ecggate bench</c>: how punctual this machine is.</summary>
internal static class BenchCommand
{
    private const int UsualPulses = 5_000;
    private const int MostPulses = 1_000_000;

    /// <summary>Fewer pulses measure the cost of a sample for less long, too: 10 s belong to 5,000.</summary>
    private const double PipelineSecondsPerPulse = 10.0 / UsualPulses;

    private static readonly TimeSpan ShortestPipelineTime = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestPipelineTime = TimeSpan.FromSeconds(10);
    private static readonly string[] Runtimes = ["isolated", "in-process", "both"];

    public static Command Build(IAnsiConsole output, TextWriter error)
    {
        var pulses = NumberOption.Whole("--pulses", "N", "How many pulses each run orders, 21 ms apart: 5000 take less than two minutes. [default: 5000]", 5000);
        var load = new Option<string>("--load") { HelpName = "LIST", Description = $"What else the machine has to do, one run each: {BenchLoads.Names}, or all.", DefaultValueFactory = _ => "none" };
        var runtime = new Option<string>("--runtime") { HelpName = "WHICH", Description = $"Where the real-time part runs: {string.Join(", ", Runtimes)}.", DefaultValueFactory = _ => "both" };
        var line = new Option<string?>("--line") { HelpName = "gpio:...", Description = "Pulses a real line, such as gpio:/dev/gpiochip0?line=17. Nothing that could hurt anybody may hang on it. [default: an emulated one]" };
        var loopback = new Option<string?>("--loopback") { HelpName = "gpio:...", Description = "Measures by an input that sees the line: a GPIO input wired to --line, or, without a name, the emulated line's.", Arity = ArgumentArity.ZeroOrOne };
        var cpu = NumberOption.Whole("--cpu", "N", "The processor of the pulse thread and of both references. [default: the first isolated one, else the last]", 3);
        var priority = NumberOption.Whole("--priority", "N", "Their SCHED_FIFO priority, 6 to 99; 0 for ordinary threads. [default: 80]", 80);
        var require = new Option<string?>("--require") { HelpName = "LIMITS", Description = "Limits on the figures of each run, such as \"late=0,none.p99<=50,gc.dropped<=100\"." };
        var json = new Option<string?>("--json") { HelpName = "FILE", Description = "Writes the figures for machines." };
        var hgrm = new Option<string?>("--hgrm") { HelpName = "DIR", Description = "Writes each distribution as an HdrHistogram percentile file." };
        var svg = new Option<string?>("--svg") { HelpName = "FILE", Description = "Draws the percentile curves." };
        var quiet = new Option<bool>("--quiet") { Description = "No progress and no details, only the table." };
        var command = new Command("bench", "Measures this machine: how late edges are, from an emulated board's sample to the line, beside a bare sleep and a clock that is only read.")
        {
            pulses, load, runtime, line, loopback, cpu, priority, require, json, hgrm, svg, quiet,
        };
        Examples.AddNotes(
            command,
            $"""
            Lateness is edge minus intended time, with those counted that were dropped as too late. Below each
            run stand two references, measured between its pulses at the same priority on the same processor:
            a bare sleep, and how late the best watcher would be that does nothing but read the clock.
            docs/board.md tells how to read it.

            Figures for --require, each also for one runtime or load (gc.late=0, isolated.gc.p999<=500):
              {string.Join($",{Environment.NewLine}  ", BenchFigure.All.Select(figure => figure.Unit.Length == 0 ? figure.Name : $"{figure.Name} ({figure.Unit})").Chunk(9).Select(names => string.Join(", ", names)))}.

            Ctrl+C ends the run in order and prints what there is.
            Exit code: 0 measured, and within limits; 1 a limit is not met; 2 something could not be opened or written.
            """);
        Examples.Add(
            command,
            ("ecggate bench", "5,000 pulses on a machine that does nothing else"),
            ("ecggate bench --load none,gc --svg lateness.svg", "and beside a host that allocates hard"),
            ("ecggate bench --pulses 500 --load all --json bench.json", "a quick look at all loads"),
            ("ecggate bench --line \"gpio:/dev/gpiochip0?line=17\" --loopback \"gpio:/dev/gpiochip0?line=27\"", "on a board, with a wire from line 17 to line 27"),
            ("ecggate bench --require \"late=0,none.ratio99<=1\"", "exit 1 where a limit is not met"));
        command.SetAction((parsed, cancellation) =>
        {
            var which = parsed.GetValue(runtime)!;
            if (!Runtimes.Contains(which))
            {
                throw new CliException($"--runtime is '{which}'; it must be {string.Join(", ", Runtimes.SkipLast(1))} or {Runtimes[^1]}.");
            }

            var rank = parsed.GetValue(priority) ?? 80;
            var processor = parsed.GetValue(cpu) ?? MachineDescription.UsualProcessor(MachineDescription.Read(0).Isolated);
            var request = new BenchRequest
            {
                Pulses = Checked(parsed.GetValue(pulses) ?? UsualPulses, 1, MostPulses, "--pulses", "pulses"),
                Loads = BenchLoads.Parse(parsed.GetValue(load)!),
                Runtime = which,
                Processor = Checked(processor, 0, Math.Max(0, Environment.ProcessorCount - 1), "--cpu", "on this machine"),
                Priority = rank == 0 ? 0 : Checked(rank, 6, 99, "--priority", "for SCHED_FIFO, or be 0 for ordinary threads"),
                Limits = BenchLimit.ParseAll(parsed.GetValue(require), ["inprocess", "isolated"]),
                Line = parsed.GetValue(line),
                HasLoopback = parsed.GetResult(loopback) is not null,
                Loopback = parsed.GetValue(loopback),
                JsonPath = parsed.GetValue(json),
                HgrmFolder = parsed.GetValue(hgrm),
                SvgPath = parsed.GetValue(svg),
                Quiet = parsed.GetValue(quiet),
            };
            return RunAsync(request, output, error, cancellation);
        });
        return command;
    }

    private static int Checked(int value, int least, int most, string option, string what) =>
        value >= least && value <= most
            ? value
            : throw new CliException(string.Create(CultureInfo.InvariantCulture, $"{option} is {value}; it must lie between {least} and {most:#,0} {what}."));

    private static async Task<int> RunAsync(BenchRequest request, IAnsiConsole output, TextWriter error, CancellationToken cancellation)
    {
        OutputPaths.RequireDifferent(("--json", request.JsonPath), ("--svg", request.SvgPath));
        using var json = request.JsonPath is null ? null : new CompleteFile("--json", request.JsonPath);
        using var svg = request.SvgPath is null ? null : new CompleteFile("--svg", request.SvgPath);
        if (request.HgrmFolder is { } folder)
        {
            OutputPaths.RequireFolder("--hgrm", folder);
        }

        string lineNote;
        using (var line = BenchLine.Open(request.Line, request.HasLoopback, request.Loopback))
        {
            // Only that it can be had: each run opens it for itself, in its own runtime.
            lineNote = line.Note;
        }

        var runtimes = await RuntimesAsync(request, output, error);
        var machine = MachineDescription.Read(request.Processor);
        if (!request.Quiet)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{request.Pulses} pulses on processor {request.Processor}; {lineNote}."));
            BenchView.WriteMachine(output, machine);
        }

        var options = new PunctualityOptions
        {
            Pulses = request.Pulses,
            PipelineTime = TimeSpan.FromSeconds(Math.Clamp(request.Pulses * PipelineSecondsPerPulse, ShortestPipelineTime.TotalSeconds, LongestPipelineTime.TotalSeconds)),
            PulseThread = new RealtimeOptions { Priority = request.Priority, Processor = request.Processor },
            CoreThread = new RealtimeOptions { Priority = Math.Max(0, request.Priority - 5) },
        };
        var runs = await MeasureAllAsync(request, runtimes, options, output, cancellation);
        machine = machine with { Granted = runs is [var any, ..] ? any.Result.PulseThread : null };
        var advice = BenchAdvice.For(machine, runs);

        // Files before the screen: whoever closes the pipe still gets them.
        if (json is not null)
        {
            new BenchReport(MachineReport.Of(machine, advice), [.. runs.Select(BenchRunReport.Of)]).WriteTo(json.Writer.BaseStream);
            json.Complete();
        }

        if (svg is not null)
        {
            await svg.Writer.WriteAsync(PercentileChart.Draw(runs, $"Edge lateness, {machine.Processor ?? "processor"}, {machine.Preemption ?? "kernel"}"));
            svg.Complete();
        }

        foreach (var run in request.HgrmFolder is null ? [] : runs)
        {
            HgrmFiles.Write(request.HgrmFolder!, run);
        }

        return Print(request, output, runs, machine, advice, cancellation.IsCancellationRequested);
    }

    private static int Print(BenchRequest request, IAnsiConsole output, IReadOnlyList<BenchRun> runs, MachineDescription machine, IReadOnlyList<string> advice, bool isStopped)
    {
        if (isStopped)
        {
            output.WriteLine("Stopped early; the pulse line is low.");
        }

        BenchView.WriteTable(output, runs);
        if (!request.Quiet)
        {
            foreach (var run in runs)
            {
                BenchView.WriteDetails(output, run);
            }

            BenchView.WriteMachine(output, machine);
            BenchView.WriteAdvice(output, advice);
        }

        return BenchView.WriteVerdicts(output, request.Limits, runs) ? ExitCode.Good : ExitCode.Unsafe;
    }

    private static async Task<IReadOnlyList<IBenchRuntime>> RuntimesAsync(BenchRequest request, IAnsiConsole output, TextWriter error)
    {
        var inProcess = new InProcessRuntime(() => BenchLine.Open(request.Line, request.HasLoopback, request.Loopback));
        var isolated = new IsolatedRuntime(request.Line, request.HasLoopback, request.Loopback);
        IBenchRuntime[] wanted = request.Runtime switch
        {
            "isolated" => [isolated],
            "in-process" => [inProcess],
            _ => [inProcess, isolated],
        };
        foreach (var missing in wanted.Where(runtime => runtime.Unavailable is not null))
        {
            if (wanted.Length == 1)
            {
                await error.WriteLineAsync($"ecggate: {missing.Unavailable}");
            }
            else if (!request.Quiet)
            {
                output.WriteLine(missing.Unavailable!);
            }
        }

        IBenchRuntime[] there = [.. wanted.Where(runtime => runtime.Unavailable is null)];
        return there.Length > 0 ? there : [inProcess];
    }

    private static async Task<IReadOnlyList<BenchRun>> MeasureAllAsync(BenchRequest request, IReadOnlyList<IBenchRuntime> runtimes, PunctualityOptions options, IAnsiConsole output, CancellationToken cancellation)
    {
        (IBenchRuntime Runtime, BenchLoadKind Load)[] plan = [.. request.Loads.SelectMany(load => runtimes.Select(runtime => (runtime, load)))];
        if (request.Quiet || !ReplayCommand.IsTerminal(output))
        {
            return await Task.Run(() => MeasureAll(plan, options, (_, _) => { }, cancellation), CancellationToken.None);
        }

        return await output.Progress().AutoClear(true).Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(context =>
            {
                var bars = plan.Select(run => context.AddTask($"{run.Runtime.Name}, load {BenchLoads.NameOf(run.Load)}", autoStart: false, maxValue: request.Pulses)).ToArray();
                return Task.Run(
                    () => MeasureAll(
                        plan,
                        options,
                        (run, done) =>
                        {
                            if (!bars[run].IsStarted)
                            {
                                bars[run].StartTask();
                            }

                            bars[run].Value = done;
                        },
                        cancellation),
                    CancellationToken.None);
            });
    }

    private static List<BenchRun> MeasureAll((IBenchRuntime Runtime, BenchLoadKind Load)[] plan, PunctualityOptions options, Action<int, int> progress, CancellationToken cancellation)
    {
        var runs = new List<BenchRun>();
        for (var i = 0; i < plan.Length && (i == 0 || !cancellation.IsCancellationRequested); i++)
        {
            var (runtime, load) = plan[i];
            var number = i;

            // What the runs before left behind is not this one's to collect.
            GC.Collect();
            using var running = new BenchLoad(load);
            var stolen = ProcessorTimes.StolenMilliseconds(options.PulseThread.Processor ?? 0);
            var result = runtime.Measure(options, done => progress(number, done), cancellation);
            progress(number, options.Pulses);
            stolen = ProcessorTimes.StolenMilliseconds(options.PulseThread.Processor ?? 0) - stolen;
            runs.Add(BenchRun.Of(runtime.Name, load, result, options.Tolerance.Ticks * 100, stolen));
        }

        return runs;
    }
}

/// <summary>What <c>bench</c> was asked for.</summary>
internal sealed record BenchRequest
{
    public required int Pulses { get; init; }

    public required IReadOnlyList<BenchLoadKind> Loads { get; init; }

    public required string Runtime { get; init; }

    public required int Processor { get; init; }

    public required int Priority { get; init; }

    public required IReadOnlyList<BenchLimit> Limits { get; init; }

    public string? Line { get; init; }

    public bool HasLoopback { get; init; }

    public string? Loopback { get; init; }

    public string? JsonPath { get; init; }

    public string? HgrmFolder { get; init; }

    public string? SvgPath { get; init; }

    public bool Quiet { get; init; }
}
