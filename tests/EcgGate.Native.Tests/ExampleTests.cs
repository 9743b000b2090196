using System.Globalization;
using EcgGate.Emulator.Patient;
using EcgGate.Gating;
using EcgGate.Signals;
using EcgGate.TestSupport;

namespace EcgGate.Native.Tests;

/// <summary>The C example, built by the C compiler and run.</summary>
public sealed class ExampleTests : IDisposable
{
    private const int Rate = 500;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ecggate-native-");

    private static string Source { get; } = Path.Combine(Recordings.Repository, "samples", "c", "main.c");

    [Fact]
    public async Task In_virtual_time_it_prints_the_ledger_of_the_managed_replay()
    {
        var samples = Samples("sinus-pvc", seconds: 60);
        var ledger = new Ledger();
        GateReplay.Run(new ListSource(samples), new GateOptions(), ledger, cancellation: TestContext.Current.CancellationToken);
        var expected = ledger.Lines.Select(line => string.Create(
            CultureInfo.InvariantCulture,
#pragma warning disable CA1308 // As C prints it.
            $"{line.BeatNumber} {line.Beat.RTime.ToSeconds(Rate):F6} {line.Outcome.ToString().ToLowerInvariant()} {(int)line.Reason} {(double.IsNaN(line.PulseTime.Samples) ? "nan" : line.PulseTime.ToSeconds(Rate).ToString("F6", CultureInfo.InvariantCulture))}"));
#pragma warning restore CA1308

        var printed = await RunAsync(samples);

        printed[..^1].Select(line => line.Replace("-nan", "nan", StringComparison.Ordinal)).Should().Equal(expected);
        var fired = ledger.Lines.Count(line => line.Outcome == Outcome.Fired);
        fired.Should().BePositive();
        printed[^1].Should().EndWith($"edges {fired}; collections 0; dropped events 0");
    }

    [Fact]
    public async Task In_real_time_it_accounts_for_each_beat()
    {
        var printed = await RunAsync(Samples("sinus-100", seconds: 10), "realtime");

        var numbers = printed[^1].Split(' ', ';').Where(word => long.TryParse(word, CultureInfo.InvariantCulture, out _)).Select(word => long.Parse(word, CultureInfo.InvariantCulture)).ToArray();
        var (beats, fired, withheld, missed, edges, collections) = (numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5]);
        beats.Should().BeGreaterThan(5).And.Be(printed.Length - 1).And.Be(fired + withheld + missed);
        edges.Should().BeGreaterThanOrEqualTo(fired);
        collections.Should().Be(0);
    }

    [Fact]
    public async Task The_start_and_a_push_can_be_timed()
    {
        var printed = await Library.CompileAndRunAsync(Path.Combine(Path.GetDirectoryName(Source)!, "start.c"), _folder.FullName, Library.Path);

        printed.Should().MatchRegex(@"^first sample decided on \d+\.\d ms after loading began \(the runtime took \d+\.\d ms of them\)\npush: p50 \d+\.\d\d us, p99 \d+\.\d\d us, max \d+\.\d us\n$");
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static EcgSample[] Samples(string scenario, int seconds)
    {
        var patient = new VirtualPatient(ScenarioCatalog.Get(scenario));
        return [.. Enumerable.Range(0, seconds * Rate).Select(i => new EcgSample(i, (float)patient.Millivolts(0, (double)i / Rate)))];
    }

    private async Task<string[]> RunAsync(EcgSample[] samples, params string[] mode)
    {
        var file = Path.Combine(_folder.FullName, "ecg.txt");
        await File.WriteAllLinesAsync(file, samples.Select(sample => sample.Lead0Millivolts.ToString("R", CultureInfo.InvariantCulture)), TestContext.Current.CancellationToken);
        var output = await Library.CompileAndRunAsync(Source, _folder.FullName, [Rate.ToString(CultureInfo.InvariantCulture), file, .. mode]);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private sealed class Ledger : IGateEventSink
    {
        public List<BeatOutcome> Lines { get; } = [];

        public void OnEvent(in GateEvent gateEvent)
        {
            if (gateEvent.Kind == GateEventKind.BeatOutcome)
            {
                Lines.Add(gateEvent.Beat);
            }
        }
    }

    private sealed class ListSource(EcgSample[] samples) : IEcgSource
    {
        private int _next;

        public EcgSourceInfo Info { get; } = new() { Name = "list", SamplingRateHertz = Rate, LeadNames = ["II"] };

        public EcgBlock Read(Span<EcgSample> destination)
        {
            var count = Math.Min(destination.Length, samples.Length - _next);
            samples.AsSpan(_next, count).CopyTo(destination);
            _next += count;
            return new EcgBlock(count, default);
        }

        public void Interrupt() => _next = samples.Length;

        public void Dispose()
        {
        }
    }
}
