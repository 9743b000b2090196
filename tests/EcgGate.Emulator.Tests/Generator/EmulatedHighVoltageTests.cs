using CsCheck;
using EcgGate.Delivery;
using EcgGate.Emulator.Boards;
using EcgGate.Emulator.Generator;
using EcgGate.Emulator.Patient;
using EcgGate.Emulator.Tests.Boards;

namespace EcgGate.Emulator.Tests.Generator;

public sealed class EmulatedHighVoltageTests : IDisposable
{
    private static readonly PulseSetting Treatment = new(0, 3000, 90, 50);
    private static readonly PulseSetting Test = new(0, 100, 90, 50);

    private readonly VirtualPace _pace = new();
    private readonly List<IDisposable> _made = [];

    public void Dispose()
    {
        foreach (var made in _made)
        {
            made.Dispose();
        }
    }

    [Fact]
    public void It_is_off_until_it_is_set_charges_and_is_then_ready()
    {
        var rig = Build();
        rig.HighVoltage.State.Should().Be(GeneratorState.Off);

        rig.HighVoltage.Prepare(Treatment);

        // 450 J at 150 W.
        rig.HighVoltage.State.Should().Be(GeneratorState.Charging);
        _pace.Advance(2_990_000_000);
        rig.HighVoltage.State.Should().Be(GeneratorState.Charging);
        _pace.Advance(20_000_000);
        rig.HighVoltage.State.Should().Be(GeneratorState.Ready);
    }

    [Fact]
    public void Triggers_while_it_is_off_or_charging_make_no_pulse_no_artefact_and_are_counted()
    {
        var rig = Build();
        rig.Trigger();
        rig.HighVoltage.Prepare(Treatment);
        rig.Trigger();

        rig.HighVoltage.PulseCount.Should().Be(0);
        rig.HighVoltage.TriggersIgnored.Should().Be(2);
        rig.HighVoltage.TryReadPulse(out _).Should().BeFalse();
        rig.Ecg.Strengths.Should().BeEmpty();
        rig.Input.PulseCount.Should().Be(2, "the line's edges are stamped whatever comes of them");
    }

    [Fact]
    public void A_pulse_has_the_voltage_that_was_set_and_the_current_that_the_tissue_lets_through()
    {
        var rig = Build();
        var reading = rig.Deliver(Test);

        // Two cylinders of 1.07 mm, 20 mm apart, 15 mm long, in 0.12 S/m: arcosh(18.7) / (pi 0.12 0.015) = 640 ohm.
        reading.Fault.Should().Be(PulseFault.None);
        reading.Number.Should().Be(1);
        reading.Setting.Should().Be(Test);
        reading.MeanVolts.Should().BeInRange(99, 100);
        reading.ImpedanceOhms.Should().BeInRange(620, 660);
        reading.WidthMicroseconds.Should().Be(90);
    }

    [Fact]
    public void A_field_above_the_threshold_opens_the_tissue_within_the_pulse()
    {
        var rig = Build();
        var low = rig.Deliver(Test);
        var high = rig.Deliver(Treatment);
        var wave = rig.HighVoltage.TryGetWaveform(high.Number)!;

        (low.ImpedanceOhms / high.ImpedanceOhms).Should().BeInRange(2.3, 3.1);
        wave.Amperes.Should().HaveCount(90);
        (wave.Amperes.Max() / wave.Amperes[0]).Should().BeGreaterThan(2.5f);

        // 15 A for 90 us are 1.3 mC: 13 V of 100 uF.
        (wave.Volts[20] - wave.Volts[89]).Should().BeInRange(5, 20);
        high.PeakAmperes.Should().BeApproximately(wave.Amperes.Max(), 1e-3);
    }

    [Fact]
    public void Tissue_conducts_better_with_each_pulse_and_recovers_slowly()
    {
        var rig = Build(new HighVoltageOptions { Spread = 0 });
        var before = rig.Deliver(Test).ImpedanceOhms;
        var first = rig.Deliver(Treatment).ImpedanceOhms;
        var last = first;
        for (var i = 0; i < 69; i++)
        {
            _pace.Advance(900_000_000);
            last = rig.Deliver(Treatment).ImpedanceOhms;
        }

        (first / last).Should().BeInRange(1.15, 1.4);
        rig.Deliver(Test).ImpedanceOhms.Should().BeLessThan(before * 0.9);
        _pace.Advance(1_800_000_000_000);
        rig.Deliver(Test).ImpedanceOhms.Should().BeApproximately(before, before * 0.001);
    }

