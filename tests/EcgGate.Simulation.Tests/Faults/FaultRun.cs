using EcgGate.Cli.Run;
using EcgGate.Detection;
using EcgGate.Emulator;
using EcgGate.Emulator.Boards;
using EcgGate.Emulator.Faults;
using EcgGate.Emulator.Generator;
using EcgGate.Emulator.Patient;
using EcgGate.Gating;
using EcgGate.Hardware;
using EcgGate.Hardware.Ads129x;
using EcgGate.Hardware.Converters;
using EcgGate.Signals;
using EcgGate.Timing;

namespace EcgGate.Simulation.Tests.Faults;

/// <summary>What a run with faults came to.</summary>
/// <param name="Judgement">The referee's verdict on each pulse.</param>
/// <param name="Outcomes">One for each beat, of all engines after another.</param>
/// <param name="Failures">Why a source ended, where one did; each time the operator opens the board and arms anew.</param>
/// <param name="RefusedOpenings">Why the board could not be opened, each time it was tried.</param>
/// <param name="States">What the gate went through.</param>
internal sealed record FaultRunResult(PulseJudgement Judgement, IReadOnlyList<BeatOutcome> Outcomes, IReadOnlyList<string> Failures, IReadOnlyList<string> RefusedOpenings, IReadOnlyList<(double Seconds, GateState State, Reason Reason)> States)
{
    /// <summary>How many pulses were delivered within a stretch of patient time.</summary>
    public int PulsesWithin(double fromSeconds, double toSeconds) =>
        Judgement.Pulses.Count(pulse => pulse.Pulse.PatientSeconds >= fromSeconds && pulse.Pulse.PatientSeconds < toSeconds);

    /// <inheritdoc/>
    public override string ToString() =>
        string.Join(", ", Outcomes.CountBy(outcome => outcome.Outcome == Outcome.Fired ? "Fired" : $"{outcome.Outcome} {outcome.Reason}").Select(pair => $"{pair.Value} {pair.Key}").Concat(Failures).Concat(States.Select(state => $"{state.Seconds:0.00} {state.State} {state.Reason}")));

    /// <summary>Of a run of 90 s in which things go wrong between 30 and 50 s: no pulse outside the window, and it works before and afterwards.</summary>
    public void ShouldGoOnSafely()
    {
        Judgement.UnsafeCount.Should().Be(0);
        Judgement.Count(PulseVerdict.Safe).Should().Be(Judgement.Pulses.Count);
        TestContext.Current.TestOutputHelper?.WriteLine(ToString());
        PulsesWithin(15, 30).Should().BeGreaterThan(10, "nothing was wrong yet ({0})", this);
        PulsesWithin(60, 90).Should().BeGreaterThan(20, "it works again ({0})", this);
    }
}

/// <summary>
/// A patient, the emulated board or sound card with its faults, the real driver, and the live engine's own parts on a clock that only
/// their waiting moves; with an operator who opens the board again, a second after it failed, and arms.
/// </summary>
internal static class FaultRun
{
    private const long OperatorNanoseconds = 1_000_000_000;

    /// <summary>Runs a scenario to its end.</summary>
    /// <param name="scenario">The patient.</param>
    /// <param name="faults">What goes wrong.</param>
    /// <param name="board">What the patient is on.</param>
    public static FaultRunResult Run(string scenario, FaultSchedule faults, BoardPart board = BoardPart.Ads1292R)
    {
        var pace = new VirtualPace();
        var patient = new VirtualPatient(ScenarioCatalog.Get(scenario));
        var truth = new EcgTruthView(patient.Truth);
        var clock = new HostClock(() => pace.Now, time => pace.SleepUntil(time, CancellationToken.None));
        var (bench, open) = Build(board, patient, truth, faults, pace, clock);
        using var owned = bench;
        var line = new StampingLine(patient, bench.PatientTime);
        var sink = new Sink();
        var failures = new List<string>();
        var refusals = new List<string>();
        var options = new GateOptions { ArmedFor = TimeSpan.Zero };
        var hasEnded = false;
        while (!hasEnded)
        {
            if (bench.PatientTime.SecondsAt(pace.Now) > patient.DurationSeconds)
            {
                break;
            }

            IEcgSource source;
            try
            {
                source = open();
            }
            catch (EcgSourceException refused)
            {
                refusals.Add(refused.Message);
                pace.Advance(OperatorNanoseconds);
                continue;
            }

            using (source)
            {
                bench.Ended += (_, _) => source.Interrupt();
                sink.Begin(bench.PatientTime.SecondsAt(pace.Now), source.Info.SamplingRateHertz);
                hasEnded = Gate(source, pace, options, line, sink, failures);
                pace.Advance(hasEnded ? 0 : OperatorNanoseconds);
            }
        }

        return new FaultRunResult(PulseReferee.Judge(line.Pulses, truth), sink.Outcomes, failures, refusals, sink.States);
    }

