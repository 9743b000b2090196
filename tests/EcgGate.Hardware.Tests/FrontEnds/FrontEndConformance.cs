using EcgGate.Signals;

namespace EcgGate.Hardware.Tests.FrontEnds;

/// <summary>What every front end must do, run for each kind of board against its emulation.</summary>
public abstract class FrontEndConformance
{
    private const long Forever = long.MaxValue;

    /// <summary>A board that measures this ECG.</summary>
    /// <param name="ecg">Two leads.</param>
    /// <param name="wrongId">Whether another part answers than the driver is for.</param>
    private protected abstract FrontEndRig Create(FunctionEcg ecg, bool wrongId = false);

    private static FunctionEcg Ramp() => new((lead, seconds) => lead == 0 ? seconds : -seconds);

    [Fact]
    public void A_source_says_what_it_is()
    {
        using var rig = Create(Ramp());
        using var source = rig.Open();

        source.Info.IsLive.Should().BeTrue();
        source.Info.LeadNames.Should().HaveCount(2);
        source.Info.LengthSamples.Should().BeNull();
        source.Info.SamplingRateHertz.Should().BeApproximately(1 / (rig.SampledSecondsOf(1) - rig.SampledSecondsOf(0)), 0.5);
    }

    [Fact]
    public void Another_part_than_the_drivers_is_refused_and_the_lines_let_go_of()
    {
        using var rig = Create(Ramp(), wrongId: true);
        Assert.SkipUnless(rig.TellsItsId, "The part has no identification.");

        rig.Invoking(r => r.Open()).Should().Throw<EcgSourceException>().WithMessage("*found ID 0x*, expected 0x*");
        rig.HoldsLines.Should().BeFalse("a source that could not be opened lets go of its lines");
    }

    [Fact]
    public void Every_sample_is_the_ECG_of_its_moment()
    {
        var ecg = new FunctionEcg((lead, seconds) => (lead + 1) * Math.Sin(2 * Math.PI * 7 * seconds));
        using var rig = Create(ecg);
        using var source = rig.Open();

        for (var i = 0; i < 100; i++)
        {
            var sample = rig.ReadOne(source, out var ready);
            var seconds = rig.SampledSecondsOf(i);

            sample.Index.Should().Be(i);
            sample.Status.Should().Be(SampleStatus.None);
            ((double)sample.Lead0Millivolts).Should().BeApproximately(ecg.Millivolts(0, seconds), rig.StepMillivolts);
            ((double)sample.Lead1Millivolts).Should().BeApproximately(ecg.Millivolts(1, seconds), rig.StepMillivolts);
            rig.PatientTime.SecondsAt(ready - source.Info.FixedDelay).Should().BeApproximately(seconds, 1e-5);
        }
    }

    [Fact]
    public void R_waves_are_where_they_truly_are_to_two_tenths_of_a_millisecond()
    {
        // Bell-shaped, 10 ms to the side, at moments that no sampling grid knows. The logarithm of a bell is a parabola,
        // so three samples tell its top exactly.
        const double sigma = 0.01;
        double[] truth = [0.5017, 1.2345, 2.0009, 2.7182, 3.1416, 3.9993];
        using var rig = Create(new FunctionEcg((_, seconds) => truth.Sum(r => 1.5 * Math.Exp(-Math.Pow((seconds - r) / sigma, 2) / 2))));
        using var source = rig.Open();

        var samples = new List<(double Seconds, double Millivolts)>();
        while (samples.Count == 0 || samples[^1].Seconds < 4.5)
        {
            var sample = rig.ReadOne(source, out var ready);
            samples.Add((rig.PatientTime.SecondsAt(ready - source.Info.FixedDelay), sample.Lead0Millivolts));
        }

        foreach (var r in truth)
        {
            var top = samples.Select((sample, i) => (sample, i)).Where(x => Math.Abs(x.sample.Seconds - r) < 0.03).MaxBy(x => x.sample.Millivolts).i;
            var (before, at, after) = (Math.Log(samples[top - 1].Millivolts), Math.Log(samples[top].Millivolts), Math.Log(samples[top + 1].Millivolts));
            var period = samples[top].Seconds - samples[top - 1].Seconds;
            var found = samples[top].Seconds + (period * (before - after) / 2 / (before - (2 * at) + after));

            found.Should().BeApproximately(r, 0.0002);
        }
    }

    [Fact]
    public void Conversions_that_never_came_leave_a_gap_of_their_number()
    {
        using var rig = Create(Ramp());
        using var source = rig.Open();
        for (var i = 0; i < 10; i++)
        {
            rig.ReadOne(source);
        }

        rig.Lose(10, 7);
        var after = rig.ReadOne(source);

        after.Index.Should().Be(17);
        after.Status.Should().Be(SampleStatus.GapBefore);
        rig.LostOf(source).Should().Be(7);
        rig.ReadOne(source).Should().Match<EcgSample>(sample => sample.Index == 18 && sample.Status == SampleStatus.None);
    }

