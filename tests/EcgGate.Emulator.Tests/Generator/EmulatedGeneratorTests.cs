using EcgGate.Emulator.Boards;
using EcgGate.Emulator.Generator;
using EcgGate.Emulator.Tests.Boards;

namespace EcgGate.Emulator.Tests.Generator;

public sealed class EmulatedGeneratorTests : IDisposable
{
    private readonly VirtualPace _pace = new();
    private readonly StubEcg _patient = new((_, _) => 0);
    private readonly EmulatedGenerator _generator;

    public EmulatedGeneratorTests() =>
        _generator = new EmulatedGenerator(_patient, new PatientTime(_pace.Now), _pace, capacity: 100);

    public void Dispose() => _generator.Dispose();

    [Fact]
    public void Each_pulse_is_stamped_measured_and_felt_by_the_patient()
    {
        _generator.IsHigh.Should().BeFalse();
        _pace.Advance(250_000_000);
        _generator.TryRaise().Should().BeTrue();
        _generator.IsHigh.Should().BeTrue();
        _pace.Advance(1_000_000);
        _generator.TryLower().Should().BeTrue();

        var pulse = _generator.GetPulses().Should().ContainSingle().Subject;
        pulse.PatientSeconds.Should().BeApproximately(0.25, 1e-9);
        pulse.WidthSeconds.Should().BeApproximately(0.001, 1e-12);
        _patient.Pulses.Should().Equal(pulse.PatientSeconds);
    }

    [Fact]
    public void Raising_a_line_that_is_high_is_no_second_pulse()
    {
        _generator.TryRaise().Should().BeTrue();
        _generator.TryRaise().Should().BeTrue();
        _generator.TryLower().Should().BeTrue();
        _generator.TryLower().Should().BeTrue();

        _generator.PulseCount.Should().Be(1);
    }

    [Fact]
    public void Each_failure_does_what_its_name_says()
    {
        _generator.Failures = GeneratorFailures.RefusesRaise;
        _generator.TryRaise().Should().BeFalse();
        _generator.Failures = GeneratorFailures.SticksLow;
        _generator.TryRaise().Should().BeTrue();
        _generator.PulseCount.Should().Be(0);

        _generator.Failures = GeneratorFailures.None;
        _generator.TryRaise();
        _generator.Failures = GeneratorFailures.RefusesLower;
        _generator.TryLower().Should().BeFalse();
        _generator.Failures = GeneratorFailures.SticksHigh;
        _generator.TryLower().Should().BeTrue();
        _generator.IsHigh.Should().BeTrue();
        double.IsNaN(_generator.GetPulses()[0].WidthSeconds).Should().BeTrue();
        PulseReferee.Judge(_generator, new ListTruth([])).LineStuckHigh.Should().BeTrue();
    }

    [Fact]
    public void Disposing_makes_the_line_low()
    {
        _generator.TryRaise();

        _generator.Dispose();

        _generator.IsHigh.Should().BeFalse();
    }

    [Fact]
    public void More_pulses_than_fit_are_counted_still()
    {
        for (var i = 0; i < 130; i++)
        {
            _generator.TryRaise();
            _pace.Advance(1000);
            _generator.TryLower();
        }

        _generator.PulseCount.Should().Be(130);
        _generator.GetPulses().Should().HaveCount(100);
        PulseReferee.Judge(_generator, new ListTruth([])).NotJudged.Should().Be(30);
    }

    [Fact]
    public void An_edge_allocates_nothing()
    {
        var generator = new EmulatedGenerator(_patient, default);
        _patient.Pulses.EnsureCapacity(1000);

        void Round()
        {
            for (var i = 0; i < 100; i++)
            {
                generator.TryRaise();
                generator.TryLower();
            }
        }

        Round();
        Allocation.LeastOf(Round).Should().Be(0);
        generator.PulseCount.Should().Be(600);
    }
}
