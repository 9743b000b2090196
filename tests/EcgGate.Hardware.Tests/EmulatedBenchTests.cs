using EcgGate.Emulator;
using EcgGate.Emulator.Boards;
using EcgGate.Emulator.Generator;
using EcgGate.Emulator.Patient;
using EcgGate.Hardware.Ads1292R;
using EcgGate.Signals;

namespace EcgGate.Hardware.Tests;

public sealed class EmulatedBenchTests
{
    [Fact]
    public void A_virtual_patients_R_waves_come_through_board_and_driver_at_their_true_times()
    {
        var pace = new VirtualPace();
        using var bench = EmulatedBench.Start(new VirtualPatient(ScenarioCatalog.Get("sinus-75") with { DurationSeconds = 20 }), clock: pace);
        using var source = Open(bench, pace, Ads1292RRate.Sps2000);
        bench.Ended += (_, _) => source.Interrupt();

        // The driver's own account of time: when the sample was ready, less the fixed delay.
        var samples = new List<(double Seconds, float Millivolts)>();
        var buffer = new EcgSample[1];
        EcgBlock block;
        while ((block = source.Read(buffer)).Count > 0)
        {
            samples.Add((bench.PatientTime.SecondsAt(block.LastSampleTime - source.Info.FixedDelay), buffer[0].Lead0Millivolts));
        }

        var beats = 0;
        for (var t = 1.0; bench.Truth.TryGetNextBeat(t, out var beat) && beat.RSeconds < 19; t = beat.RSeconds)
        {
            var top = samples.Where(sample => Math.Abs(sample.Seconds - beat.RSeconds) < 0.03).MaxBy(sample => Math.Abs(sample.Millivolts));
            top.Seconds.Should().BeApproximately(beat.RSeconds, 0.00051, "samples are 0.5 ms apart and rounded");
            beats++;
        }

        beats.Should().BeGreaterThan(15);
        samples[^1].Seconds.Should().BeLessThanOrEqualTo(20 + 1e-6);
    }

    [Fact]
    public void The_referee_tells_a_pulse_after_R_from_one_on_the_T_wave_and_one_in_fibrillation()
    {
        var pace = new VirtualPace();
        using var bench = EmulatedBench.Start(new VirtualPatient(ScenarioCatalog.Get("vf") with { DurationSeconds = 60 }), clock: pace);
        bench.Truth.TryGetNextBeat(2, out var first).Should().BeTrue();
        bench.Truth.TryGetNextBeat(first.RSeconds, out var second).Should().BeTrue();
        var fibrillation = Enumerable.Range(0, 600).Select(i => i / 10.0).First(bench.Truth.IsInFibrillation);
        fibrillation.Should().BeGreaterThan(second.RSeconds + 1);

        foreach (var at in new[] { first.RSeconds + 0.05, second.TPeakSeconds, fibrillation + 0.5 })
        {
            pace.SleepUntil(bench.PatientTime.At(at), CancellationToken.None);
            bench.Generator.TryRaise().Should().BeTrue();
            pace.Advance(1_000_000);
            bench.Generator.TryLower().Should().BeTrue();
        }

        var judgement = bench.Judge();
        judgement.Pulses.Select(pulse => pulse.Verdict).Should().Equal(PulseVerdict.Safe, PulseVerdict.Vulnerable, PulseVerdict.Unsafe);
        judgement.Pulses[0].OffsetMilliseconds.Should().BeApproximately(50, 1e-3);
        judgement.UnsafeCount.Should().Be(2);
        judgement.LineStuckHigh.Should().BeFalse();
    }

    [Fact]
    public void A_delivered_pulse_saturates_the_board_for_a_moment()
    {
        var pace = new VirtualPace();
        using var bench = EmulatedBench.Start(new VirtualPatient(ScenarioCatalog.Get("sinus-75")), clock: pace);
        using var source = Open(bench, pace, Ads1292RRate.Sps1000);
        var buffer = new EcgSample[1];
        for (var i = 0; i < 500; i++)
        {
            source.Read(buffer);
            buffer[0].Status.Should().Be(SampleStatus.None);
        }

        bench.Generator.TryRaise();
        bench.Generator.TryLower();
        var saturated = 0;
        for (var i = 0; i < 500; i++)
        {
            source.Read(buffer);
            saturated += buffer[0].Status.HasFlag(SampleStatus.Lead0Saturated) ? 1 : 0;
        }

        saturated.Should().BeInRange(3, 5, "the artefact holds the amplifier at its limit for 4 ms");
    }

    private static Ads1292RSource Open(EmulatedBench bench, VirtualPace pace, Ads1292RRate rate) => Ads1292RSource.Open(
        bench.Spi,
        bench.Gpio,
        new Ads1292ROptions { Rate = rate },
        new HostClock(() => pace.Now, time => pace.SleepUntil(time, CancellationToken.None)));
}
