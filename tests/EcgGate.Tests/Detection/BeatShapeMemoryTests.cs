using EcgGate.Detection;
using EcgGate.Signals;

namespace EcgGate.Tests.Detection;

public sealed class BeatShapeMemoryTests
{
    private const double Rate = 500;
    private const double Interval = 0.8;

    /// <summary>A wave: when after R in seconds, how high in mV, how wide (standard deviation) in seconds.</summary>
    private readonly record struct Wave(double After, double Height, double Width);

    private static readonly Wave[] Normal = [new(-0.026, -0.12, 0.007), new(0, 1, 0.012), new(0.03, -0.2, 0.009)];
    private static readonly Wave[] Ventricular = [new(0, 1.4, 0.030), new(0.09, -0.8, 0.035)];

    /// <summary>Feeds beats of these shapes, learns each 400 ms after R, and gives what the last one compares as, fully seen.</summary>
    private static ShapeMatch LastOf(BeatShapeMemory memory, IReadOnlyList<Wave[]> beats, double noise = 0, bool isLearningPhase = true, bool areEarly = false, double announcedAfter = 0)
    {
        var random = new Random(1);
        var last = default(ShapeMatch);
        for (long i = 0; i < (beats.Count + 1) * Interval * Rate; i++)
        {
            var value = noise * (random.NextDouble() - 0.5);
            for (var beat = 0; beat < beats.Count; beat++)
            {
                foreach (var wave in beats[beat])
                {
                    var x = ((i / Rate) - ((beat + 1) * Interval) - wave.After) / wave.Width;
                    value += wave.Height * Math.Exp(-0.5 * x * x);
                }
            }

            memory.Process(new EcgSample(i, (float)value));
            for (var beat = 0; beat < beats.Count; beat++)
            {
                var r = new SampleTime((((beat + 1) * Interval) + announcedAfter) * Rate);
                if (beat == beats.Count - 1 && i == r.Nearest + (long)(0.048 * Rate))
                {
                    last = memory.Compare(r);
                }

                if (i == r.Nearest + (long)(0.4 * Rate))
                {
                    memory.Learn(r, 1f, Interval, areEarly, isNext: beat > 0, isLearningPhase);
                }
            }
        }

        return last;
    }

    private static IReadOnlyList<Wave[]> Repeat(Wave[] shape, int count) => [.. Enumerable.Repeat(shape, count)];

    [Fact]
    public void A_beat_of_the_rhythm_fits_and_a_ventricular_one_does_not()
    {
        LastOf(new BeatShapeMemory(Rate), Repeat(Normal, 10)).IsNormal.Should().BeTrue();
        LastOf(new BeatShapeMemory(Rate), [.. Repeat(Normal, 10), Ventricular]).Residual.Should().BeGreaterThan(0.6f);
    }

    [Fact]
    public void The_tolerance_stretches_the_limit_and_nothing_else()
    {
        var usual = LastOf(new BeatShapeMemory(Rate), Repeat(Normal, 120), noise: 0.35);
        var strict = LastOf(new BeatShapeMemory(Rate, new GateOptions { ShapeTolerance = 0.5 }), Repeat(Normal, 120), noise: 0.35);

        strict.Should().Be(usual with { NormalBelow = 0.5f * usual.NormalBelow });
    }

    [Fact]
    public void How_far_a_beat_may_be_from_its_shape_follows_from_the_shape_s_own_beats()
    {
        var clean = LastOf(new BeatShapeMemory(Rate), Repeat(Normal, 120));
        var noisy = LastOf(new BeatShapeMemory(Rate), Repeat(Normal, 120), noise: 0.35);

        clean.NormalBelow.Should().BeLessThan(noisy.NormalBelow);
        noisy.NormalBelow.Should().BeLessThanOrEqualTo(0.35f);
    }

    [Fact]
    public void Beats_that_come_early_are_never_learnt_as_the_rhythm()
    {
        var memory = new BeatShapeMemory(Rate);
        LastOf(memory, Repeat(Ventricular, 200), areEarly: true);

        memory.IsKnown.Should().BeFalse();
    }

    [Fact]
    public void A_shape_that_is_wider_than_the_rhythm_s_is_not_adopted_later()
    {
        var memory = new BeatShapeMemory(Rate);
        LastOf(memory, Repeat(Normal, 10));
        var match = Continue(memory, Ventricular, 260);

        match.IsNormal.Should().BeFalse();
    }

    [Fact]
    public void A_pacing_pulse_on_a_paced_QRS_makes_R_unknown()
    {
        Wave[] paced = [new(0, 0.8, 0.003), new(0.04, 0.5, 0.025)];

        LastOf(new BeatShapeMemory(Rate), Repeat(paced, 12)).IsAmbiguous.Should().BeTrue();
        LastOf(new BeatShapeMemory(Rate), Repeat(Normal, 12)).IsAmbiguous.Should().BeFalse();
    }

    [Theory]
    [InlineData(0.044)]
    [InlineData(0.060)]
    [InlineData(0.076)]
    public void Of_two_deflections_of_like_height_a_pulse_suits_both(double apart)
    {
        Wave[] notched = [new(0, 1, 0.009), new(apart, -0.95, 0.012)];
        var match = LastOf(new BeatShapeMemory(Rate), Repeat(notched, 12));

        var pulseAfterFirst = match.ShiftMilliseconds + match.FiducialOffsetMilliseconds + 50;
        var pulseAfterSecond = pulseAfterFirst - (apart * 1000);
        pulseAfterFirst.Should().BeInRange(5, 95);
        ((double)pulseAfterSecond).Should().BeInRange(5, 95);
    }

    [Fact]
    public void Arming_forgets_the_shapes()
    {
        var memory = new BeatShapeMemory(Rate);
        LastOf(memory, Repeat(Normal, 10));
        memory.IsKnown.Should().BeTrue();
        memory.Forget();

        memory.IsKnown.Should().BeFalse();
        memory.Compare(new SampleTime(100)).Residual.Should().Be(float.NaN);
    }

    /// <summary>Goes on with beats of another shape after the learning phase; gives what the last of them compares as.</summary>
    private static ShapeMatch Continue(BeatShapeMemory memory, Wave[] shape, int count)
    {
        const long From = 4400;
        var last = default(ShapeMatch);
        for (long i = From; i < From + (long)((count + 1) * Interval * Rate); i++)
        {
            var value = 0.0;
            var nearest = Math.Round((i - From) / Rate / Interval);
            for (var beat = Math.Max(1, nearest - 1); beat <= Math.Min(count, nearest + 1); beat++)
            {
                foreach (var wave in shape)
                {
                    var x = ((i - From) / Rate) - (beat * Interval) - wave.After;
                    value += wave.Height * Math.Exp(-0.5 * x * x / (wave.Width * wave.Width));
                }
            }

            memory.Process(new EcgSample(i, (float)value));
            var offset = (i - From) % (long)(Interval * Rate);
            var number = (i - From) / (long)(Interval * Rate);
            var r = new SampleTime(From + (number * Interval * Rate));
            if (number is > 0 && number <= count && offset == 24)
            {
                last = memory.Compare(r);
            }
            else if (number is > 0 && number <= count && offset == 200)
            {
                memory.Learn(r, 1f, Interval, isEarly: false, isNext: number > 1, isLearningPhase: false);
            }
        }

        return last;
    }
}
