using EcgGate.Emulator;
using EcgGate.Emulator.Boards;
using EcgGate.Emulator.Generator;
using EcgGate.Emulator.Patient;
using EcgGate.Hardware;
using EcgGate.Hardware.Converters;
using EcgGate.IotBindings;
using EcgGate.Signals;
using Iot.Device.Adc;

namespace EcgGate.Providers.Tests;

/// <summary>The vendor's own drivers, from its package, on the emulated parts.</summary>
public sealed class IotConvertersTests
{
    private static readonly Ad8232Options FrontEnd = Ad8232Options.AmplifierOnly;

    private readonly EcgSample[] _one = new EcgSample[1];

    [Theory]
    [InlineData(8)]
    [InlineData(4)]
    public void The_bindings_MCP3208_and_MCP3204_read_the_emulated_part_as_our_own_reader_does(int channelCount)
    {
        var pace = new VirtualPace();
        using var bench = StartMcp(pace, channelCount);
        using Mcp3xxx converter = channelCount == 8 ? new Mcp3208(bench.Mcp3208!.Spi) : new Mcp3204(bench.Mcp3208!.Spi);
        var own = new Mcp3208Channel(bench.Mcp3208.Spi, 0, channelCount);
        var differing = 0;
        for (var i = 0; i < 2000; i++)
        {
            var theirs = converter.Read(0);
            own.TryRead(out var ours).Should().BeTrue();

            // A read apart, 24 us, the ECG has hardly moved.
            Math.Abs(theirs - ours).Should().BeLessThanOrEqualTo(3);
            differing += theirs == ours ? 0 : 1;
            pace.Advance(1_000_000);
        }

        differing.Should().BeLessThan(500);
        converter.Read(3).Should().Be(0, "nothing is wired to the other inputs");
    }

    [Fact]
    public void An_ECG_comes_through_the_bindings_MCP3208_with_its_R_waves_at_their_true_times()
    {
        var pace = new VirtualPace();
        using var bench = StartMcp(pace, 8);
        using var source = IotConverters.Open(new Mcp3208(bench.Mcp3208!.Spi), frontEnd: FrontEnd, options: new TimerPacedOptions { RateHertz = 1000 }, clock: Clock(pace));
        bench.Ended += (_, _) => source.Interrupt();
        var samples = new List<(double Seconds, float Millivolts)>();
        EcgBlock block;
        while ((block = source.Read(_one)).Count > 0)
        {
            samples.Add((bench.PatientTime.SecondsAt(block.LastSampleTime - source.Info.FixedDelay), _one[0].Lead0Millivolts));
        }

        var beats = 0;
        for (var t = 1.0; bench.Truth.TryGetNextBeat(t, out var beat) && beat.RSeconds < 19; t = beat.RSeconds)
        {
            // Steps of 8 uV make the top of R flat.
            var top = samples.Where(sample => Math.Abs(sample.Seconds - beat.RSeconds) < 0.03).MaxBy(sample => Math.Abs(sample.Millivolts));
            top.Seconds.Should().BeApproximately(beat.RSeconds, 0.002);
            beats++;
        }

        beats.Should().BeGreaterThan(15);
        source.Statistics.LostSamples.Should().Be(0);
    }

    [Fact]
    public void What_the_binding_refuses_to_take_for_a_conversion_is_a_failed_read()
    {
        var pace = new VirtualPace();
        using var bench = StartMcp(pace, 8);
        using var source = IotConverters.Open(new Mcp3208(bench.Mcp3208!.Spi), frontEnd: FrontEnd, clock: Clock(pace));
        source.Read(_one);
        bench.Mcp3208.StuckMiso = 0xFF;

        source.Invoking(s => s.Read(_one)).Should().Throw<EcgSourceException>().WithMessage("mcp3208: 20 reads in a row failed (*check the wiring*");
    }

    [Fact]
    public void An_ECG_comes_through_the_bindings_ADS1115_and_its_event()
    {
        using var bench = StartAds();
        using var source = Open(bench);
        source.Info.SamplingRateHertz.Should().BeApproximately(903, 9, "this part is 5 % fast");
        var last = -1L;
        var gaps = 0;
        for (var i = 0; i < 400; i++)
        {
            source.Read(_one).Count.Should().Be(1);
            _one[0].Index.Should().BeGreaterThan(last);
            _one[0].Status.HasFlag(SampleStatus.GapBefore).Should().Be(_one[0].Index != last + 1);
            _one[0].Lead0Millivolts.Should().BeInRange(-5, 5);
            gaps += _one[0].Index == last + 1 ? 0 : 1;
            last = _one[0].Index;
        }

        // How many samples a busy machine costs is not the test's matter, but that they are accounted for.
        var seen = source.Statistics;
        (seen.Samples + seen.LostSamples).Should().Be(last + 1);
        gaps.Should().BeLessThan(400);
    }

    [Fact]
    public void A_part_that_is_pulled_out_ends_the_source_in_the_bindings_case_too()
    {
        using var bench = StartAds();
        using var source = Open(bench);
        source.Read(_one);
        bench.Ads1115!.IsUnplugged = true;

        source.Invoking(s =>
        {
            while (s.Read(_one).Count > 0)
            {
            }
        }).Should().Throw<EcgSourceException>().WithMessage("ads1115: *check*");
    }

    [Fact]
    public void A_part_that_is_not_there_and_an_input_that_it_does_not_have_are_told_when_opening()
    {
        using var ads = StartAds();
        ads.Ads1115!.IsUnplugged = true;
        FluentActions.Invoking(() => Open(ads)).Should().Throw<EcgSourceException>().WithMessage("ads1115: the ADS1115 does not answer (Error 121*address*");

        using var mcp = StartMcp(new VirtualPace(), 4);
        FluentActions.Invoking(() => IotConverters.Open(new Mcp3204(mcp.Mcp3208!.Spi), channel: 4)).Should().Throw<ArgumentOutOfRangeException>();
    }

    private static EmulatedConverterBench StartMcp(VirtualPace pace, int channelCount)
    {
        var patient = new VirtualPatient(ScenarioCatalog.Get("sinus-75") with { DurationSeconds = 20 });
        return EmulatedConverterBench.StartMcp3208(
            patient,
            new EcgTruthView(patient.Truth),
            new EmulatedConverterBenchOptions { FrontEnd = EmulatedAd8232Options.AmplifierOnly, Mcp3208 = new EmulatedMcp3208Options { ChannelCount = channelCount } },
            pace);
    }

    private static EmulatedConverterBench StartAds()
    {
        var patient = new VirtualPatient(ScenarioCatalog.Get("sinus-75"));
        return EmulatedConverterBench.StartAds1115(
            patient,
            new EcgTruthView(patient.Truth),
            new EmulatedConverterBenchOptions { FrontEnd = EmulatedAd8232Options.AmplifierOnly, Ads1115 = new EmulatedAds1115Options { RateError = 0.05 } });
    }

    // In real time: the binding's event comes on a thread of the lines.
    private static ReadyPacedSource Open(EmulatedConverterBench bench) => IotConverters.Open(
        bench.Ads1115!.I2c,
        bench.Gpio,
        bench.Options.ReadyLine,
        frontEnd: FrontEnd,
        options: new ReadyPacedOptions { Name = "ads1115", RateMeasurement = TimeSpan.FromMilliseconds(500), ReadyTimeout = TimeSpan.FromSeconds(1) });

    private static HostClock Clock(VirtualPace pace) => new(() => pace.Now, time => pace.SleepUntil(time, CancellationToken.None));
}
