using CsCheck;
using EcgGate.Emulator.Faults;

namespace EcgGate.Emulator.Tests.Faults;

public sealed class FaultScriptTests
{
    [Fact]
    public void A_script_is_read_with_its_defaults_and_in_order_of_time()
    {
        var schedule = FaultScript.Parse(
            """
            {
              "seed": 7, // chance
              "faults": [
                { "kind": "unplugged", "atSeconds": 40 },
                { "kind": "lead-off", "atSeconds": 20.5, "seconds": 2, "lead": -1 },
                { "kind": "board-reset", "atSeconds": 30 },
                { "kind": "clock-off", "atSeconds": 0, "seconds": 10 },
              ]
            }
            """,
            out var problems);

        problems.Should().BeEmpty();
        schedule.Seed.Should().Be(7);
        schedule.Faults.Should().Equal(
            new Fault(FaultKind.ClockOff, 0, 10, 500),
            new Fault(FaultKind.LeadOff, 20.5, 2, -1),
            new Fault(FaultKind.BoardReset, 30, 0, 0),
            new Fault(FaultKind.Unplugged, 40, double.PositiveInfinity, 0));
    }

    [Fact]
    public void Every_problem_is_told_with_its_place()
    {
        _ = FaultScript.Parse(
            """
            {
              "sed": 1,
              "seed": -3,
              "faults": [
                { "kind": "drdy-lost" },
                { "kind": "gremlins", "atSeconds": 1 },
                { "atSeconds": 1 },
                { "kind": "lead-off", "atSeconds": "now", "lead": 0.5 },
                { "kind": "board-reset", "atSeconds": 3, "seconds": 1 },
                { "kind": "bit-errors", "atSeconds": 3, "seconds": 0, "probability": 2, "ppm": 1 },
                5
              ]
            }
            """,
            out var problems);

        problems.Select(problem => problem[..problem.IndexOf(':', StringComparison.Ordinal)]).Should().Equal(
            "$.sed",
            "$.seed",
            "$.faults[0].atSeconds",
            "$.faults[1].kind",
            "$.faults[2].kind",
            "$.faults[3].atSeconds",
            "$.faults[3].lead",
            "$.faults[4].seconds",
            "$.faults[5].seconds",
            "$.faults[5].probability",
            "$.faults[5].ppm",
            "$.faults[6]");
    }

    [Theory]
    [InlineData("", "line 1")]
    [InlineData("{\n  \"faults\": [\n", "line 3")]
    [InlineData("[]", "$:")]
    [InlineData("{}", "$:")]
    [InlineData("{\"faults\": 5}", "$.faults:")]
    public void What_is_no_script_is_refused_with_its_place(string text, string place)
    {
        _ = FaultScript.Parse(text, out var problems);

        problems.Should().ContainSingle().Which.Should().StartWith(place);
    }

    [Fact]
    public void A_script_by_chance_is_the_same_for_the_same_seed_and_comes_back_from_its_file()
    {
        Gen.ULong.Sample(seed =>
        {
            var schedule = FaultScript.Random(seed, Enum.GetValues<FaultKind>(), 300);
            FaultScript.Random(seed, Enum.GetValues<FaultKind>(), 300).Faults.Should().Equal(schedule.Faults);
            var again = FaultScript.Parse(FaultScript.Write(schedule), out var problems);

            problems.Should().BeEmpty();
            again.Seed.Should().Be(seed);
            again.Faults.Should().Equal(schedule.Faults);
            schedule.Faults.Should().OnlyContain(fault => fault.StartSeconds < 300 && fault.StartSeconds >= 2);
        }, iter: 50);
    }

    [Fact]
    public void A_longer_run_of_the_same_seed_begins_like_the_shorter()
    {
        var shorter = FaultScript.Random(3, BoardPart.Ads1292R, 100).Faults;
        var longer = FaultScript.Random(3, BoardPart.Ads1292R, 1000).Faults;

        shorter.Should().NotBeEmpty();
        longer.Take(shorter.Count).Should().Equal(shorter);
        longer.Select(fault => fault.Kind).Distinct().Should().HaveCountGreaterThan(8);
    }

    [Fact]
    public void A_fault_is_under_way_from_its_start_until_before_its_end_and_what_happens_at_once_is_counted()
    {
        var schedule = new FaultSchedule([new Fault(FaultKind.ClockOff, 10, 2, 300), new Fault(FaultKind.BoardReset, 5, 0, 0), new Fault(FaultKind.BoardReset, 6, 0, 0)]);

        schedule.IsUnderWay(FaultKind.ClockOff, 9.999).Should().BeFalse();
        schedule.IsUnderWay(FaultKind.ClockOff, 10, out var ppm).Should().BeTrue();
        ppm.Should().Be(300);
        schedule.IsUnderWay(FaultKind.ClockOff, 12).Should().BeFalse();
        schedule.IsUnderWay(FaultKind.StuckData, 11).Should().BeFalse();
        schedule.CountBegun(FaultKind.BoardReset, 5.5).Should().Be(1);
        schedule.CountBegun(FaultKind.BoardReset, 100).Should().Be(2);
        schedule.CountOver(FaultKind.ClockOff, 11).Should().Be(0);
        schedule.CountOver(FaultKind.ClockOff, 12).Should().Be(1);
    }

    [Fact]
    public void A_fault_reads_as_a_sentence_for_people()
    {
        new Fault(FaultKind.ClockOff, 10, 2, -300).ToString().Should().Be("clock-off at 10 s for 2 s, ppm -300");
        new Fault(FaultKind.Unplugged, 10.25, double.PositiveInfinity, 0).ToString().Should().Be("unplugged at 10.25 s, for good");
        new Fault(FaultKind.BoardReset, 5, 0, 0).ToString().Should().Be("board-reset at 5 s");
    }
}
