using System.Device.Gpio;
using EcgGate.Cli.Run;
using EcgGate.Emulator;
using EcgGate.Emulator.Boards;
using EcgGate.Emulator.Patient;
using EcgGate.Hardware.Ads129x;
using EcgGate.Hardware.Converters;
using EcgGate.Signals;

namespace EcgGate.Hardware.Tests.LoopBack;

/// <summary>
/// Every source declares its delay, and the engine subtracts it: what is left, for each source that there is. The table in
/// docs/sources.md is what these tests print. A new source joins with a line in <see cref="Sources"/>.
/// </summary>
public sealed class LoopBackTests
{
    private const double Seconds = 40;
    private const int ReadyLine = 24;
    private const double LargestBiasMilliseconds = 0.2;

    /// <summary>What opens a source on a bench.</summary>
    private delegate IEcgSource Opener(EmulatedBench bench, VirtualPace pace);

    private static readonly Dictionary<string, Opener> Openers = new(StringComparer.Ordinal)
    {
        ["ads1292r 250/s"] = Board(BoardPart.Ads1292R, 250),
        ["ads1292r 500/s"] = Board(BoardPart.Ads1292R, 500),
        ["ads1292r 1000/s"] = Board(BoardPart.Ads1292R, 1000),
        ["ads1292r 2000/s"] = Board(BoardPart.Ads1292R, 2000),
        ["ads1298 500/s"] = Board(BoardPart.Ads1298, 500),
        ["ads1298 1000/s"] = Board(BoardPart.Ads1298, 1000),
        ["ads1298 2000/s"] = Board(BoardPart.Ads1298, 2000),
        ["alsa 8 kHz, period 5 ms"] = SoundCard(8_000, 5),
        ["alsa 16 kHz, period 4 ms"] = SoundCard(16_000, 4),
        ["alsa 44.1 kHz, period 3 ms"] = SoundCard(44_100, 3),
        ["alsa 48 kHz, period 2 ms"] = SoundCard(48_000, 2),
        ["alsa 48 kHz, period 2 ms, 400 ppm fast"] = SoundCard(48_000, 2, driftPpm: -400),
        ["alsa 48 kHz, period 5 ms, no stamps, wake-up 0.1 ms late"] = SoundCard(48_000, 5, hasStamps: false, wakeUpMicroseconds: 100),
        ["alsa 48 kHz, period 5 ms, no stamps, wake-up 1 ms late"] = SoundCard(48_000, 5, hasStamps: false, wakeUpMicroseconds: 1000),
        ["alsa 48 kHz, period 2 ms, converter 0.6 ms, declared"] = SoundCard(48_000, 2, converterMilliseconds: 0.6),
        ["mcp3208 500/s"] = Mcp3208(500),
        ["mcp3208 1000/s"] = Mcp3208(1000),
        ["mcp3208 2000/s"] = Mcp3208(2000),
        ["ads1115 860/s"] = Ads1115(0),
        ["ads1115, 8 % fast"] = Ads1115(0.08),
    };

    public static TheoryData<string> Sources => [.. Openers.Keys];

    [Theory]
    [MemberData(nameof(Sources))]
    public void An_edge_stands_at_the_true_R_plus_the_target_to_a_fifth_of_a_millisecond(string name)
    {
        var pace = new VirtualPace();
        var patient = Patient();
        var board = EmulatedAds129xOptions.Of(name.StartsWith("ads1298", StringComparison.Ordinal) ? BoardPart.Ads1298 : BoardPart.Ads1292R);
        using var bench = EmulatedBench.Start(patient, board, pace);
        using var source = Openers[name](bench, pace);
        bench.Ended += (_, _) => source.Interrupt();

        var result = LoopBackRun.Run(source, pace, bench.PatientTime, patient.Truth, Seconds);

        TestContext.Current.TestOutputHelper?.WriteLine($"| {name} | {source.Info.FixedDelay.TotalMilliseconds:0.00} | {source.Info.BlockDelay.TotalMilliseconds:0.0} | {result.BiasMilliseconds:+0.000;-0.000} | {result.LeastMilliseconds:+0.00;-0.00} .. {result.MostMilliseconds:+0.00;-0.00} | {result.Pulses} |");
        result.Pulses.Should().BeGreaterThanOrEqualTo(18);
        Math.Abs(result.BiasMilliseconds).Should().BeLessThanOrEqualTo(LargestBiasMilliseconds);
        result.LateOrders.Should().Be(0, "an order comes before its deadline whichever sample of a block it comes with");
    }

