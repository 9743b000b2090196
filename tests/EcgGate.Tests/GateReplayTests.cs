using EcgGate.Detection;
using EcgGate.Emulator.Patient;
using EcgGate.Gating;
using EcgGate.Records;
using EcgGate.Signals;
using EcgGate.TestSupport;
using EcgGate.Timing;

namespace EcgGate.Tests;

public sealed class GateReplayTests
{
    [Theory]
    [InlineData("patient:sinus-pvc", 1)]
    [InlineData("patient:sinus-pvc", 7)]
    [InlineData("patient:pvc-couplets?noise=muscle:0.1", 64)]
    [InlineData("patient:sinus-75?leadoff=0@20-25", 997)]
    public void The_same_samples_in_other_chunks_give_the_same_decisions(string scenario, int chunk)
    {
        Replay(scenario, chunk).Should().Equal(Replay(scenario, 4096));
    }

    [Fact]
    public void Every_detected_beat_has_one_line_in_the_ledger()
    {
        var sink = new Collector();
        using var source = Source("patient:r-on-t");
        var core = GateReplay.Run(source, new GateOptions(), sink, cancellation: TestContext.Current.CancellationToken);

        core.Ledger.Beats.Should().BePositive().And.Be(core.DetectedBeats);
        (core.Ledger.Fired + core.Ledger.Withheld + core.Ledger.Missed).Should().Be(core.Ledger.Beats);
        sink.Outcomes.Select(o => o.BeatNumber).Should().BeEquivalentTo(Enumerable.Range(1, (int)core.Ledger.Beats).Select(i => (long)i));
    }

    [Theory]
    [InlineData("patient:vf")]
    [InlineData("patient:vt-run")]
    [InlineData("patient:asystole")]
    [InlineData("patient:sinus-pvc")]
    [InlineData("patient:pvc-bigeminy")]
    [InlineData("patient:pvc-couplets")]
    [InlineData("patient:r-on-t")]
    [InlineData("patient:sinus-75?leadoff=0@20-25")]
    public void Every_pulse_lies_within_100_ms_after_a_true_beat_that_is_not_ectopic(string scenario)
    {
        ScenarioCatalog.TryParse(ForAMinute(scenario), out var parsed, out var problem).Should().BeTrue(problem);
        var patient = new VirtualPatient(parsed!);
        var sink = new Collector();
        using var source = new PatientSource(patient, 500);
        GateReplay.Run(source, new GateOptions { MinimumInterval = TimeSpan.Zero }, sink, cancellation: TestContext.Current.CancellationToken);

        foreach (var pulse in sink.Outcomes.Where(o => o.Outcome == Outcome.Fired))
        {
            var seconds = pulse.PulseTime.ToSeconds(500);
            patient.Truth.TryFindAtOrBefore(seconds, out var beat).Should().BeTrue();
            (seconds - beat.RSeconds).Should().BeInRange(0, 0.1);
            beat.Class.Should().NotBe(TruthBeatClass.Ventricular);
            beat.Class.Should().NotBe(TruthBeatClass.VentricularEscape);
        }
    }

    [Theory]
    [InlineData("vf", TruthRhythm.VentricularFibrillation)]
    [InlineData("vt-run", TruthRhythm.VentricularTachycardia)]
    [InlineData("asystole", TruthRhythm.Asystole)]
    public void After_a_ventricular_arrhythmia_or_a_standstill_eight_beats_pass_before_the_next_pulse_and_then_it_comes(string name, TruthRhythm rhythm)
    {
        const int Seconds = 180;
        var episodes = 0;
        for (var seed = 1; seed <= 12; seed++)
        {
            var patient = new VirtualPatient(ScenarioCatalog.Get($"{name}?duration={Seconds}&seed={seed}&noise=muscle:0.03"));
            var sink = new Collector();
            using var source = new PatientSource(patient, 500);
            GateReplay.Run(source, new GateOptions(), sink, cancellation: TestContext.Current.CancellationToken);
            var pulses = sink.Outcomes.Where(o => o.Outcome == Outcome.Fired).Select(o => o.PulseTime.ToSeconds(500)).ToList();
            foreach (var episode in patient.Truth.Rhythms(Seconds).Where(i => i.Rhythm == rhythm))
            {
                pulses.Should().NotContain(p => p > episode.StartSeconds && p < episode.EndSeconds, "seed {0}: it lasts from {1} to {2} s", seed, episode.StartSeconds, episode.EndSeconds);
                var next = pulses.FirstOrDefault(p => p >= episode.EndSeconds);
                var beats = patient.Truth.BeatsBetween(episode.EndSeconds, next > 0 ? next : Seconds).Count;
                if (next > 0 || beats > 40)
                {
                    episodes++;
                    beats.Should().BeInRange(9, 40, "seed {0}: the next pulse after {1} s comes at {2} s", seed, episode.EndSeconds, next);
                }
            }
        }

        episodes.Should().BeGreaterThan(11);
    }