    [Fact]
    public void Below_the_threshold_no_pulse_changes_the_tissue()
    {
        var rig = Build(new HighVoltageOptions { Spread = 0 });
        var first = rig.Deliver(Test).ImpedanceOhms;
        for (var i = 0; i < 30; i++)
        {
            rig.Deliver(Test);
        }

        rig.Deliver(Test).ImpedanceOhms.Should().BeApproximately(first, first * 1e-3);
    }

    [Fact]
    public void A_pulse_above_the_current_limit_ends_within_two_microseconds()
    {
        var rig = Build();
        var reading = rig.Deliver(Treatment with { CurrentLimitAmperes = 8 });

        reading.Fault.Should().Be(PulseFault.OverCurrent);
        reading.WidthMicroseconds.Should().BeLessThan(20);
        reading.PeakAmperes.Should().BeInRange(8, 10);
        rig.HighVoltage.TryGetWaveform(1)!.Amperes.Count(amperes => amperes > 8).Should().BeLessThanOrEqualTo(2);
    }

    [Theory]
    [InlineData(ElectrodeContact.Open, PulseFault.OpenCircuit)]
    [InlineData(ElectrodeContact.Shorted, PulseFault.OverCurrent)]
    [InlineData(ElectrodeContact.Good, PulseFault.None)]
    public void A_bad_contact_shows_in_the_pulse(ElectrodeContact contact, PulseFault fault)
    {
        var rig = Build();
        rig.HighVoltage.SetContact(0, contact);
        var reading = rig.Deliver(Treatment);

        reading.Fault.Should().Be(fault);
        double.IsPositiveInfinity(reading.ImpedanceOhms).Should().Be(contact == ElectrodeContact.Open);
        (reading.WidthMicroseconds < 5).Should().Be(contact == ElectrodeContact.Shorted);
    }

    [Fact]
    public void An_arc_is_a_jump_of_the_current_that_ends_the_pulse()
    {
        var rig = Build();
        rig.HighVoltage.ArcNext(1);
        var reading = rig.Deliver(Treatment);
        var wave = rig.HighVoltage.TryGetWaveform(reading.Number)!;

        reading.Fault.Should().Be(PulseFault.Arc);
        reading.WidthMicroseconds.Should().BeLessThan(90);
        wave.Amperes[^1].Should().BeGreaterThan(50);
        rig.Deliver(Treatment).Fault.Should().Be(PulseFault.None);
    }

    [Fact]
    public void Arcs_are_rare_at_the_field_of_a_treatment_and_frequent_far_above_it()
    {
        int Arcs(double spacing)
        {
            var rig = Build(new HighVoltageOptions { Pairs = [new ElectrodePair { SpacingCm = spacing }] });
            return Enumerable.Range(0, 200).Count(_ => rig.Deliver(Treatment).Fault == PulseFault.Arc);
        }

        Arcs(2).Should().Be(0);
        Arcs(1).Should().BeInRange(70, 130);
    }

    [Fact]
    public void A_weak_bank_shows_as_low_voltage()
    {
        var rig = Build();
        rig.HighVoltage.VoltageShare = 0.8;

        rig.Deliver(Treatment).Fault.Should().Be(PulseFault.LowVoltage);
    }

    [Fact]
    public void After_a_pulse_it_recharges_and_ignores_triggers_meanwhile()
    {
        var rig = Build();
        rig.Deliver(Treatment);

        rig.HighVoltage.State.Should().Be(GeneratorState.Charging);
        rig.Trigger();
        _pace.Advance(50_000_000);
        rig.HighVoltage.State.Should().Be(GeneratorState.Ready);
        rig.HighVoltage.PulseCount.Should().Be(1);
        rig.HighVoltage.TriggersIgnored.Should().Be(1);
    }

    [Fact]
    public void A_reading_is_there_before_it_is_ready_again()
    {
        var rig = Build();
        rig.Ready(Treatment);
        rig.Trigger();

        rig.HighVoltage.State.Should().NotBe(GeneratorState.Ready);
        rig.HighVoltage.TryReadPulse(out _).Should().BeTrue();
    }