    [Fact]
    public void A_converter_that_is_slower_than_declared_shows()
    {
        var pace = new VirtualPace();
        var patient = Patient();
        using var bench = EmulatedBench.Start(patient, clock: pace);
        using var source = SoundCard(16_000, 2, converterMilliseconds: 0.6, declaredMilliseconds: 0)(bench, pace);

        LoopBackRun.Run(source, pace, bench.PatientTime, patient.Truth, Seconds).BiasMilliseconds.Should().BeInRange(0.4, 0.8);
    }

    [Fact]
    public void A_capacitor_before_the_input_shows_as_tops_that_come_a_millisecond_early()
    {
        var pace = new VirtualPace();
        using var bench = EmulatedBench.Start(Patient(), clock: pace);
        using var source = SoundCard(48_000, 2, highPassHertz: new EmulatedSoundCardOptions().HighPassHertz)(bench, pace);

        var result = LoopBackRun.Run(source, pace, bench.PatientTime, Patient().Truth, Seconds);

        TestContext.Current.TestOutputHelper?.WriteLine($"capacitor of {new EmulatedSoundCardOptions().HighPassHertz} Hz: {result.BiasMilliseconds:+0.000;-0.000}");
        result.BiasMilliseconds.Should().BeInRange(-1.5, -0.5);
    }

    private static Opener Board(BoardPart part, int rate) => (bench, pace) => Ads129xBoards.Open(
        part,
        bench.Spi,
        bench.Gpio,
        new Ads129xChoice { Name = part.ToString(), DataReadyPin = bench.DataReadyPin, RateHertz = rate, Leads = [bench.Board.WiredLeads.OfType<string>().First()], LeadNames = ["II"] },
        ClockOf(pace));

    private static Opener SoundCard(int rate, double period, double driftPpm = 0, bool hasStamps = true, double wakeUpMicroseconds = 20, double converterMilliseconds = 0, double? declaredMilliseconds = null, double highPassHertz = 0) => (bench, pace) =>
    {
        var card = new EmulatedSoundCard(
            Patient(),
            bench.PatientTime,
            new EmulatedSoundCardOptions
            {
                RateHertz = rate,
                PeriodFrames = (int)(rate * period / 1000),
                BufferFrames = rate / 5,
                HighPassHertz = highPassHertz,
                PeriodErrorPartsPerMillion = driftPpm,
                ConverterDelaySeconds = converterMilliseconds / 1000,
                WakeUpMicroseconds = wakeUpMicroseconds,
            },
            pace)
        {
            HasStamps = hasStamps,
        };
        return EmulatedLineIn.Open(card, "hw:9", clock: ClockOf(pace), converterDelay: TimeSpan.FromMilliseconds(declaredMilliseconds ?? converterMilliseconds));
    };

    private static Opener Mcp3208(int rate) => (bench, pace) => Ad8232Boards.OpenMcp3208(
        new EmulatedMcp3208([new EmulatedAd8232(Patient(), 0, EmulatedAd8232Options.AmplifierOnly)], bench.PatientTime, clock: pace).Spi,
        Ad8232Options.AmplifierOnly,
        new TimerPacedOptions { RateHertz = rate },
        clock: ClockOf(pace));

    private static Opener Ads1115(double rateError) => (bench, pace) =>
    {
        var part = new EmulatedAds1115([new EmulatedAd8232(Patient(), 0, EmulatedAd8232Options.AmplifierOnly)], bench.PatientTime, new EmulatedAds1115Options { RateError = rateError }, pace);
        var lines = new EmulatedLines();
        lines.AddFromPart(ReadyLine, () => part.IsReadyHigh, part.WaitForPulse);
        var gpio = new GpioController(lines);
        return Ad8232Boards.OpenAds1115(part.I2c, DataReadyPulses.Open(gpio, ReadyLine, ClockOf(pace)), Ad8232Options.AmplifierOnly, new ReadyPacedOptions(), clock: ClockOf(pace), owned: gpio);
    };

    private static VirtualPatient Patient() => new(ScenarioCatalog.Get("sinus-75") with { DurationSeconds = Seconds + 1 });

    private static HostClock ClockOf(VirtualPace pace) => new(() => pace.Now, time => pace.SleepUntil(time, CancellationToken.None));
}
