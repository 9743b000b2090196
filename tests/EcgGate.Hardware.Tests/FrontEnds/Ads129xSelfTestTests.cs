using EcgGate.Emulator;
using EcgGate.Emulator.Boards;
using EcgGate.Emulator.Generator;
using EcgGate.Hardware.Ads129x;
using EcgGate.Signals;

namespace EcgGate.Hardware.Tests.FrontEnds;

public sealed class Ads129xSelfTestTests
{
    [Theory]
    [InlineData(BoardPart.Ads1292R, 250)]
    [InlineData(BoardPart.Ads1292R, 2000)]
    [InlineData(BoardPart.Ads1298, 500)]
    [InlineData(BoardPart.Ads1298, 2000)]
    public void A_good_board_passes_whatever_stands_at_its_electrodes(BoardPart part, int rate)
    {
        var checks = Run(part, rate);

        checks.Should().OnlyContain(check => check.Passed);
        checks.Select(check => check.Name).Should().Equal("noise", "offset", "amplitude", "period", "disturbed", "rate", "bad");
        Measured(checks, "noise").Should().BeApproximately(1, 0.1, "that is the emulated board's");
        Measured(checks, "amplitude").Should().BeApproximately(part == BoardPart.Ads1298 ? 1.0 : 2.42 / 2.4, 1e-3);
        Measured(checks, "period").Should().BeApproximately(part == BoardPart.Ads1298 ? 1.024 : 1.0, 0.002);
    }

    [Theory]
    [InlineData(BoardPart.Ads1292R)]
    [InlineData(BoardPart.Ads1298)]
    public void A_noisy_board_fails_by_its_noise_alone(BoardPart part)
    {
        var checks = Run(part, 500, options => options with { ShortedNoiseMicrovolts = 30 });

        checks.Where(check => !check.Passed).Select(check => check.Name).Should().Equal("noise");
        Measured(checks, "noise").Should().BeApproximately(30, 3);
    }

    [Theory]
    [InlineData(BoardPart.Ads1292R, 40_000)]
    [InlineData(BoardPart.Ads1298, -40_000)]
    public void A_board_whose_clock_is_far_off_fails(BoardPart part, double partsPerMillion)
    {
        var checks = Run(part, 500, options => options with { OscillatorErrorPartsPerMillion = partsPerMillion });

        checks.Where(check => !check.Passed).Select(check => check.Name).Should().Contain("rate");
    }

    [Fact]
    public void A_bus_that_loses_data_fails()
    {
        var checks = Run(BoardPart.Ads1298, 500, faults: new LossyMiso());

        checks.Where(check => !check.Passed).Select(check => check.Name).Should().Contain("bad").And.Contain("disturbed");
    }

    [Fact]
    public void A_test_signal_that_is_not_there_fails_and_has_no_period()
    {
        var wave = SquareWave.Of(new float[1000]);

        wave.AmplitudeMillivolts.Should().Be(0);
        wave.PeriodSamples.Should().Be(double.NaN);
        new Ads129xCheck("period", "", wave.PeriodSamples, 0.9, 1.1, "s").Passed.Should().BeFalse();
    }

    [Fact]
    public void An_edge_is_placed_between_the_samples_that_it_lies_between()
    {
        float[] samples = [-1, -1, -1, -0.5f, 1, 1, 1, 1, 1, 0, -1, -1, -1, -1, -1, -1, 1, 1, 1, 1, 1, 5, 1, 1, 1];

        var wave = SquareWave.Of(samples);

        wave.Edges.Should().HaveCount(3);
        wave.Edges[0].Should().BeApproximately(3 + (0.5 / 1.5), 1e-6);
        wave.Edges[1].Should().BeApproximately(9, 1e-6);
        wave.Edges[2].Should().BeApproximately(15.5, 1e-6);
        wave.Disturbed.Should().Be(1, "one sample is at 5 mV, and no edge is near it");
    }

    private static double Measured(IReadOnlyList<Ads129xCheck> checks, string name) => checks.Single(check => check.Name == name).Measured;

    private static IReadOnlyList<Ads129xCheck> Run(BoardPart part, int rate, Func<EmulatedAds129xOptions, EmulatedAds129xOptions>? spoil = null, BoardFaults? faults = null)
    {
        // An electrode is off, and the signal at limit: neither may matter.
        var ecg = new FunctionEcg((_, _) => 1e4) { LeadOff = (_, _) => true };
        var pace = new VirtualPace();
        var options = EmulatedAds129xOptions.Of(part);
        using var bench = EmulatedBench.Start(ecg, new ListTruth([]), spoil?.Invoke(options) ?? options, pace);
        var opened = 0;
        return Ads129xSelfTest.Run(
            input =>
            {
                var source = Ads129xBoards.Open(
                    part,
                    bench.Spi,
                    bench.Gpio,
                    new Ads129xChoice { Name = "test", RateHertz = rate, Leads = [.. bench.Board.WiredLeads.OfType<string>()], LeadNames = ecg.LeadNames, Input = input },
                    new HostClock(() => pace.Now, time => pace.SleepUntil(time, CancellationToken.None)));
                opened++;
                bench.Board.Faults = opened == 2 ? faults : null;
                return source;
            },
            TestContext.Current.CancellationToken);
    }

    /// <summary>Every fiftieth transfer reads a wrong first byte, every seventieth a wrong value of each channel.</summary>
    private sealed class LossyMiso : BoardFaults
    {
        private int _transfers;

        public override void OnRead(EcgGate.Timing.MonotonicTime now, Span<byte> bytes)
        {
            _transfers++;
            if (bytes.Length == 27 && _transfers % 50 == 0)
            {
                bytes[0] ^= 0x50;
            }
            else if (bytes.Length == 27 && _transfers % 70 == 0)
            {
                bytes[3..].Fill(0x20);
            }
        }
    }
}
