namespace EcgGate.Tests;

public sealed class GateOptionsTests
{
    [Fact]
    public void The_defaults_are_valid() => new GateOptions().Validate().Should().BeEmpty();

    [Fact]
    public void Options_that_could_place_an_edge_beyond_the_cutoff_are_refused()
    {
        var options = new GateOptions { TargetDelay = TimeSpan.FromMilliseconds(70), Cutoff = TimeSpan.FromMilliseconds(70) };

        options.Validate().Should().ContainSingle().Which.Should().Contain("beyond the cut-off");
    }

    [Fact]
    public void Options_under_which_a_slow_but_allowed_rhythm_could_never_be_fired_on_are_refused()
    {
        var options = new GateOptions { MinimumRatePerMinute = 20 };

        options.Validate().Should().ContainSingle().Which.Should().Contain("Asystole time");
    }
}
