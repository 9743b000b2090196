using EcgGate.Gating;
using EcgGate.TestSupport;

namespace EcgGate.Tests.Gating;

public sealed class GatePolicyTests
{
    [Fact]
    public void The_table_in_the_documents_lists_the_rules_in_their_order()
    {
        var rows = File.ReadLines(Path.Combine(Recordings.Repository, "docs", "gating.md"))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .Where(cells => cells.Length > 4 && int.TryParse(cells[1], out _))
            .Select(cells => (cells[2], cells[3].Trim('`'), cells[5]));

        rows.Should().Equal(GatePolicy.Rules.Select(rule => (rule.Outcome.ToString().ToLowerInvariant(), rule.Reason.ToString(), rule.Hazard)));
    }
}
