using System.CommandLine;
using EcgGate.Cli.Output;
using EcgGate.Cli.Run;
using EcgGate.Cli.SelfTest;
using EcgGate.Cli.Session;
using EcgGate.Delivery;
using EcgGate.Emulator.Generator;
using EcgGate.Timing;
using Spectre.Console;

namespace EcgGate.Cli.Deliver;

/// <summary><c>ecggate deliver</c>: a whole procedure.</summary>
internal static class DeliverCommand
{
    public static Command Build(IAnsiConsole output, TextWriter error)
    {
        var planFile = new Argument<string>("PLAN") { HelpName = "PLAN.json", Description = "The procedure: pairs of electrodes, test, treatment, limits; docs/delivery.md." };
        var source = new Argument<string?>("SOURCE") { HelpName = "SOURCE", Arity = ArgumentArity.ZeroOrOne, Description = "What is gated on: a record, or patient:SCENARIO[?options]. A phantom that is pulsed by the clock has none." };
        var fast = new Option<bool>("--fast") { Description = "In virtual time, as fast as the machine computes." };
        var yes = new Option<bool>("--yes") { Description = "Confirms the treatment once the impedance is accepted. Needed where there is no terminal with an operator at its keys." };
        var fixedRate = new Option<bool>("--fixed-rate") { Description = "Allows a plan that is not gated on an ECG: for phantoms only." };
        var rate = NumberOption.Whole("--rate", "HZ", "Sampling rate of the emulated board: 125, 250, 500, 1000 or 2000. [default: 500]", 500);
        var json = new Option<string?>("--json") { HelpName = "FILE", Description = "Writes the figures for machines." };
        var quiet = new Option<bool>("--quiet") { Description = "Nothing while it runs, only the summary." };
        var faults = FaultsOption.Create();
        var recording = new RecordOption("--out");
        var reading = new RecordOptionSet();
        var gate = new GateOptionSet(offline: true);
        var command = new Command("deliver", "Carries out a whole procedure on the emulated generator: test pulses, impedance, the operator's confirmation, treatment.")
        {
            planFile, source, fast, yes, fixedRate, rate, faults, json, quiet,
        };
        recording.AddTo(command);
        reading.AddTo(command);
        gate.AddTo(command);
        Examples.AddNotes(
            command,
            """
            On a terminal the operator sees ECG, state, impedance and current, and has keys: c confirms, p pauses, r resumes, a
            aborts. Otherwise each step is a line. Ctrl+C aborts: no edge after it, generator isolated, record closed.
            Exit code: 0 completed; 1 aborted, or the referee found an unsafe pulse; 2 bad plan or input, or a source that failed.
            """);
        Examples.Add(
            command,
            ("ecggate deliver examples/pubic-metastasis.json patient:sinus-75", "the reference case in real time, with an operator"),
            ("ecggate deliver examples/pubic-metastasis.json patient:sinus-75 --yes --fast --out sessions/case", "in virtual time, recorded; then: ecggate session report sessions/case"),
            ("ecggate deliver examples/three-needles.json patient:sinus-pvc --yes", "three pairs, a patient with premature beats"),
            ("ecggate deliver examples/phantom.json --fixed-rate --yes", "a phantom, by the clock"));
        command.SetAction(async (parsed, cancellation) =>
        {
            var plan = Load(parsed.GetRequiredValue(planFile));
            var options = gate.Read(parsed);
            var wish = recording.Read(parsed);
            var recordRequest = reading.Read(parsed);
            var silent = parsed.GetValue(quiet);
            var isFast = parsed.GetValue(fast);
            var text = parsed.GetValue(source);
            var expected = new DeliverySessionOptions { AllowFixedRate = parsed.GetValue(fixedRate) };
            var limits = VirtualProcedure.For(plan).Limits;
            if (plan.Validate(in limits) is { Count: > 0 } problems)
            {
                throw new CliException(new PulseProtocolException(parsed.GetRequiredValue(planFile), problems).Message);
            }

            RequireFit(plan, expected, text, isFast, wish);
            var procedure = new ProcedureWish(plan, options, expected, wish, parsed.GetValue(yes), silent ? null : output);
            if (!procedure.Confirms && !(procedure.IsWatched && !isFast))
            {
                throw new CliException("Nobody could confirm the treatment here: give --yes, or run it in real time on a terminal.");
            }

            using var jsonFile = parsed.GetValue(json) is { } jsonPath ? new CompleteFile("--json", jsonPath) : null;
            var schedule = FaultsOption.Read(parsed.GetValue(faults), null);
            if (schedule is not null && (isFast || text is null))
            {
                throw new CliException("--faults is for the emulated board, which a procedure in virtual time or by the clock does without.");
            }

            foreach (var line in silent ? [] : ProcedureText.Plan(plan, expected).Concat(schedule?.Faults.Select(fault => $"Fault: {fault}") ?? []))
            {
                output.WriteLine(line);
            }

            var result = await RunAsync(procedure, text, isFast, recordRequest, parsed.GetValue(rate), schedule, cancellation);
            if (jsonFile is not null)
            {
                ProcedureReport.Of(result).WriteTo(jsonFile.Writer.BaseStream);
                jsonFile.Complete();
            }

            if (!silent)
            {
                output.WriteLine();
            }

            ProcedureText.Summary(output, result);
            if (result.Failure is { } failure)
            {
                await error.WriteLineAsync($"ecggate: {failure}");
                return ExitCode.Failed;
            }

            var isUnsafe = result.Judgement is { } judgement && (judgement.UnsafeCount > 0 || judgement.LineStuckHigh);
            return result.Progress.State == DeliveryState.Completed && !isUnsafe ? ExitCode.Good : ExitCode.Unsafe;
        });
        return command;
    }

