using CsCheck;
using EcgGate.Emulator.Generator;

namespace EcgGate.Emulator.Tests.Generator;

public sealed class PulseRefereeTests
{
    [Theory]
    [InlineData('N', 0, PulseVerdict.Safe)]
    [InlineData('N', 50, PulseVerdict.Safe)]
    [InlineData('N', 99.9, PulseVerdict.Safe)]
    [InlineData('N', 100.1, PulseVerdict.Unsafe)]
    [InlineData('N', 500, PulseVerdict.Unsafe)]
    [InlineData('N', -1, PulseVerdict.Unsafe)]
    [InlineData('L', 50, PulseVerdict.Safe)]
    [InlineData('/', 50, PulseVerdict.Safe)]
    [InlineData('f', 50, PulseVerdict.Safe)]
    [InlineData('V', 50, PulseVerdict.Ectopic)]
    [InlineData('E', 50, PulseVerdict.Ectopic)]
    [InlineData('V', 150, PulseVerdict.Unsafe)]
    [InlineData('F', 50, PulseVerdict.Fusion)]
    [InlineData('A', 50, PulseVerdict.Premature)]
    [InlineData('a', 50, PulseVerdict.Premature)]
    [InlineData('J', 50, PulseVerdict.Premature)]
    [InlineData('S', 50, PulseVerdict.Premature)]
    [InlineData('Q', 50, PulseVerdict.Unclassified)]
    public void A_pulse_is_judged_by_its_place_after_the_beat_and_the_beats_class(char symbol, double offset, PulseVerdict expected)
    {
        var truth = new ListTruth([new TrueBeat(1, 'N'), new TrueBeat(2, symbol), new TrueBeat(3, 'N')]);

        Judge(truth, 2 + (offset / 1e3)).Pulses[0].Verdict.Should().Be(expected);
    }

    [Theory]
    [InlineData(2.050, PulseVerdict.Safe)]
    [InlineData(2.0801, PulseVerdict.Vulnerable)]
    [InlineData(2.120, PulseVerdict.Vulnerable)]
    [InlineData(2.199, PulseVerdict.Vulnerable)]
    [InlineData(2.201, PulseVerdict.Unsafe)]
    public void A_known_T_wave_is_vulnerable_from_40_ms_before_its_peak_to_its_end_even_within_100_ms_of_R(double at, PulseVerdict expected)
    {
        var truth = new ListTruth([new TrueBeat(2, 'N', 2.12, 2.2)]);

        Judge(truth, at).Pulses[0].Verdict.Should().Be(expected);
    }

    [Fact]
    public void In_fibrillation_and_before_the_first_beat_every_pulse_is_unsafe()
    {
        var truth = new ListTruth([new TrueBeat(1, 'N'), new TrueBeat(2, 'N')], [new FibrillationInterval(1.9, 5)]);

        var judgement = Judge(truth, 0.5, 1.05, 2.05);

        judgement.Pulses.Select(pulse => pulse.Verdict).Should().Equal(PulseVerdict.Unsafe, PulseVerdict.Safe, PulseVerdict.Unsafe);
        judgement.UnsafeCount.Should().Be(2);
    }

    [Fact]
    public void The_offset_counts_from_the_beat_that_the_trigger_was_meant_for()
    {
        var truth = new ListTruth([new TrueBeat(1, 'N'), new TrueBeat(2, 'N')]);

        var offsets = Judge(truth, 1.05, 1.98, 1.7).Pulses.Select(pulse => Math.Round(pulse.OffsetMilliseconds, 6));

        offsets.Should().Equal(50, -20, 700);
    }

    [Fact]
    public void Percentiles_and_widths_sum_up_the_pulses()
    {
        var truth = new ListTruth(Enumerable.Range(0, 100).Select(i => new TrueBeat(i, 'N')));
        var pulses = Enumerable.Range(0, 100).Select(i => new DeliveredPulse(default, i + (i / 1e3), 0.001 + (i * 1e-6))).ToArray();

        var judgement = PulseReferee.Judge(pulses, truth);

        judgement.OffsetP1Milliseconds.Should().BeApproximately(0, 1e-6);
        judgement.OffsetP50Milliseconds.Should().BeApproximately(49, 1e-6);
        judgement.OffsetP99Milliseconds.Should().BeApproximately(98, 1e-6);
        judgement.WidthMinimumMilliseconds.Should().BeApproximately(1, 1e-9);
        judgement.WidthMaximumMilliseconds.Should().BeApproximately(1.099, 1e-9);
    }

    [Fact]
    public void Last_and_next_beat_are_those_a_plain_search_finds()
    {
        Gen.Select(Gen.Int[0, 50].Array[0, 30], Gen.Double[-5, 55]).Sample((times, at) =>
        {
            var truth = new ListTruth(times.Select(time => new TrueBeat(time, 'N')));

            truth.TryGetLastBeat(at, out var last).Should().Be(times.Any(time => time <= at));
            truth.TryGetNextBeat(at, out var next).Should().Be(times.Any(time => time > at));
            last.RSeconds.Should().Be(times.Where(time => time <= at).DefaultIfEmpty(0).Max());
            next.RSeconds.Should().Be(times.Where(time => time > at).DefaultIfEmpty(0).Min());
        });
    }

    private static PulseJudgement Judge(ITruth truth, params double[] pulses) =>
        PulseReferee.Judge(pulses.Select(at => new DeliveredPulse(default, at, 0.001)).ToArray(), truth);
}