    [Fact]
    public void Sinus_rhythm_is_fired_on_at_each_beat_once_it_is_learnt()
    {
        var outcomes = Replay("patient:sinus-60", 4096);

        outcomes.Skip(12).Count(o => o.Outcome == Outcome.Fired).Should().BeGreaterThan((int)(0.95 * (outcomes.Count - 12)));
    }

    [Fact]
    public void A_million_samples_from_sample_to_order_allocate_nothing()
    {
        const double Rate = 500;
        var cycle = Cycle(Rate);
        var core = new GateCore(new GateOptions(), Rate, new RWaveDetector(Rate), new Counter());
        core.Arm();
        long index = 0;
        Run(100_000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Run(1_000_000);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        allocated.Should().Be(0);
        core.Ledger.Fired.Should().BePositive();
        core.Ledger.Withheld.Should().BePositive();

        void Run(int samples)
        {
            for (var i = 0; i < samples; i++)
            {
                var sample = cycle[index % cycle.Length] with { Index = index };
                core.Process(in sample);
                if (core.TryTakeOrder(out var order))
                {
                    core.Report(order.BeatNumber, PulseResult.Fired, order.Deadline, 0);
                }

                index++;
            }
        }
    }

    [Fact]
    public void A_recorded_half_hour_gives_the_same_decisions_twice()
    {
        var path = Path.Combine(Recordings.Require(), "mitdb", "119");

        Once().Should().Equal(Once());

        List<BeatOutcome> Once()
        {
            var sink = new Collector();
            using var record = WfdbRecord.Open(path);
            GateReplay.Run(record, new GateOptions(), sink, cancellation: TestContext.Current.CancellationToken);
            return sink.Outcomes;
        }
    }

    /// <summary>A patient lives for ever unless told otherwise.</summary>
    private static string ForAMinute(string scenario) => $"{scenario}{(scenario.Contains('?', StringComparison.Ordinal) ? '&' : '?')}duration=60";

    private static EcgSample[] Cycle(double rate)
    {
        using var source = Source("patient:sinus-pvc", rate);
        var samples = new EcgSample[(int)(60 * rate)];
        var filled = 0;
        while (filled < samples.Length)
        {
            var count = source.Read(samples.AsSpan(filled)).Count;
            count.Should().BePositive();
            filled += count;
        }

        return samples;
    }

    private static List<BeatOutcome> Replay(string scenario, int chunk)
    {
        var sink = new Collector();
        using var source = new Chunked(Source(scenario), chunk);
        GateReplay.Run(source, new GateOptions(), sink, cancellation: TestContext.Current.CancellationToken);
        return sink.Outcomes;
    }

    private static PatientSource Source(string scenario, double rate = 500)
    {
        ScenarioCatalog.TryParse(ForAMinute(scenario), out var parsed, out var problem).Should().BeTrue(problem);
        return new PatientSource(new VirtualPatient(parsed!), rate);
    }

    private sealed class Collector : IGateEventSink
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

    private sealed class Counter : IGateEventSink
    {
        public long Events { get; private set; }

        public void OnEvent(in GateEvent gateEvent) => Events++;
    }

    /// <summary>A source that gives its samples in other portions.</summary>
    private sealed class Chunked(IEcgSource source, int chunk) : IEcgSource
    {
        public EcgSourceInfo Info => source.Info;

        public EcgBlock Read(Span<EcgSample> destination) => source.Read(destination[..Math.Min(chunk, destination.Length)]);

        public void Interrupt() => source.Interrupt();

        public void Dispose() => source.Dispose();
    }
}
