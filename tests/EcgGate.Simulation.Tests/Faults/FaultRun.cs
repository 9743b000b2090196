using EcgGate.Detection;
using EcgGate.Emulator;
using EcgGate.Emulator.Boards;
using EcgGate.Emulator.Faults;
using EcgGate.Emulator.Generator;
using EcgGate.Emulator.Patient;
using EcgGate.Gating;
using EcgGate.Hardware;
using EcgGate.Hardware.Ads1292R;
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
}

/// <summary>
/// A patient, the emulated board with its faults, the real driver, and the live engine's own parts on a clock that only
/// their waiting moves; with an operator who opens the board again, a second after it failed, and arms.
/// </summary>
internal static class FaultRun
{
    private const long OperatorNanoseconds = 1_000_000_000;

    /// <summary>Runs a scenario to its end.</summary>
    public static FaultRunResult Run(string scenario, FaultSchedule faults, Ads1292RRate rate = Ads1292RRate.Sps500)
    {
        var pace = new VirtualPace();
        var patient = new VirtualPatient(ScenarioCatalog.Get(scenario));
        var truth = new EcgTruthView(patient.Truth);
        using var bench = EmulatedBench.Start(patient, truth, clock: pace, faults: faults);
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

            Ads1292RSource source;
            try
            {
                source = Ads1292RSource.Open(
                    bench.Spi,
                    bench.Gpio,
                    new Ads1292ROptions { DataReadyPin = bench.DataReadyPin, Rate = rate },
                    new HostClock(() => pace.Now, time => pace.SleepUntil(time, CancellationToken.None)));
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
                sink.Begin(bench.PatientTime.SecondsAt(pace.Now), (double)rate);
                hasEnded = Gate(source, options, line, sink, failures);
                pace.Advance(hasEnded ? 0 : OperatorNanoseconds);
            }
        }

        return new FaultRunResult(PulseReferee.Judge(line.Pulses, truth), sink.Outcomes, failures, refusals, sink.States);
    }

    /// <summary>One engine, armed from its first sample; false where its source failed.</summary>
    private static bool Gate(Ads1292RSource source, GateOptions options, StampingLine line, Sink sink, List<string> failures)
    {
        var rate = source.Info.SamplingRateHertz;
        var core = new GateCore(options, rate, new RWaveDetector(rate), sink, source.Info.FixedDelay);
        using var timer = new VirtualPulseTimer(line);
        line.Timer = timer;
        var loop = new GateLoop(core, timer, new SampleClock(rate, source.Info.FixedDelay), options.PulseWidth.Ticks * 100);
        loop.Arm();
        var one = new EcgSample[1];
        try
        {
            while (source.Read(one) is { Count: > 0 } block)
            {
                timer.AdvanceTo(block.LastSampleTime);
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
