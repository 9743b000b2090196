using EcgGate.Delivery;
using EcgGate.Emulator.Simulation;

namespace EcgGate.Simulation.Tests;

/// <summary>Procedures on the simulated engine; and errors put in between session, gate, generator and record, each of which must be seen.</summary>
public sealed class ProcedureSimulationTests
{
    [Fact]
    public void No_invariant_breaks_in_procedures_with_all_faults()
    {
        var result = Run(new SimulationOptions { Seed = 1, Beats = 5_000 });

        Broken(result).Should().BeEmpty();
        var figures = result.Procedures!;
        (figures.Completed + figures.Aborts.Sum(entry => entry.Value)).Should().Be(figures.Procedures);
        (figures.Tests + figures.Treatments + figures.Failed + figures.Unexpected).Should().Be(figures.Made + figures.CountedFalsely);
        figures.Treatments.Should().BeGreaterThan(60);
        figures.Completed.Should().BeGreaterThan(5);
        result.Faults.Count(fault => FaultSelection.IsOfProcedures(fault.Key)).Should().BeGreaterThan(10);
    }

    [Fact]
    public void No_invariant_breaks_in_procedures_without_faults_and_none_is_aborted_by_one()
    {
        var result = Run(new SimulationOptions { Seed = 40, Beats = 1_500, Faults = FaultSelection.None });

        Broken(result).Should().BeEmpty();
        var figures = result.Procedures!;
        figures.Unexpected.Should().Be(0);
        figures.Treatments.Should().BeGreaterThan(100);
        figures.Pauses.Select(entry => entry.Key).Should().BeSubsetOf([DeliveryReason.EcgTooLong, DeliveryReason.Arc, DeliveryReason.ImpedanceRising, DeliveryReason.OverCurrent]);
    }

    [Theory]
    [InlineData("op-pauses,op-resumes,host-hangs")]
    [InlineData("arc,short,rising,op-pauses")]
    [InlineData("reading-lost,reading-late,count-jump,stray")]
    [InlineData("op-aborts,op-confirms,op-gone")]
    [InlineData("interlock,gen-slow,gen-refuses,garbled,ring-full")]
    public void No_invariant_breaks_where_every_procedure_meets_the_fault(string faults)
    {
        FaultSelection.TryParse(faults, out var selection, out var problem).Should().BeTrue(problem);
        var result = Run(new SimulationOptions { Seed = 9_000, Beats = 500, Faults = selection! });

        Broken(result).Should().BeEmpty();
        result.Faults.Select(fault => FaultSelection.NameOf(fault.Key)).Should().BeEquivalentTo(faults.Split(','));
    }

    [Fact]
    public void Procedures_change_nothing_in_a_simulation_without_them()
    {
        var result = SimulationRunner.Run(new SimulationOptions { Seed = 3, Beats = 1_000 }, cancellation: TestContext.Current.CancellationToken);

        result.Procedures.Should().BeNull();
        result.Faults.Should().NotContain(fault => FaultSelection.IsOfProcedures(fault.Key));
        new FaultPlan(3, FaultSelection.All).TryTake(400, out var first).Should().BeTrue();
        var with = new FaultPlan(3, FaultSelection.All, hasProcedures: true);
        SimulatedFault same;
        do
        {
            with.TryTake(400, out same).Should().BeTrue();
        }
        while (FaultSelection.IsOfProcedures(same.Kind));

        same.Should().Be(first);
    }

    [Fact]
    public void The_result_of_procedures_does_not_depend_on_the_number_of_cores()
    {
        static SimulationResult With(int cores) => Run(new SimulationOptions { Seed = 70, Beats = 1_100, Parallelism = cores });

        With(2).Should().BeEquivalentTo(With(1));
    }

    [Fact]
    public void A_gate_that_asks_for_no_permits_is_seen() =>
        Breaks(new ProcedureHooks { NeedsPermits = false }, Invariant.OnePulseForOnePermit);

    [Fact]
    public void A_session_that_permits_two_pulses_at_once_is_seen() =>
        Breaks(new ProcedureHooks { Gate = gate => new ChangedGate(gate) { Extra = 1 } }, Invariant.OnePulseForOnePermit);

    [Fact]
    public void A_session_that_pauses_without_disarming_is_seen() =>
        Breaks(new ProcedureHooks { Gate = gate => new ChangedGate(gate) { Disarms = false } }, Invariant.NoEdgeWhileHalted, "op-pauses");