    [Fact]
    public void What_a_reader_that_was_held_up_missed_is_counted_as_lost()
    {
        using var rig = Create(Ramp());
        using var source = rig.Open();
        for (var i = 0; i < 2500; i++)
        {
            rig.ReadOne(source);
        }

        var period = (rig.SampledSecondsOf(1) - rig.SampledSecondsOf(0)) * 1e9;
        rig.Pace.Advance((long)(12.4 * period));
        var after = rig.ReadOne(source);

        after.Status.Should().HaveFlag(SampleStatus.GapBefore);
        ((double)after.Lead0Millivolts).Should().BeApproximately(rig.SampledSecondsOf(after.Index), rig.StepMillivolts, "its own voltage says when it was taken");
        rig.LostOf(source).Should().Be(after.Index - 2500);
    }

    [Theory]
    [InlineData(0, SampleStatus.Lead0Off)]
    [InlineData(1, SampleStatus.Lead1Off)]
    public void An_electrode_that_is_off_marks_its_lead_and_no_other(int lead, SampleStatus expected)
    {
        using var rig = Create(new FunctionEcg((_, _) => 0) { LeadOff = (off, seconds) => off == lead && seconds > 0.5 });
        using var source = rig.Open();

        for (var i = 0; i < 600; i++)
        {
            var off = rig.SampledSecondsOf(i) > 0.5;
            rig.ReadOne(source).Status.Should().Be(off ? expected : SampleStatus.None);
        }
    }

    [Fact]
    public void A_code_at_either_full_scale_marks_its_lead_saturated()
    {
        var much = 0.0;
        using var rig = Create(new FunctionEcg((lead, _) => lead == 0 ? much : -much));
        much = rig.TooManyMillivolts;
        using var source = rig.Open();

        var sample = rig.ReadOne(source);

        sample.Status.Should().Be(SampleStatus.Lead0Saturated | SampleStatus.Lead1Saturated);
        ((double)sample.Lead0Millivolts).Should().BeApproximately(much / 2, much / 1000);
        ((double)sample.Lead1Millivolts).Should().BeApproximately(-much / 2, much / 1000);
    }

    [Fact]
    public async Task An_interrupt_ends_a_read_that_waits_and_every_later_one()
    {
        using var rig = Create(Ramp());
        using var source = rig.Open(TimeSpan.FromMinutes(1));
        rig.ReadOne(source);
        rig.Lose(1, Forever);
        var reading = Task.Run(() => source.Read(new EcgSample[1]).Count, TestContext.Current.CancellationToken);

        source.Interrupt();
        source.Interrupt();

        (await reading).Should().Be(0);
        source.Read(new EcgSample[1]).Count.Should().Be(0);
    }

    [Fact]
    public void The_end_of_the_ECG_ends_the_source_cleanly()
    {
        using var rig = Create(new FunctionEcg((_, seconds) => seconds) { DurationSeconds = 2 });
        using var source = rig.Open();
        rig.OnEnded(source.Interrupt);
        var buffer = new EcgSample[1];
        long count = 0;
        while (source.Read(buffer).Count > 0)
        {
            count++;
        }

        rig.SampledSecondsOf(count - 1).Should().BeLessThanOrEqualTo(2);
        rig.SampledSecondsOf(count).Should().BeGreaterThan(2);
    }

    [Fact]
    public void A_board_that_falls_silent_ends_the_source_with_a_clear_error()
    {
        using var rig = Create(Ramp());
        using var source = rig.Open();
        rig.ReadOne(source);
        rig.Lose(1, Forever);

        var read = () => rig.ReadOne(source);

        read.Should().Throw<EcgSourceException>().WithMessage("*no data-ready edge for * ms, expected every * ms*DRDY (line 25)*");
        read.Should().Throw<EcgSourceException>().WithMessage("*failed before*");
    }

    [Fact]
    public void A_source_can_be_opened_again_once_it_was_disposed()
    {
        using var rig = Create(Ramp());
        rig.Open().Dispose();
        rig.HoldsLines.Should().BeFalse();
        using var again = rig.Open();

        rig.ReadOne(again).Index.Should().Be(0);
    }

    [Fact]
    public void Reading_allocates_nothing_of_its_own()
    {
        const int frames = 5_000;
        using var rig = Create(new FunctionEcg(static (_, seconds) => seconds));

        // The watchdog runs on the host's timers: on a busy machine it would come, and be renewed, amid the measurement.
        using var source = rig.Open(TimeSpan.FromMinutes(1), allocationFree: true);
        var buffer = new EcgSample[1];

        void Round()
        {
            for (var i = 0; i < frames; i++)
            {
                source.Read(buffer);
            }
        }

        Round();
        Allocation.LeastOf(Round).Should().Be(0);
        buffer[0].Index.Should().Be((6 * frames) - 1);
    }
}