    private static (IEmulatedBench Bench, Func<IEcgSource> Open) Build(BoardPart board, VirtualPatient patient, ITruth truth, FaultSchedule faults, VirtualPace pace, HostClock clock)
    {
        var wiring = new EmulatedConverterBenchOptions { FrontEnd = EmulatedAd8232Options.AmplifierOnly };
        var frontEnd = Ad8232Options.AmplifierOnly;
        switch (board)
        {
            case BoardPart.LineIn:
                // 16 kHz: a third of the frames to compute, and the same 1,000 samples per second.
                var lineIn = EmulatedLineInBench.Start(patient, truth, new EmulatedSoundCardOptions { RateHertz = 16_000, PeriodFrames = 32, BufferFrames = 3_200 }, pace, faults);
                return (lineIn, () => EmulatedLineIn.Open(lineIn.Card, "line-in", clock: clock));

            case BoardPart.Mcp3208:
                var mcp = EmulatedConverterBench.StartMcp3208(patient, truth, wiring, pace, faults);
                var mcpPins = PinsOf(mcp);
                return (mcp, () => Ad8232Boards.OpenMcp3208(mcp.Mcp3208!.Spi, frontEnd, new TimerPacedOptions { Name = "mcp3208" }, leadOff: mcpPins, clock: clock));

            case BoardPart.Ads1115:
                var ads = EmulatedConverterBench.StartAds1115(patient, truth, wiring, pace, faults);
                var adsPins = PinsOf(ads);
                return (ads, OpenAds1115);

                IEcgSource OpenAds1115()
                {
                    var pulses = DataReadyPulses.Open(ads.Gpio, wiring.ReadyLine, clock);
                    try
                    {
                        return Ad8232Boards.OpenAds1115(ads.Ads1115!.I2c, pulses, frontEnd, new ReadyPacedOptions { Name = "ads1115" }, leadOff: adsPins, clock: clock);
                    }
                    catch (EcgSourceException)
                    {
                        pulses.Dispose();
                        throw;
                    }
                }

            default:
                var bench = EmulatedBench.Start(patient, truth, EmulatedAds129xOptions.Of(board), pace, faults);
                var choice = new Ads129xChoice { Name = board.ToString(), DataReadyPin = bench.DataReadyPin, RateHertz = 500, Leads = [.. bench.Board.WiredLeads.OfType<string>().Take(2)], LeadNames = [.. patient.LeadNames.Take(2)] };
                return (bench, () => Ads129xBoards.Open(board, bench.Spi, bench.Gpio, choice, clock));
        }
    }

    /// <summary>The AD8232's lines, once opened and used by one source after another.</summary>
    private static Ad8232Pins PinsOf(EmulatedConverterBench bench) => new(bench.Gpio, bench.Options.PositiveOffLine, bench.Options.NegativeOffLine, bench.Options.ShutdownLine);

    /// <summary>One engine, armed from its first sample; false where its source failed.</summary>
    private static bool Gate(IEcgSource source, VirtualPace pace, GateOptions options, StampingLine line, Sink sink, List<string> failures)
    {
        var rate = source.Info.SamplingRateHertz;
        var core = new GateCore(options, rate, new RWaveDetector(rate), sink, source.Info.LargestDelay);
        using var timer = new VirtualPulseTimer(line);
        line.Timer = timer;
        var loop = new GateLoop(core, timer, new SampleClock(rate, source.Info.FixedDelay), options.PulseWidth.Ticks * 100);
        loop.Arm();
        var one = new EcgSample[1];
        try
        {
            while (source.Read(one) is { Count: > 0 } block)
            {
                // The first sample of a block is known when the last is.
                timer.AdvanceTo(pace.Now);
                loop.Take(one, block.LastSampleTime);
            }

            loop.End(isFault: false);
        }
        catch (EcgSourceException failed)
        {
            failures.Add(failed.Message);
            loop.End(isFault: true);
            timer.IsArmed.Should().BeFalse();
            line.IsHigh.Should().BeFalse();
        }

        core.Ledger.Beats.Should().Be(core.Ledger.Fired + core.Ledger.Withheld + core.Ledger.Missed).And.Be(core.DetectedBeats);
        return failures.Count == 0 || !sink.HasFaulted;
    }

    private sealed class Sink : IGateEventSink
    {
        private double _zero;
        private double _rate;

        public List<BeatOutcome> Outcomes { get; } = [];

        public List<(double Seconds, GateState State, Reason Reason)> States { get; } = [];

        public bool HasFaulted { get; private set; }

        public void Begin(double zeroSeconds, double rate) => (_zero, _rate, HasFaulted) = (zeroSeconds, rate, false);

        public void OnEvent(in GateEvent gateEvent)
        {
            if (gateEvent.Kind == GateEventKind.BeatOutcome)
            {
                Outcomes.Add(gateEvent.Beat);
            }
            else if (gateEvent.Kind == GateEventKind.StateChanged)
            {
                HasFaulted |= gateEvent.State == GateState.Faulted;
                States.Add((_zero + (gateEvent.SampleIndex / _rate), gateEvent.State, gateEvent.Reason));
            }
        }
    }

    /// <summary>A line that stamps each edge with the time at which the virtual timer makes it.</summary>
    private sealed class StampingLine(IAnalogEcg ecg, PatientTime time) : IPulseLine
    {
        public List<DeliveredPulse> Pulses { get; } = [];

        public VirtualPulseTimer? Timer { get; set; }

        public bool IsHigh { get; private set; }

        public bool TryRaise()
        {
            var now = Timer!.Now;
            Pulses.Add(new DeliveredPulse(now, time.SecondsAt(now), 0.001));
            ecg.DeliverPulse(time.SecondsAt(now));
            IsHigh = true;
            return true;
        }

        public bool TryLower()
        {
            IsHigh = false;
            return true;
        }

        public void Dispose() => IsHigh = false;
    }
}