    private static async Task<ProcedureResult> RunAsync(ProcedureWish wish, string? source, bool isFast, RecordRequest reading, int? rate, Emulator.Faults.FaultSchedule? faults, CancellationToken cancellation)
    {
        if (source is null)
        {
            using var highVoltage = new EmulatedHighVoltage(VirtualProcedure.For(wish.Plan));
            using var trigger = new EmulatedGenerator(new UnreadEcg("phantom", []), new Emulator.PatientTime(MonotonicClock.Now), highVoltage: highVoltage);
            return await LiveProcedure.RunAsync(wish, trigger, highVoltage, cancellation);
        }

        var specification = SourceSpecification.Parse(source);
        if (isFast)
        {
            reading.RequireUse(specification is RecordSpecification record ? [record.Path] : [], source);
            return await Task.Run(() => FastProcedure.Run(wish, specification, reading.Options, cancellation), CancellationToken.None);
        }

        using var bench = RunBench.Open(specification, reading, null, rate, null, faults, wish.Options, GateRuntime.InProcess, null);
        if (!bench.TryConnect(VirtualProcedure.For(wish.Plan)))
        {
            throw new CliException($"{source} is a real board; 'deliver' has an emulated generator only. A host brings its own generator to a DeliveryRunner: docs/delivery.md.");
        }

        return await LiveProcedure.RunAsync(wish, bench, cancellation);
    }

    private static PulseProtocol Load(string path)
    {
        try
        {
            return PulseProtocol.Load(path);
        }
        catch (PulseProtocolException problem)
        {
            throw new CliException(problem.Message, problem);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new CliException($"{path}: {problem.Message}", problem);
        }
    }

    private static void RequireFit(PulseProtocol plan, DeliverySessionOptions expected, string? source, bool isFast, RecordWish? record)
    {
        if (plan.Gating == PulseGating.Ecg)
        {
            if (source is null)
            {
                throw new CliException($"{plan.Name} is gated on an ECG: give a SOURCE, for example patient:sinus-75.");
            }

            return;
        }

        var word = !expected.AllowFixedRate ? "is not gated on an ECG: for a phantom, allow that with --fixed-rate"
            : source is not null ? $"is pulsed by the clock: leave out {source}"
            : isFast ? "is pulsed by the clock, which --fast does without"
            : record is not null ? "is pulsed by the clock: there is no session with an ECG to record"
            : null;
        if (word is not null)
        {
            throw new CliException($"{plan.Name} {word}.");
        }
    }
}