    [Fact]
    public void Switching_off_isolates_and_setting_again_charges_from_nothing()
    {
        var rig = Build();
        rig.Ready(Treatment);
        rig.HighVoltage.SafeOff();
        rig.Trigger();
        rig.HighVoltage.State.Should().Be(GeneratorState.Off);
        rig.HighVoltage.PulseCount.Should().Be(0);

        rig.HighVoltage.Prepare(Treatment);
        _pace.Advance(2_900_000_000);
        rig.HighVoltage.State.Should().Be(GeneratorState.Charging);
    }

    [Fact]
    public void A_failed_generator_says_why_and_ignores_triggers()
    {
        var rig = Build();
        rig.Ready(Treatment);
        rig.HighVoltage.Fail("The door is open: close it.");
        rig.Trigger();

        rig.HighVoltage.State.Should().Be(GeneratorState.Faulted);
        rig.HighVoltage.Problem.Should().Be("The door is open: close it.");
        rig.HighVoltage.PulseCount.Should().Be(0);
        rig.HighVoltage.Repair();
        rig.Deliver(Treatment).Number.Should().Be(1);
    }

    [Theory]
    [InlineData(0, 3001, 90, 50)]
    [InlineData(0, 0, 90, 50)]
    [InlineData(0, double.NaN, 90, 50)]
    [InlineData(0, 3000, 0.5, 50)]
    [InlineData(0, 3000, 101, 50)]
    [InlineData(0, 3000, 90, 51)]
    [InlineData(1, 3000, 90, 50)]
    [InlineData(-1, 3000, 90, 50)]
    public void A_setting_beyond_the_limits_is_refused_and_changes_nothing(int pair, double volts, double width, double amperes)
    {
        var rig = Build();
        rig.Ready(Test);
        var set = () => rig.HighVoltage.Prepare(new PulseSetting(pair, volts, width, amperes));

        set.Should().Throw<ArgumentOutOfRangeException>();
        rig.HighVoltage.State.Should().Be(GeneratorState.Ready);
        rig.Trigger();
        rig.HighVoltage.TryReadPulse(out var reading).Should().BeTrue();
        reading.Setting.Should().Be(Test);
    }

    [Fact]
    public void A_pair_s_pulses_leave_the_other_pair_as_it_is()
    {
        var rig = Build(new HighVoltageOptions { Spread = 0, Pairs = [new ElectrodePair(), new ElectrodePair { SpacingCm = 1 }] });
        var other = rig.Deliver(Test with { Pair = 1 }).ImpedanceOhms;
        for (var i = 0; i < 20; i++)
        {
            rig.Deliver(Treatment);
        }

        rig.Deliver(Test with { Pair = 1 }).ImpedanceOhms.Should().BeApproximately(other, 1e-3);
    }

    [Fact]
    public void The_patient_feels_a_pulse_by_its_voltage_and_its_current()
    {
        var rig = Build();
        rig.Deliver(Test);
        rig.Deliver(Treatment);
        rig.HighVoltage.SetContact(0, ElectrodeContact.Open);
        rig.Deliver(Treatment);

        rig.Ecg.Strengths[0].Should().BeInRange(0.015, 0.03);
        rig.Ecg.Strengths[1].Should().BeInRange(0.75, 1.05);
        rig.Ecg.Strengths[2].Should().BeApproximately(0.5, 0.01);
    }

    [Fact]
    public void Equal_settings_and_edges_give_equal_pulses()
    {
        static List<(double, double, PulseFault)> Run(ulong seed)
        {
            using var tests = new EmulatedHighVoltageTests();
            var rig = tests.Build(new HighVoltageOptions { Seed = seed, Pairs = [new ElectrodePair { SpacingCm = 1.2 }] });
            return [.. Enumerable.Range(0, 50).Select(_ => rig.Deliver(Treatment)).Select(reading => (reading.MeanVolts, reading.MeanAmperes, reading.Fault))];
        }

        Run(3).Should().Equal(Run(3));
        Run(3).Should().NotEqual(Run(4));
    }

    [Fact]
    public void Whatever_the_pulse_its_figures_are_finite_and_within_its_setting() =>
        Gen.Select(Gen.Double[1, 3000], Gen.Double[1, 100], Gen.Double[0.1, 50], Gen.Double[0.2, 5], Gen.Double[1, 60], Gen.Enum<ElectrodeContact>()).Sample(
            (volts, width, limit, spacing, exposure, contact) =>
            {
                using var tests = new EmulatedHighVoltageTests();
                var rig = tests.Build(new HighVoltageOptions { Pairs = [new ElectrodePair { SpacingCm = spacing, ExposureMm = exposure }] });
                rig.HighVoltage.SetContact(0, contact);
                var reading = rig.Deliver(new PulseSetting(0, volts, width, limit));
                reading.MeanVolts.Should().BeInRange(0, volts + 1e-9);
                reading.WidthMicroseconds.Should().BeInRange(0, width + 1e-9);
                reading.PeakAmperes.Should().BeGreaterThanOrEqualTo(reading.MeanAmperes - 1e-9);
                (reading.PeakAmperes <= limit || reading.Fault is PulseFault.OverCurrent or PulseFault.Arc).Should().BeTrue();
            },
            iter: 2000);