    [Fact]
    public void An_abort_that_does_not_disarm_is_seen() =>
        Breaks(new ProcedureHooks { Gate = gate => new ChangedGate(gate) { Disarms = false } }, Invariant.NoEdgeAfterAbort, "op-aborts,host-hangs", beats: 1_500);

    [Fact]
    public void A_session_that_treats_instead_of_testing_is_seen() =>
        Breaks(new ProcedureHooks { Generator = generator => new ChangedGenerator(generator) { Prepared = setting => setting with { Volts = 700 } } }, Invariant.TreatmentConsented);

    [Fact]
    public void A_session_without_the_rules_about_faults_of_pulses_is_seen()
    {
        // It never learns of them: as if the rules were not there.
        static PulseReading Harmless(PulseReading reading) => reading with { Fault = PulseFault.None, MeanAmperes = reading.MeanVolts / 600 };
        Breaks(new ProcedureHooks { Generator = generator => new ChangedGenerator(generator) { Read = Harmless } }, Invariant.TreatmentConsented, "arc");
    }

    [Fact]
    public void A_record_that_loses_a_pulse_is_seen() =>
        Breaks(new ProcedureHooks { Sink = sink => new ChangedSink(sink) { Loses = true } }, Invariant.RecordEqual);

    [Fact]
    public void A_record_that_tells_a_pulse_twice_is_seen() =>
        Breaks(new ProcedureHooks { Sink = sink => new ChangedSink(sink) { Repeats = true } }, Invariant.EveryPulseAccounted);

    [Fact]
    public void A_record_that_counts_otherwise_than_the_session_is_seen() =>
        Breaks(new ProcedureHooks { Sink = sink => new ChangedSink(sink) { Delivered = 1 } }, Invariant.RecordEqual);

    private static SimulationResult Run(SimulationOptions options) =>
        SimulationRunner.Run(options with { Procedures = true }, cancellation: TestContext.Current.CancellationToken);

    private static IEnumerable<string> Broken(SimulationResult result) =>
        result.Failures.Select(failure => $"{failure.Breach.Invariant}: {failure.Breach.Detail}; {failure.Command}");

    private static void Breaks(ProcedureHooks hooks, Invariant invariant, string faults = "none", long beats = 300)
    {
        FaultSelection.TryParse(faults, out var selection, out var problem).Should().BeTrue(problem);
        var run = PatientRun.Run(40, beats, selection!, null, hooks);

        run.Breaches.Select(breach => breach.Invariant).Should().Contain(invariant);
        run.Breaches.Select(breach => breach.Invariant).Should().NotContain(Invariant.NoException);
    }

    private sealed class ChangedGate(IDeliveryGate gate) : IDeliveryGate
    {
        public int Extra { get; init; }

        public bool Disarms { get; init; } = true;

        public bool Arm() => gate.Arm();

        public void Disarm()
        {
            if (Disarms)
            {
                gate.Disarm();
            }
        }

        public bool Permit(long upToPulses, TimeSpan validFor) => gate.Permit(upToPulses + Extra, validFor);

        public void Report(DeliverySession session) => gate.Report(session);
    }

    private sealed class ChangedGenerator(IPulseGenerator generator) : IPulseGenerator
    {
        public Func<PulseSetting, PulseSetting> Prepared { get; init; } = static setting => setting;

        public Func<PulseReading, PulseReading> Read { get; init; } = static reading => reading;

        public string Name => generator.Name;

        public GeneratorLimits Limits => generator.Limits;

        public GeneratorState State => generator.State;

        public string? Problem => generator.Problem;

        public long PulseCount => generator.PulseCount;

        public void Prepare(in PulseSetting setting) => generator.Prepare(Prepared(setting));

        public void SafeOff() => generator.SafeOff();

        public bool TryReadPulse(out PulseReading reading)
        {
            var isThere = generator.TryReadPulse(out reading);
            reading = Read(reading);
            return isThere;
        }

        public void Dispose() => generator.Dispose();
    }

    private sealed class ChangedSink(IDeliverySink sink) : IDeliverySink
    {
        private int _pulses;

        public bool Loses { get; init; }

        public bool Repeats { get; init; }

        public int Delivered { get; init; }

        public void OnDelivery(in DeliveryEvent deliveryEvent)
        {
            var isTreatment = deliveryEvent.Kind == DeliveryEventKind.TreatmentPulse;
            if (Loses && isTreatment && ++_pulses == 2)
            {
                return;
            }

            sink.OnDelivery(deliveryEvent with { Delivered = deliveryEvent.Delivered + Delivered });
            if (Repeats && isTreatment)
            {
                sink.OnDelivery(in deliveryEvent);
            }
        }
    }
}
