using EcgGate.Detection;
using EcgGate.Emulator;
using EcgGate.Emulator.Boards;
using EcgGate.Emulator.Generator;
using EcgGate.Emulator.Patient;
using EcgGate.Gating;
using EcgGate.Hardware.Converters;
using EcgGate.Signals;
using EcgGate.Timing;

namespace EcgGate.Hardware.Tests.Converters;

/// <summary>
/// The loop closed in virtual time: where the engine would put its edges on the host's clock, against the R waves as they
/// truly stood at the electrodes.
/// </summary>
public sealed class ConverterBiasTests(ITestOutputHelper output)
{
    private const double TargetMilliseconds = 50;

    [Theory]
    [InlineData(500, false)]
    [InlineData(1000, false)]
    [InlineData(2000, false)]
    [InlineData(1000, true)]
    public void An_MCP3208_places_pulses_without_bias(double rate, bool wholeBoard)
    {
        var host = new Paced { Late = sleep => 20_000 + (sleep * 7919 % 60_000) };
        using var bench = EmulatedConverterBench.StartMcp3208(Patient(out var truth), truth, Options(wholeBoard, 0), host.Pace);
        var frontEnd = wholeBoard ? Ad8232Options.HeartRateBoard : Ad8232Options.AmplifierOnly;
        var lead = new ConverterLead
        {
            Name = "I",
            Channel = new Mcp3208Channel(bench.Mcp3208!.Spi, 0),
            Scale = frontEnd.Scale(frontEnd.SupplyVolts / Mcp3208Channel.Codes),
        };
        using var source = new TimerPacedSource([lead], new TimerPacedOptions { RateHertz = rate, FixedDelay = frontEnd.Delay + Mcp3208Channel.HoldDelay(1_000_000) }, host.Clock);
        bench.Ended += (_, _) => source.Interrupt();

        Bias(source, bench).Should().BeInRange(-0.2, 0.2);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(0.08, false)]
    [InlineData(-0.08, false)]
    [InlineData(0, true)]
    public void An_ADS1115_places_pulses_without_bias(double rateError, bool wholeBoard)
    {
        var host = new Paced();
        using var bench = EmulatedConverterBench.StartAds1115(Patient(out var truth), truth, Options(wholeBoard, rateError), host.Pace);
        var frontEnd = wholeBoard ? Ad8232Options.HeartRateBoard : Ad8232Options.AmplifierOnly;
        var lead = new ConverterLead
        {
            Name = "I",
            Channel = Ads1115Channel.Open(bench.Ads1115!.I2c),
            Scale = frontEnd.Scale(Ads1115Channel.VoltsPerCode(Ads1115Range.Millivolts4096)),
        };
        var pulses = DataReadyPulses.Open(bench.Gpio, bench.Options.ReadyLine, host.Clock);
        using var source = ReadyPacedSource.Open(lead, pulses, new ReadyPacedOptions { FrontEndDelay = frontEnd.Delay }, host.Clock);
        bench.Ended += (_, _) => source.Interrupt();

        Bias(source, bench).Should().BeInRange(-0.2, 0.2);
    }

    private static VirtualPatient Patient(out EcgTruthView truth)
    {
        var patient = new VirtualPatient(ScenarioCatalog.Get("sinus-75") with { DurationSeconds = 60 });
        truth = new EcgTruthView(patient.Truth);
        return patient;
    }

    private static EmulatedConverterBenchOptions Options(bool wholeBoard, double rateError) => new()
    {
        FrontEnd = wholeBoard ? EmulatedAd8232Options.HeartRateBoard : EmulatedAd8232Options.AmplifierOnly,
        Ads1115 = new EmulatedAds1115Options { RateError = rateError },
    };

    /// <summary>The median of (edge − true R − target), in ms.</summary>
    private double Bias(IEcgSource source, EmulatedConverterBench bench)
    {
        var rate = source.Info.SamplingRateHertz;
        var clock = new SampleClock(rate, source.Info.FixedDelay);
        var core = new GateCore(new GateOptions(), rate, BeatDetectors.Create(BeatDetectors.RWave, rate), new Nobody(), source.Info.FixedDelay);
        core.Arm();
        var offsets = new List<double>();
        var one = new EcgSample[1];
        EcgBlock block;
        while ((block = source.Read(one)).Count > 0)
        {
            clock.Observe(one[0].Index, block.LastSampleTime);
            core.Process(in one[0]);
            if (core.TryTakeOrder(out var order))
            {
                var edge = bench.PatientTime.SecondsAt(clock.HostTimeOf(order.Deadline));
                bench.Truth.TryGetLastBeat(edge, out var beat).Should().BeTrue();
                offsets.Add(((edge - beat.RSeconds) * 1000) - TargetMilliseconds);
                core.Report(order.BeatNumber, PulseResult.Fired, order.Deadline, 0);
            }
        }

        offsets.Should().HaveCountGreaterThan(20);
        offsets.Sort();
        var bias = offsets[offsets.Count / 2];
        output.WriteLine($"{rate:0.0} samples/s, fixed delay {source.Info.FixedDelay.TotalMilliseconds:0.000} ms: bias {bias:0.000} ms, {offsets[0]:0.000} to {offsets[^1]:0.000}, {offsets.Count} pulses");
        return bias;
    }

    private sealed class Nobody : IGateEventSink
    {
        public void OnEvent(in GateEvent gateEvent)
        {
        }
    }
}
