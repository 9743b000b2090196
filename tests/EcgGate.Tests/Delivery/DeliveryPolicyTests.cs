using EcgGate.Delivery;
using EcgGate.TestSupport;

namespace EcgGate.Tests.Delivery;

public sealed class DeliveryPolicyTests
{
    private static DeliveryContext Fine => new()
    {
        IsPaused = false,
        AbortRequested = false,
        PauseRequested = false,
        SinceHeartbeat = TimeSpan.FromSeconds(1),
        Elapsed = TimeSpan.FromMinutes(1),
        BeatWait = TimeSpan.FromSeconds(3),
        GeneratorWait = TimeSpan.FromSeconds(1),
        GateFaulted = false,
        GateStopped = false,
        GateDisarmed = false,
        GeneratorFaulted = false,
        GeneratorRefused = false,
        PulseWasUnexpected = false,
        SettingWasWrong = false,
        PulseIsMissing = false,
        ReadingIsLost = false,
        Fault = PulseFault.None,
        LowVoltages = 1,
        Failures = 1,
        Ohms = 500,
        FirstOhms = 500,
        TestRefused = DeliveryReason.None,
        Protocol = Plans.Small,
    };

    [Fact]
    public void A_procedure_in_which_nothing_is_wrong_goes_on() => DeliveryPolicy.Judge(Fine).Should().BeNull();

    [Fact]
    public void What_ends_a_procedure_comes_before_what_pauses_it()
    {
        var verdicts = DeliveryPolicy.Rules.Select(rule => rule.Verdict).ToList();
        verdicts.LastIndexOf(DeliveryState.Aborted).Should().BeLessThan(verdicts.IndexOf(DeliveryState.Paused));
        DeliveryPolicy.Judge(Fine with { PauseRequested = true, AbortRequested = true })!.Reason.Should().Be(DeliveryReason.OperatorAborted);
    }

    [Fact]
    public void A_paused_procedure_is_ended_but_not_paused_again()
    {
        DeliveryPolicy.Judge(Fine with { IsPaused = true, PauseRequested = true }).Should().BeNull();
        DeliveryPolicy.Judge(Fine with { IsPaused = true, GateFaulted = true })!.Reason.Should().Be(DeliveryReason.GateFaulted);
    }

    [Fact]
    public void Each_reason_has_a_rule()
    {
        var ruled = DeliveryPolicy.Rules.Select(rule => rule.Reason).ToHashSet();
        ruled.Should().BeEquivalentTo(Enum.GetValues<DeliveryReason>().Except([DeliveryReason.None]));
    }

    [Fact]
    public void The_guide_lists_the_rules_in_their_order_with_their_hazards()
    {
        var rows = File.ReadLines(Path.Combine(Recordings.Repository, "docs", "delivery.md"))
            .Where(line => line.StartsWith("| Abort |", StringComparison.Ordinal) || line.StartsWith("| Pause |", StringComparison.Ordinal))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .Select(cells => (cells[1], cells[2].Trim('`'), cells[3]));

        rows.Should().Equal(DeliveryPolicy.Rules.Select(rule => (rule.Verdict == DeliveryState.Aborted ? "Abort" : "Pause", rule.Reason.ToString(), rule.Hazard)));
    }
}
