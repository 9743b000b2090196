using EcgGate.Emulator.Simulation;

namespace EcgGate.Simulation.Tests;

public sealed class FaultSelectionTests
{
    [Theory]
    [InlineData("all", "all")]
    [InlineData("none", "none")]
    [InlineData("nan,lost", "lost,nan")]
    [InlineData("lost#3, lost#1,line-slow", "line-slow,lost#1,lost#3")]
    public void A_selection_reads_back_as_it_is_written(string text, string expected)
    {
        FaultSelection.TryParse(text, out var selection, out var problem).Should().BeTrue(problem);
        selection!.ToString().Should().Be(expected);
        FaultSelection.TryParse(expected, out var again, out _).Should().BeTrue();
        again!.ToString().Should().Be(expected);
    }

    [Theory]
    [InlineData("")]
    [InlineData("lots")]
    [InlineData("lost#")]
    [InlineData("lost#-1")]
    [InlineData("lost,,nan")]
    public void What_is_no_fault_is_refused_with_what_would_be_one(string text)
    {
        FaultSelection.TryParse(text, out _, out var problem).Should().BeFalse();
        problem.Should().Contain("timer-late");
    }

    [Fact]
    public void Every_kind_has_a_name_of_its_own()
    {
        Enum.GetValues<SimulatedFaultKind>().Select(FaultSelection.NameOf).Should().OnlyHaveUniqueItems();
    }

    [Fact]
    public void Leaving_a_fault_out_changes_no_other()
    {
        FaultSelection.TryParse("lost,nan", out var both, out _).Should().BeTrue();
        FaultSelection.TryParse("lost", out var one, out _).Should().BeTrue();

        List<SimulatedFault> Plan(FaultSelection selection)
        {
            var plan = new FaultPlan(3, selection);
            var faults = new List<SimulatedFault>();
            while (plan.TryTake(500, out var fault))
            {
                faults.Add(fault);
            }

            return faults;
        }

        Plan(one!).Should().NotBeEmpty().And.Equal(Plan(both!).Where(fault => fault.Kind == SimulatedFaultKind.Lost));
    }
}