    [Fact]
    public void An_edge_that_makes_a_pulse_allocates_nothing()
    {
        var rig = Build();
        rig.Ecg.Strengths.EnsureCapacity(2000);
        rig.Ready(Test);

        void Round()
        {
            for (var i = 0; i < 50; i++)
            {
                _pace.Advance(60_000_000);
                rig.Input.TryRaise();
                rig.Input.TryLower();
                rig.HighVoltage.TryReadPulse(out _);
            }
        }

        Round();
        Allocation.LeastOf(Round).Should().Be(0);
        rig.HighVoltage.PulseCount.Should().Be(300);
        rig.HighVoltage.TryGetWaveform(1).Should().BeNull("only the last 256 are kept");
        rig.HighVoltage.TryGetWaveform(300).Should().NotBeNull();
    }

    [Fact]
    public async Task No_pulse_is_made_after_it_was_switched_off_from_another_thread()
    {
        for (var round = 0; round < 50; round++)
        {
            var rig = Build();
            rig.Ready(Test);
            using var running = new CancellationTokenSource();
            var edges = Task.Run(
                () =>
                {
                    while (!running.IsCancellationRequested)
                    {
                        _pace.Advance(60_000_000);
                        rig.Trigger();
                    }
                },
                TestContext.Current.CancellationToken);
            while (rig.HighVoltage.PulseCount < 3)
            {
                await Task.Yield();
            }

            rig.HighVoltage.SafeOff();
            var made = rig.HighVoltage.PulseCount;
            var ignored = rig.HighVoltage.TriggersIgnored;
            while (rig.HighVoltage.TriggersIgnored < ignored + 3)
            {
                await Task.Yield();
            }

            await running.CancelAsync();
            await edges;
            rig.HighVoltage.PulseCount.Should().Be(made);
        }
    }

    private Rig Build(HighVoltageOptions? options = null)
    {
        var rig = new Rig(options, _pace);
        _made.Add(rig);
        return rig;
    }

    private sealed class FeelingEcg : IAnalogEcg
    {
        public List<double> Strengths { get; } = [];

        public string Name => "test";

        public IReadOnlyList<string> LeadNames { get; } = ["II"];

        public double? DurationSeconds => null;

        public double Millivolts(int lead, double seconds) => 0;

        public bool IsLeadOff(int lead, double seconds) => false;

        public void DeliverPulse(double seconds) => throw new InvalidOperationException("A generator with high voltage knows how strong its pulses are.");

        public void DeliverPulse(double seconds, double strength) => Strengths.Add(strength);
    }

    private sealed class Rig : IDisposable
    {
        private readonly VirtualPace _pace;

        public Rig(HighVoltageOptions? options, VirtualPace pace)
        {
            _pace = pace;
            HighVoltage = new EmulatedHighVoltage(options, pace);
            Input = new EmulatedGenerator(Ecg, new PatientTime(pace.Now), pace, highVoltage: HighVoltage);
        }

        public FeelingEcg Ecg { get; } = new();

        public EmulatedHighVoltage HighVoltage { get; }

        public EmulatedGenerator Input { get; }

        public void Trigger()
        {
            Input.TryRaise().Should().BeTrue();
            Input.TryLower().Should().BeTrue();
        }

        public void Ready(in PulseSetting setting)
        {
            HighVoltage.Prepare(setting);
            for (var i = 0; i < 1000 && HighVoltage.State != GeneratorState.Ready; i++)
            {
                _pace.Advance(10_000_000);
            }

            HighVoltage.State.Should().Be(GeneratorState.Ready);
        }

        public PulseReading Deliver(in PulseSetting setting)
        {
            Ready(setting);
            Trigger();
            HighVoltage.TryReadPulse(out var reading).Should().BeTrue();
            return reading;
        }

        public void Dispose()
        {
            Input.Dispose();
            HighVoltage.Dispose();
        }
    }
}
