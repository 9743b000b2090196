using CsCheck;
using EcgGate.Detection;
using EcgGate.Signals;
using EcgGate.Timing;

namespace EcgGate.Tests.Gating;

/// <summary>Where a QRS has two deflections that may be R, every pulse must suit both.</summary>
public sealed class TwoLobeTests
{
    private const int Beats = 60;

    [Fact]
    public void Each_pulse_comes_after_both_lobes_and_before_the_cut_off_from_the_first()
    {
        var lobes = Gen.Select(Gen.Double[44, 56], Gen.Double[0.65, 1.3], Gen.Bool, Gen.Bool, Gen.OneOf(Gen.Const(250), Gen.Const(360), Gen.Const(500), Gen.Const(1000)));
        lobes.Sample(
            (apart, ratio, first, second, rate) =>
            {
                var (one, other) = (first ? 1 : -1, (second ? 1 : -1) * ratio);
                var pulses = Pulses(apart, one, other, rate);
                pulses.Should().NotBeEmpty();
                pulses.Should().OnlyContain(p => p > apart + 4 && p < 70, "lobes {0:0.0} ms apart, {1} and {2:0.00} mV, at {3} Hz", apart, one, other, rate);
            },
            iter: 60);
    }

    [Fact]
    public void Whatever_the_target_no_pulse_comes_before_the_last_lobe_or_late_after_the_first()
    {
        // Nearer ones melt into one; how far apart others are is known to the grid of the shapes, 4 ms.
        var lobes = Gen.Select(Gen.Double[30, 86], Gen.Double[0.65, 1.3], Gen.Bool, Gen.Double[25, 68], Gen.Double[1.5, 25]);
        lobes.Sample(
            (apart, ratio, isSame, target, slack) =>
            {
                var options = new GateOptions { MinimumInterval = TimeSpan.Zero, TargetDelay = TimeSpan.FromMilliseconds(target), Cutoff = TimeSpan.FromMilliseconds(target + slack) };
                Pulses(apart, 1, isSame ? ratio : -ratio, 500, options).Should().OnlyContain(p => p > apart && p < (apart < 55 ? target + slack : 92), "lobes {0:0.0} ms apart, target {1:0.0}, cut-off {2:0.0} ms", apart, target, target + slack);
            },
            iter: 100);
    }

    [Fact]
    public void Lobes_too_far_apart_for_one_pulse_get_none() => Pulses(86, 1, -1, 500).Should().BeEmpty();

    [Fact]
    public void A_fast_rate_withholds_where_a_pulse_after_both_lobes_would_come_near_the_vulnerable_period()
    {
        // At 115 a minute the vulnerable period may open 82 ms after R; a pulse for such lobes comes up to 89 ms after the first.
        Pulses(76, 1, -1, 500, rrSeconds: 0.52).Should().BeEmpty();
        Pulses(76, 1, -1, 500, rrSeconds: 0.9).Should().NotBeEmpty();
        Pulses(20, 1, -1, 500, rrSeconds: 0.52).Should().NotBeEmpty();
    }

    /// <summary>Each pulse that is ordered, ms after the first lobe of its beat.</summary>
    private static List<double> Pulses(double apartMilliseconds, double first, double second, int rate, GateOptions? options = null, double rrSeconds = 0.9)
    {
        var core = new GateCore(options ?? new GateOptions { MinimumInterval = TimeSpan.Zero }, rate, new RWaveDetector(rate), new Ignored());
        core.Arm();
        var pulses = new List<double>();
        var random = new Random(3);
        for (var i = 0L; i < (Beats + 1) * rrSeconds * rate; i++)
        {
            var seconds = (double)i / rate;
            var beat = Math.Round((seconds / rrSeconds) - 0.5);
            var sinceFirst = (seconds - ((beat + 0.5) * rrSeconds)) * 1000;
            var value = (first * Lobe(sinceFirst)) + (second * Lobe(sinceFirst - apartMilliseconds)) + (0.006 * (random.NextDouble() - 0.5));
            core.Process(new EcgSample(i, (float)value));
            if (core.TryTakeOrder(out var order))
            {
                var due = order.Deadline.ToSeconds(rate);
                pulses.Add((due - ((Math.Floor(due / rrSeconds) + 0.5) * rrSeconds)) * 1000);
                core.Report(order.BeatNumber, PulseResult.Fired, order.Deadline, 0);
            }
        }

        return pulses;
    }

    private static double Lobe(double milliseconds) => Math.Exp(-0.5 * milliseconds * milliseconds / 81);

    private sealed class Ignored : IGateEventSink
    {
        public void OnEvent(in GateEvent gateEvent)
        {
        }
    }
}
