using EcgGate.Emulator.Patient;

namespace EcgGate.Emulator.Tests;

public sealed class PatientCatalogTests
{
    [Fact]
    public void Options_are_read_as_written()
    {
        ScenarioCatalog.TryParse("patient:sinus-pvc?noise=muscle:0.1&mains=50:0.2&seed=7&rate=72&duration=120&invert=0&leadoff=1@20-25.5&wander=0.3@8-&spike=-3:0.7&gain=0.5", out var scenario, out var problem).Should().BeTrue();

        problem.Should().BeEmpty();
        scenario!.Name.Should().Be("sinus-pvc");
        scenario.Seed.Should().Be(7);
        scenario.RatePerMinute.Should().Be(72);
        scenario.DurationSeconds.Should().Be(120);
        scenario.InvertLead0.Should().BeTrue();
        scenario.InvertLead1.Should().BeFalse();
        scenario.AmplitudeFactor.Should().Be(0.5);
        scenario.SpikeMillivolts.Should().Be(-3);
        scenario.SpikeSeconds.Should().BeApproximately(0.0007, 1e-12);
        scenario.Disturbances.Should().Equal(
            new MuscleNoise(0.1),
            new MainsHum(50, 0.2),
            new LeadOff(1) { StartSeconds = 20, EndSeconds = 25.5 },
            new BaselineWander(0.3) { StartSeconds = 8 });
        new VirtualPatient(scenario).Name.Should().Be("patient:sinus-pvc");
    }

    [Fact]
    public void Every_scenario_of_the_catalogue_has_a_name_a_line_and_defaults_that_run()
    {
        ScenarioCatalog.All.Select(s => s.Name).Should().OnlyHaveUniqueItems();
        foreach (var scenario in ScenarioCatalog.All)
        {
            scenario.Description.Should().NotBeEmpty();
            ScenarioCatalog.TryParse("patient:" + scenario.Name, out var same, out _).Should().BeTrue();
            same.Should().Be(scenario);
            new VirtualPatient(scenario).Millivolts(0, 1).Should().NotBe(double.NaN);
        }
    }

    [Theory]
    [InlineData("sinus-pvcs", "There is no scenario 'sinus-pvcs' (did you mean 'sinus-pvc'?). The scenarios are: sinus-60, *")]
    [InlineData("", "There is no scenario ''*. The scenarios are: *")]
    [InlineData("waltz-in-three", "There is no scenario 'waltz-in-three'. The scenarios are: *")]
    [InlineData("sinus-60?sed=7", "The virtual patient has no option 'sed' (did you mean 'seed'?). *")]
    [InlineData("sinus-60?", "The virtual patient has no option ''*")]
    [InlineData("sinus-60?seed", "Option 'seed' of the virtual patient needs a value, as in 'seed=7'.")]
    [InlineData("sinus-60?seed=-1", "Option 'seed=-1' of the virtual patient is not a whole number from 0 up, as in 'seed=7'.")]
    [InlineData("sinus-60?rate=300", "*is not a number of beats per minute from 20 to 220*")]
    [InlineData("sinus-60?rate=6e1", "*is not a number of beats per minute*")]
    [InlineData("sinus-60?rate=NaN", "*is not a number of beats per minute*")]
    [InlineData("sinus-60?duration=0", "*is not a number of seconds*")]
    [InlineData("sinus-60?rate=60&rate=70", "Option 'rate' of the virtual patient is given twice; give it once.")]
    [InlineData("sinus-60?noise=0.1", "*is not a kind (muscle, wander or motion)*")]
    [InlineData("sinus-60?noise=brass:0.1", "*is not a kind (muscle, wander or motion)*")]
    [InlineData("sinus-60?mains=50", "*is not a frequency from 40 to 70 Hz and a size*")]
    [InlineData("sinus-60?mains=500:0.1", "*is not a frequency*")]
    [InlineData("sinus-60?leadoff=2@1-2", "*is not a lead*")]
    [InlineData("sinus-60?leadoff=0@5-4", "*is not a lead*as in 'leadoff=0@20-25'.")]
    [InlineData("sinus-60?wander=0.3@x-4", "*is not a size in mV*")]
    [InlineData("sinus-60?wander=0.3@4", "*is not a size in mV*")]
    [InlineData("paced?spike=900:1", "*is not a height in mV from -700 to 700 and a width*")]
    [InlineData("paced?spike=3:5", "*is not a height in mV*")]
    [InlineData("sinus-60?invert=2", "*is not a lead*")]
    public void A_mistake_is_named_with_what_would_be_right(string text, string expected)
    {
        ScenarioCatalog.TryParse("patient:" + text, out var scenario, out var problem).Should().BeFalse();
        scenario.Should().BeNull();
        problem.Should().Match(expected);
    }

    [Fact]
    public void A_patient_out_of_range_is_refused_instead_of_living_without_end()
    {
        var sinus = ScenarioCatalog.Get("sinus-60");
        foreach (var wrong in (PatientScenario[])[sinus with { RatePerMinute = 0 }, sinus with { RatePerMinute = double.NaN }, sinus with { DurationSeconds = 0 }, sinus with { DurationSeconds = double.PositiveInfinity }])
        {
            var create = () => new VirtualPatient(wrong);
            create.Should().Throw<ArgumentOutOfRangeException>();
        }

        var patient = new VirtualPatient(sinus);
        foreach (var seconds in (double[])[1e300, double.PositiveInfinity, double.NaN])
        {
            var ask = () => patient.Truth.BeatsBetween(0, seconds);
            ask.Should().Throw<ArgumentOutOfRangeException>();
        }

        patient.Millivolts(0, double.NaN).Should().Be(0);
        patient.Millivolts(0, -1).Should().Be(0);
    }

    [Fact]
    public void Traces_are_small_reproducible_and_keep_clear_of_the_mark_for_invalid_samples()
    {
        TraceCatalog.All.Select(t => t.Name).Should().OnlyHaveUniqueItems();
        TraceCatalog.All.Count.Should().BeInRange(20, 25);
        var bytes = 0.0;
        foreach (var definition in TraceCatalog.All)
        {
            var trace = definition.Make();
            bytes += trace.Samples.Sum(s => s.Length * 1.5);
            trace.LeadNames.Should().HaveCount(2);
            trace.Samples.Should().OnlyContain(s => s.Length == 60 * definition.SamplingRateHertz && s.Max() <= 2047 && s.Min() >= -2047);
            trace.Truth.Beats.Count.Should().BeGreaterThan(25);
            trace.Truth.AllRhythms[^1].EndSeconds.Should().Be(60);
            if (definition.Name != "lead-off")
            {
                trace.Samples.Should().OnlyContain(s => s.Max() < 2047 && s.Min() > -2047, "{0} must not be cut off", definition.Name);
            }
        }

        bytes.Should().BeLessThan(2.4e6);
    }

    [Fact]
    public void A_trace_holds_what_its_patient_gives()
    {
        var definition = TraceCatalog.Find("sinus-pvc")!;
        var trace = definition.Make();
        var patient = new VirtualPatient(definition.Scenario);
        trace.Truth.Beats.Should().Equal(patient.Truth.BeatsBetween(0, 60));
        trace.Truth.Beats.Should().Contain(b => b.Class == TruthBeatClass.Ventricular);
        for (var i = 0; i < 30_000; i++)
        {
            (trace.Samples[0][i] / 400.0).Should().BeApproximately(patient.Millivolts(0, i / 500.0), 0.00125001);
        }

        TraceCatalog.Find("no-such-trace").Should().BeNull();
    }
}
