using static EcgGate.Simulation.Tests.Model.Request;

namespace EcgGate.Simulation.Tests.Model;

/// <summary>
/// The small machine, explored to its last state: no edge follows a disarm or passes the cut-off, and each order is
/// answered once, in whatever order the single steps of the threads come.
/// </summary>
public sealed class PulseModelTests(ITestOutputHelper output)
{
    private const int MostStates = 3_000_000;

    private static readonly Request[] Nothing = [];
    private static readonly Request[] OrderOnce = [Order, Await];
    private static readonly Request[] OrderTwice = [Order, Await, Order, Await];
    private static readonly Request[] OrderAndCancel = [Order, Cancel, Await];
    private static readonly Request[] CancelAndOrder = [Order, Cancel, Await, Order, Await];

    public static TheoryData<string> Programs => [.. AllPrograms.Keys];

    private static Dictionary<string, (Request[] Core, Request[] Host0, Request[] Host1)> AllPrograms { get; } = new(StringComparer.Ordinal)
    {
        ["two orders undisturbed"] = (OrderTwice, Nothing, Nothing),
        ["an order, disarmed"] = (OrderOnce, [Disarm], Nothing),
        ["an order, disarmed by two"] = (OrderOnce, [Disarm], [Disarm]),
        ["an order withdrawn, and disarmed"] = (OrderAndCancel, [Disarm], Nothing),
        ["an order withdrawn and another, disarmed"] = (CancelAndOrder, [Disarm], Nothing),
        ["two orders, disarmed and armed anew"] = (OrderTwice, [Disarm, Arm], Nothing),
        ["two orders, disarmed by one and armed by another"] = (OrderTwice, [Disarm], [Arm]),
        ["an order, armed twice and disarmed"] = (OrderOnce, [Arm, Disarm], [Arm]),
        ["an order, its own arming taken back and armed anew"] = (OrderTwice, [DisarmFirst], [Arm]),
        ["an order, stopped"] = (OrderOnce, [Stop], Nothing),
        ["an order, stopped and disarmed and armed"] = (OrderOnce, [Stop], [Disarm, Arm]),
    };

    [Theory]
    [MemberData(nameof(Programs))]
    public void In_every_interleaving_no_edge_follows_a_disarm_or_passes_the_cutoff(string program)
    {
        Explore(program).Should().Be(null);
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public void Wherever_the_timers_thread_is_halted_a_late_edge_is_answered_as_a_fault_that_disarms(string program)
    {
        Explore(program, mayHalt: true).Should().Be(null);
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public void Claiming_an_order_ahead_of_its_deadline_makes_no_edge_early_and_none_after_a_disarm(string program)
    {
        Explore(program, claimLead: 1).Should().Be(null);
        Explore(program, mayHalt: true, claimLead: 1).Should().Be(null);
    }

    [Theory]
    [InlineData("an order, disarmed")]
    [InlineData("two orders undisturbed")]
    [InlineData("two orders, disarmed and armed anew")]
    public void However_the_line_refuses_each_order_is_answered_once_and_a_fault_disarms(string program)
    {
        Explore(program, mayHalt: true, mayRefuse: true).Should().Be(null);
    }

    [Theory]
    [InlineData(Planted.BlindClaim, "an order, disarmed", "although 1 was taken back")]
    [InlineData(Planted.DisarmDoesNotWait, "an order, disarmed", "although 1 was taken back")]
    [InlineData(Planted.NoLastLook, "two orders undisturbed", "forbade it")]
    [InlineData(Planted.AnyToken, "two orders, disarmed by one and armed by another", "was taken back")]
    internal void An_error_that_was_put_in_is_found(Planted planted, string program, string expected)
    {
        Explore(program, planted: planted).Should().Contain(expected);
    }

    private string? Explore(string program, bool mayHalt = false, bool mayRefuse = false, int claimLead = 0, Planted planted = Planted.None)
    {
        var (core, host0, host1) = AllPrograms[program];
        var model = new PulseModel(core, host0, host1) { MayHaltBeforeEdge = mayHalt, MayRefuse = mayRefuse, Planted = planted };
        var found = Explorer.Explore(PulseModel.Start(claimLead), model.Successors, model.AtEnd, MostStates);
        output.WriteLine($"{program}: {found.States} states, {found.Terminal} ends{(found.Broken is null ? "" : $"; {found.Broken}\n  {string.Join("\n  ", found.Trace)}")}");
        if (found.Broken is null)
        {
            found.Terminal.Should().BePositive("an exploration that reaches no end has shown nothing");
        }

        return found.Broken;
    }
}
