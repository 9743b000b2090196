using System.CommandLine;
using System.Globalization;
using EcgGate.Cli.Output;
using EcgGate.Cli.Run;
using EcgGate.Emulator;
using EcgGate.Emulator.Boards;
using EcgGate.Emulator.Generator;
using EcgGate.Emulator.Patient;
using EcgGate.Hardware.Ads129x;
using EcgGate.Records;
using Spectre.Console;

namespace EcgGate.Cli.SelfTest;

/// <summary><c>ecggate selftest</c>: a board's own test signal through the whole engine into a line that leads nowhere.</summary>
internal static class SelfTestCommand
{
    public static Command Build(IAnsiConsole output)
    {
        var source = new Argument<string>("SOURCE") { HelpName = "SOURCE", Description = "ads1292r:/dev/spidev0.0?drdy=25 or ads1298:/dev/spidev0.0?drdy=25; a record or patient:SCENARIO tests the emulated board." };
        var board = BoardOption.Create();
        var rate = NumberOption.Whole("--rate", "HZ", "Sampling rate of the emulated board. [default: 500]", 500);
        var json = new Option<string?>("--json") { HelpName = "FILE", Description = "Writes the verdict for machines." };
        var reading = new RecordOptionSet();
        var command = new Command("selftest", "Tests a board: its noise, its own test signal, and that signal through the whole engine, without a pulse.")
        {
            source, board, rate, json,
        };
        reading.AddTo(command);
        Examples.AddNotes(
            command,
            """
            Takes some 20 seconds. The electrodes are not read. Checked are: identification and registers; noise and offset
            with the inputs shorted; size and period of the board's test signal, its rate and completeness; that the engine
            sees each edge of it as one beat, accounts for each, and fires on none, since no heart makes such a signal;
            that the timer makes its pulses on time, into a line that leads nowhere.
            Exit code: 0 all passed; 1 something did not; 2 bad input, or a board that does not answer.
            """);
        Examples.Add(
            command,
            ("ecggate selftest \"ads1298:/dev/spidev0.0?drdy=25&leads=II,V2\"", "a real board"),
            ("ecggate selftest patient:sinus-75 --board ads1298 --json selftest.json", "the emulated one, with a file"));
        command.SetAction(async (parsed, cancellation) =>
        {
            var request = reading.Read(parsed);
            var specification = SourceSpecification.Parse(parsed.GetRequiredValue(source));
            using var file = parsed.GetValue(json) is { } path ? new CompleteFile("--json", path) : null;
            using var tested = TestedBoard.Open(specification, request, parsed.GetValue(board), parsed.GetValue(rate));
            var checks = new List<Ads129xCheck>();

            void Show(IReadOnlyList<Ads129xCheck> more)
            {
                if (checks.Count == 0)
                {
                    output.WriteLine($"{specification.Text}: {tested.Name}");
                }

                foreach (var check in more)
                {
                    checks.Add(check);
                    output.WriteLine(Line(check), check.Passed ? Style.Plain : new Style(Color.Red));
                }
            }

            var options = new GateOptions();
            try
            {
                Warmup.Run(options, tested.RateHertz);
                Show(Ads129xSelfTest.Run(tested.Read, cancellation));
                using (var signal = tested.Read(Ads129xInput.TestSignal))
                {
                    Show(await EngineCheck.OfEngineAsync(signal, options, cancellation));
                }

                Show(await EngineCheck.OfTimerAsync(options, cancellation));
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                output.WriteLine("Stopped: no verdict.");
                return ExitCode.Failed;
            }

            var report = SelfTestReport.Of(specification.Text, tested.Name, checks);
            if (file is not null)
            {
                report.WriteTo(file);
            }

            output.WriteLine(report.Passed
                ? $"Passed: {checks.Count} checks."
                : $"FAILED: {string.Join(", ", checks.Where(check => !check.Passed).Select(check => check.Name))}.");
            return report.Passed ? ExitCode.Good : ExitCode.Unsafe;
        });
        return command;
    }

    private static string Line(Ads129xCheck check)
    {
        static string Number(double value) => value.ToString("#,0.###", CultureInfo.InvariantCulture);

        var unit = check.Unit.Length == 0 || check.Unit[0] is '%' or '/' ? check.Unit : $" {check.Unit}";
        var limits = (check.AtLeast, check.AtMost) switch
        {
            ({ } least, { } most) => $"{Number(least)} to {Number(most)}{unit}",
            ({ } least, null) => $"at least {Number(least)}{unit}",
            (null, { } most) => $"at most {Number(most)}{unit}",
            _ => "no limit",
        };
        var measured = double.IsNaN(check.Measured) ? "not to be measured" : Number(check.Measured) + unit;
        return $"  {(check.Passed ? "pass" : "FAIL")}  {check.Description}: {measured} ({limits})";
    }

    /// <summary>A board, real or emulated, that can be opened on one input after another.</summary>
    private sealed class TestedBoard : IDisposable
    {
        private readonly EmulatedBench? _bench;

        private TestedBoard(string name, int rateHertz, Func<Ads129xInput, Ads129xSource> read, EmulatedBench? bench)
        {
            Name = name;
            RateHertz = rateHertz;
            Read = read;
            _bench = bench;
        }

        public string Name { get; }

        public int RateHertz { get; }

        public Func<Ads129xInput, Ads129xSource> Read { get; }

        public static TestedBoard Open(SourceSpecification specification, RecordRequest request, BoardPart? part, int? rate)
        {
            request.RequireUse(specification is RecordSpecification file ? [file.Path] : [], specification.Text);
            if (specification is BoardSpecification { Uri: var uri })
            {
                return part is null && rate is null
                    ? new TestedBoard("real board", uri.RateHertz, input => uri.OpenBoard(input), null)
                    : throw new CliException($"--board and --rate are for the emulated board; {specification.Text} is a real one.");
            }

            var board = new EmulatedBoard(part ?? EmulatedBoard.DefaultPart, rate ?? EmulatedBoard.DefaultRateHertz);
            board.RequireRate();
            if (!board.HasTestSignal)
            {
                throw new CliException($"--board is {EmulatedBoard.NameOf(board.Part)}, which has no test signal of its own; the ads1292r and the ads1298 have.");
            }

            var leads = specification switch
            {
                PatientSpecification patient => new VirtualPatient(patient.Scenario).LeadNames,
                RecordSpecification record => LeadsOf(record, request),
                _ => throw new CliException($"{specification.Text} has no test signal; a board has, or an emulated one."),
            };
            var bench = EmulatedBench.Start(new UnreadEcg(specification.Text, leads), new ListTruth([]), EmulatedAds129xOptions.Of(board.Part));
            return new TestedBoard(board.ToString(), board.RateHertz, input => board.OpenDriver(bench, specification.Text, leads, input), bench);
        }

        public void Dispose() => _bench?.Dispose();

        private static IReadOnlyList<string> LeadsOf(RecordSpecification specification, RecordRequest request)
        {
            using var record = EcgFile.Open(specification.Path, request.Options);
            return record.Info.LeadNames;
        }
    }
}
