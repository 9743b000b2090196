using EcgGate.Detection;
using EcgGate.Records;
using EcgGate.Signals;

namespace EcgGate.Validation.Tests;

public sealed class ShutdownRecorderTests
{
    [Fact]
    public void A_shutdown_lasts_from_the_beats_that_were_held_to_the_last_bad_sample()
    {
        var recorder = Run(3000, bad: [(1000, 1499), (2000, 2999)]);

        recorder.Intervals.Should().Equal(
            new MarkedInterval(950, 1499, IntervalKind.Shutdown),
            new MarkedInterval(1950, 2999, IntervalKind.Shutdown));
    }

    [Fact]
    public void A_beat_whose_decision_found_the_signal_bad_lies_within()
    {
        var recorder = Run(3000, bad: [(1000, 1499)], decisions: [(1000, 640.3)]);

        recorder.Intervals.Should().Equal(new MarkedInterval(639, 1499, IntervalKind.Shutdown));
    }

    [Fact]
    public void Shutdowns_that_would_overlap_are_one()
    {
        var recorder = Run(3000, bad: [(20, 99), (600, 699), (740, 799), (1000, 1100)], decisions: [(1000, 650)]);

        recorder.Intervals.Should().Equal(
            new MarkedInterval(0, 99, IntervalKind.Shutdown),
            new MarkedInterval(550, 1100, IntervalKind.Shutdown));
    }

    [Fact]
    public void Everything_else_passes_through()
    {
        var recorder = Run(2000, bad: [], decisions: [(500, 480), (1500, 1480)]);

        recorder.Intervals.Should().BeEmpty();
        recorder.Conditions.Should().Be(SignalConditions.Good);
        recorder.TryTakeVerdict(out var r, out var verdict).Should().BeTrue();
        (r.Samples, verdict).Should().Be((480.0, VerifierVerdict.Refuted));
        recorder.Reset();
        recorder.TryTakeVerdict(out _, out _).Should().BeFalse();
    }

    [Fact]
    public void A_shutdown_with_beats_in_it_is_read_back_from_marks_as_it_was_written()
    {
        Annotation[] annotations =
        [
            new(500, AnnotationCode.Normal),
            new(1000, AnnotationCode.Noise, 0x30, Aux: BeatAnnotations.ShutdownWithBeats),
            new(1200, AnnotationCode.Normal),
            new(1700, AnnotationCode.PrematureVentricular),
            new(2000, AnnotationCode.Noise),
            new(2500, AnnotationCode.Normal),
            new(3000, AnnotationCode.Noise, 0x30, Aux: BeatAnnotations.ShutdownWithBeats),
            new(3200, AnnotationCode.Normal),
        ];

        var read = BeatAnnotations.FromAnnotations(annotations, 1000);

        read.Beats.Select(beat => beat.Sample).Should().Equal(500, 1200, 1700, 2500, 3200);
        read.Intervals.Should().Equal(
            new MarkedInterval(1000, 2000, IntervalKind.Shutdown),
            new MarkedInterval(3000, long.MaxValue, IntervalKind.Shutdown));
    }

    [Fact]
    public void Beats_found_and_made_up_in_the_detectors_own_shutdown_are_tallied_apart()
    {
        var reference = new BeatAnnotations([Beat(1000), Beat(2000), Beat(3000), Beat(4000), Beat(5000)]);
        var test = new BeatAnnotations(
            [Beat(1000), Beat(1500), Beat(3010), Beat(3400), Beat(5000)],
            [new MarkedInterval(2900, 4100, IntervalKind.Shutdown)]);

        var result = BeatComparison.Compare(reference, test, 1000, 6000).Result;

        (result.Tp, result.Fn, result.Fp).Should().Be((3, 2, 2));
        (result.FoundInShutdown, result.MissedInShutdown, result.FalseInShutdown).Should().Be((1, 1, 1));
        result.SeOutsideShutdown.Should().BeApproximately(100 * 2 / 3.0, 1e-9);
        result.PpvOutsideShutdown.Should().BeApproximately(100 * 2 / 3.0, 1e-9);
        result.ShutdownPercent.Should().BeApproximately(20, 1e-9);
    }

    private static BeatLabel Beat(long sample) => new(sample, 'N');

    private static ShutdownRecorder Run(int length, (long From, long To)[] bad, (long Index, double R)[]? decisions = null)
    {
        var recorder = new ShutdownRecorder(new Scripted(bad, decisions ?? []), 1000);
        for (var i = 0; i < length; i++)
        {
            recorder.Process(new EcgSample(i, 0), out var decision).Should().Be(decisions?.Any(d => d.Index == i) ?? false);
            if (decision.DecisionIndex == i && i > 0)
            {
                decisions.Should().Contain((i, decision.RTime.Samples));
            }
        }

        return recorder;
    }

    /// <summary>Decides and finds bad as it is told.</summary>
    private sealed class Scripted((long From, long To)[] bad, (long Index, double R)[] decisions) : IBeatDetector
    {
        private long _now;
        private bool _told;

        public SignalConditions Conditions => bad.Any(b => _now >= b.From && _now <= b.To) ? SignalConditions.Poor : SignalConditions.Good;

        public bool Process(in EcgSample sample, out BeatDecision decision)
        {
            _now = sample.Index;
            decision = default;
            foreach (var (index, r) in decisions)
            {
                if (index == _now)
                {
                    decision = new BeatDecision(new SampleTime(r), index, BeatClass.Normal, 1, 0, 1, false);
                    return true;
                }
            }

            return false;
        }

        public bool TryTakeVerdict(out SampleTime rTime, out VerifierVerdict verdict)
        {
            (rTime, verdict) = (new SampleTime(480), VerifierVerdict.Refuted);
            return !_told && (_told = true);
        }

        public void Blank(SampleTime from, SampleTime until)
        {
        }

        public void Reset() => _told = true;
    }
}
