using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using EcgGate.Delivery;
using EcgGate.TestSupport;

namespace EcgGate.Tests.Delivery;

public sealed class PulseProtocolTests
{
    private static readonly GeneratorLimits Limits = new(3000, 50, 1, 100, 3);

    private static string Reference => File.ReadAllText(Path.Combine(Plans.Examples, "pubic-metastasis.json"));

    [Theory]
    [MemberData(nameof(Plans.ExampleFiles), MemberType = typeof(Plans))]
    public void Each_example_may_be_armed_and_reads_back_as_it_was_written(string file)
    {
        var plan = Plans.Load(file);

        plan.Validate(Limits).Should().BeEmpty();
        PulseProtocol.Parse(plan.ToJson()).Should().BeEquivalentTo(plan);
    }

    [Fact]
    public void The_reference_case_is_the_published_one()
    {
        var plan = Plans.Load("pubic-metastasis.json");

        plan.Test.Pulses.Should().Be(20);
        plan.Test.MaximumOhms.Should().Be(1500);
        plan.VoltsOf(0).Should().Be(3000);
        plan.TreatmentSetting(0).Should().Be(new PulseSetting(0, 3000, 90, 50));
        plan.Treatment.PulsesPerPair.Should().Be(70);
        plan.Pairs[0].ExposureMm.Should().Be(15);
    }

    [Fact]
    public void A_spacing_beyond_the_generator_is_refused_with_the_arithmetic_and_the_largest_that_works()
    {
        var plan = PulseProtocol.Parse(Reference.Replace("\"spacingCm\": 2.0", "\"spacingCm\": 2.2", StringComparison.Ordinal));

        plan.Validate(Limits).Should().ContainSingle().Which.ToString().Should().Be(
            "$.pairs[0].spacingCm: 1,500 V/cm over 2.2 cm is 3,300 V; the generator reaches 3,000 V. The largest spacing at this field is 2.0 cm, the highest field over this spacing 1,363 V/cm.");
    }

    [Fact]
    public void The_spacing_and_the_field_that_are_offered_work() =>
        Gen.Select(Gen.Double[100, 5000], Gen.Double[0.2, 10], Gen.Double[500, 4000]).Sample((field, spacing, most) =>
        {
            var plan = Plans.Small with { Treatment = Plans.Small.Treatment with { FieldVoltsPerCm = field }, Pairs = [Plans.Small.Pairs[0] with { SpacingCm = spacing }] };
            var limits = Limits with { MaximumVolts = most };
            var problem = plan.Validate(limits).SingleOrDefault();
            if (problem == default)
            {
                plan.VoltsOf(0).Should().BeLessThanOrEqualTo(most);
                return;
            }

            var words = problem.Message.Split(' ');
            var offered = double.Parse(words[Array.IndexOf(words, "cm,") - 1]);
            var field2 = double.Parse(words[^2]);
            var narrow = plan with { Pairs = [plan.Pairs[0] with { SpacingCm = offered }] };
            var weak = plan with { Treatment = plan.Treatment with { FieldVoltsPerCm = field2 } };

            // What lies outside of the plan's own range is another matter.
            narrow.Validate(limits).Should().NotContain(each => each.Message.Contains("the generator reaches", StringComparison.Ordinal));
            weak.Validate(limits).Should().NotContain(each => each.Message.Contains("the generator reaches", StringComparison.Ordinal));
            (field * (offered + 0.0101)).Should().BeGreaterThan(most);
        });

    [Fact]
    public void What_is_beyond_the_generator_is_listed_together()
    {
        var plan = Plans.Small with
        {
            Pairs = [.. Plans.Small.Pairs, new PlannedPair { Name = "D", Output = 7, SpacingCm = 3, ExposureMm = 15 }],
            Treatment = Plans.Small.Treatment with { WidthMicroseconds = 200, CurrentLimitAmperes = 80 },
        };

        plan.Validate(Limits).Select(problem => problem.Path).Should().BeEquivalentTo(
            "$.pairs[2].spacingCm", "$.pairs[2].output", "$.treatment.currentLimitAmperes", "$.treatment.widthMicroseconds");
    }

    [Fact]
    public void Every_problem_of_a_plan_is_listed_with_its_path_and_line()
    {
        const string Bad = """
            {
              "name": "",
              "gating": "ekg",
              "pulses": 70,
              "pairs": [
                { "name": "A-B", "spacingMm": 20, "exposureMm": 15 },
                { "name": "A-B", "output": 0, "spacingCm": -1, "exposureMm": "15 mm" },
                7
              ],
              "test": { "pulses": 2.5, "volts": 1e999, "widthMicroseconds": 0.09, "minimumOhms": 1500, "maximumOhms": 50, "maximumOhms": 60 },
              "limits": { "ecgWaitSeconds": null, "totalMinutes": true }
            }
            """;
        var parse = () => PulseProtocol.Parse(Bad, "bad.json");

        var thrown = parse.Should().Throw<PulseProtocolException>().Which;
        thrown.Problems.Select(problem => problem.ToString()).Should().Equal(
            "$.name (line 2): must have 1 to 100 characters, and no line breaks or other control characters.",
            "$.gating (line 3): is \"ekg\"; give \"ecg\" or \"fixedRate\".",
            "$.pulses (line 4): is no field of a plan.",
            "$.pairs[0].spacingMm (line 6): is no field of $.pairs[0]; there is spacingCm, in cm.",
            "$.pairs[0].spacingCm (line 6): is missing: Distance of the electrodes.",
            "$.pairs[1].spacingCm (line 7): is -1; give a number from 0.2 to 10, in cm.",
            "$.pairs[1].exposureMm (line 7): is text (\"15 mm\"); give a number from 1 to 100, in mm.",
            "$.pairs[2] (line 8): is a number; give an object.",
            "$.test.pulses (line 10): is 2.5; give a whole number from 1 to 200.",
            "$.test.volts (line 10): is Infinity; give a number from 1 to 500, in V.",
            "$.test.widthMicroseconds (line 10): is 0.09; give a number from 1 to 1,000, in us. If that is in ms, write 90.",
            "$.test.maximumOhms (line 10): stands here a second time; keep one.",
            "$.limits.ecgWaitSeconds (line 11): is null; give a number from 3 to 3,600, in s.",
            "$.limits.totalMinutes (line 11): is true; give a number from 0.1 to 480, in min.",
            "$.treatment (line 1): is missing: The treatment phase.",
            "$.test.minimumOhms (line 10): is 1,500 ohm, which is not below maximumOhms of 50 ohm.",
            "$.pairs[1].name (line 7): is \"A-B\", as that of pairs[0] is; give each pair a name of its own.",
            "$.pairs[1].output (line 7): is the generator's pair 0, as pairs[0] is: the same electrodes would be treated twice.");
        thrown.Message.Should().StartWith("bad.json: 18 problems\n  $.name (line 2): ");
    }

    [Theory]
    [InlineData("", "$ (line 1): is no JSON from here on: it is empty; give a plan.")]
    [InlineData("null", "$ (line 1): is null; a plan is an object.")]
    [InlineData("[]", "$ (line 1): is a list; a plan is an object.")]
    [InlineData("{\n \"name\": \"x\",\n}", "$ (line 3): is no JSON from here on: a comma stands before a closing bracket; remove it.")]
    [InlineData("{\n \"pairs\": [ {},\n ] }", "$.pairs (line 3): is no JSON from here on: a comma stands before a closing bracket; remove it.")]
    [InlineData("{ // mine\n}", "$ (line 1): is no JSON from here on: comments are not allowed.")]
    public void What_is_no_JSON_is_told_by_place(string text, string problem)
    {
        var parse = () => PulseProtocol.Parse(text);

        parse.Should().Throw<PulseProtocolException>().Which.Problems[0].ToString().Should().Be(problem);
    }

    [Fact]
    public void A_file_that_is_missing_or_huge_is_an_error_of_the_plan()
    {
        var load = () => PulseProtocol.Load("no-such-plan.json");
        load.Should().Throw<PulseProtocolException>().WithMessage("no-such-plan.json: 1 problem\n  $: cannot be read: *");
    }

    [Fact]
    public void A_mark_at_the_beginning_is_no_problem() => PulseProtocol.Parse("\uFEFF" + Reference).Name.Should().NotBeEmpty();

    [Fact]
    public void A_fixed_rate_needs_a_phantom()
    {
        (Plans.Small with { Gating = PulseGating.FixedRate }).Validate().Should().ContainSingle().Which.Path.Should().Be("$.gating");
        (Plans.Small with { Gating = PulseGating.FixedRate, IsPhantom = true }).Validate().Should().BeEmpty();
    }

    [Fact]
    public void A_plan_made_in_code_is_checked_as_one_from_a_file()
    {
        var plan = Plans.Small with { Name = " ", Treatment = Plans.Small.Treatment with { FieldVoltsPerCm = double.NaN, PulsesPerPair = -3 } };

        plan.Validate().Select(problem => problem.Path).Should().BeEquivalentTo("$.name", "$.treatment.fieldVoltsPerCm", "$.treatment.pulsesPerPair");
    }

    [Fact]
    public void Whatever_the_text_reading_gives_a_plan_or_a_list_of_problems() =>
        Gen.Select(Gen.Int[0, Reference.Length - 1], Gen.Char["{}[]\",:0-9e.tfn\u0000é "], Gen.Int[0, 3]).Array[1, 4].Sample(edits =>
        {
            var text = Reference;
            foreach (var (at, put, cut) in edits)
            {
                var where = Math.Min(at, text.Length);
                text = text.Remove(where, Math.Min(cut, text.Length - where)).Insert(where, put.ToString());
            }

            try
            {
                PulseProtocol.Parse(text).Validate().Should().BeEmpty();
            }
            catch (PulseProtocolException problem)
            {
                problem.Problems.Should().NotBeEmpty();
                problem.Problems.Should().OnlyContain(each => each.Path.StartsWith('$') && each.Message.Length > 5);
            }
        });

    [Fact]
    public void The_gates_options_get_what_the_plan_needs()
    {
        var slow = Plans.Small with { Treatment = Plans.Small.Treatment with { MinimumIntervalMilliseconds = 2000 } };
        slow.ApplyTo(new GateOptions()).Should().BeEquivalentTo(new GateOptions { NeedsPermits = true, MinimumInterval = TimeSpan.FromSeconds(2) });
        Plans.Small.ApplyTo(new GateOptions { MinimumInterval = TimeSpan.FromSeconds(5) }).MinimumInterval.Should().Be(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public void The_estimate_counts_whole_beats_and_the_pauses_between_trains()
    {
        var plan = Plans.Load("pubic-metastasis.json");

        // At 75 a minute each second beat is 1.6 s after the last pulse; at 60 each beat will do.
        plan.EstimateDuration(75, 1).Should().BeCloseTo(TimeSpan.FromSeconds(90 * 1.6), TimeSpan.FromMilliseconds(1));
        plan.EstimateDuration(60, 1).Should().BeCloseTo(TimeSpan.FromSeconds(90), TimeSpan.FromMilliseconds(1));
        plan.EstimateDuration(60, 0.5).Should().BeCloseTo(TimeSpan.FromSeconds(180), TimeSpan.FromMilliseconds(1));
        var trains = Plans.Load("three-needles.json");
        trains.EstimateDuration(60, 1).Should().BeCloseTo(TimeSpan.FromSeconds(240 + (3 * 6 * 5)), TimeSpan.FromMilliseconds(1));
        var absurd = () => plan.EstimateDuration(60, 0);
        absurd.Should().Throw<ArgumentOutOfRangeException>();
    }

    [Fact]
    public void The_published_schema_is_the_one_that_reading_goes_by()
    {
        var published = Path.Combine(Recordings.Repository, "docs", "pulse-protocol.schema.json");
        if (Environment.GetEnvironmentVariable("ECGGATE_APPROVE") == "1")
        {
            File.WriteAllText(published, PulseProtocol.SchemaText);
        }

        File.ReadAllText(published).Should().Be(PulseProtocol.SchemaText, "ECGGATE_APPROVE=1 writes it anew");
    }

    [Theory]
    [MemberData(nameof(Plans.ExampleFiles), MemberType = typeof(Plans))]
    public void Each_example_fulfils_the_published_schema(string file) =>
        PlanSchema.Problems(File.ReadAllText(Path.Combine(Plans.Examples, file))).Should().BeEmpty();

    [Fact]
    public void Schema_and_reading_agree_on_each_field_whatever_is_put_there()
    {
        var full = JsonNode.Parse(Plans.Load("three-needles.json").ToJson())!;
        var places = Places(full).ToList();
        string?[] values = [null, "true", "\"ecg\"", "\"count\"", "\"A-B-C\"", "\"\"", "0", "-1", "0.5", "1", "2.5", "10", "60", "200.5", "1e4", "1e9", "null", "[]", "{}", "[{}]", "{\"x\":1}"];
        places.Should().HaveCountGreaterThan(25);
        foreach (var place in places)
        {
            foreach (var value in values)
            {
                var node = full.DeepClone();
                Put(node, place, value);
                var text = node.ToJsonString();
                var bySchema = PlanSchema.Problems(text).Count > 0;
                var byReading = false;
                try
                {
                    PulseProtocol.Parse(text);
                }
                catch (PulseProtocolException problem)
                {
                    // What fields must fulfil together no schema says.
                    byReading = problem.Problems.Any(each => !each.Message.Contains("for phantoms only", StringComparison.Ordinal)
                        && !each.Message.Contains("not below", StringComparison.Ordinal) && !each.Message.Contains("needs pulsesPerTrain", StringComparison.Ordinal)
                        && !each.Message.Contains(", as pairs[", StringComparison.Ordinal) && !each.Message.Contains(", as that of", StringComparison.Ordinal));
                }

                byReading.Should().Be(bySchema, "{0} = {1}", string.Join('/', place), value ?? "(nothing)");
            }
        }
    }

    private static IEnumerable<object[]> Places(JsonNode node)
    {
        if (node is JsonObject members)
        {
            foreach (var (name, value) in members)
            {
                yield return [name];
                foreach (var below in value is null ? [] : Places(value))
                {
                    yield return [name, .. below];
                }
            }
        }
        else if (node is JsonArray { Count: > 0 } items)
        {
            yield return [0];
            foreach (var below in Places(items[0]!))
            {
                yield return [0, .. below];
            }
        }
    }

    private static void Put(JsonNode root, object[] place, string? value)
    {
        var node = place[..^1].Aggregate(root, (at, step) => step is string name ? at[name]! : at[(int)step]!);
        var put = value is null or "null" ? null : JsonNode.Parse(value);
        switch (node)
        {
            case JsonObject members when value is null:
                members.Remove((string)place[^1]);
                break;
            case JsonObject members:
                members[(string)place[^1]] = put;
                break;
            case JsonArray items when value is null:
                items.Clear();
                break;
            case JsonArray items:
                items[(int)place[^1]] = put;
                break;
        }
    }

    /// <summary>As much of JSON Schema as the published one uses.</summary>
    private static class PlanSchema
    {
        private static readonly JsonElement Root = JsonDocument.Parse(File.ReadAllText(Path.Combine(Recordings.Repository, "docs", "pulse-protocol.schema.json"))).RootElement;

        public static List<string> Problems(string json)
        {
            var problems = new List<string>();
            Check("$", JsonDocument.Parse(json).RootElement, Root, problems);
            return problems;
        }

        private static void Check(string path, JsonElement value, JsonElement schema, List<string> problems)
        {
            if (schema.TryGetProperty("enum", out var choices))
            {
                if (!choices.EnumerateArray().Any(choice => JsonElement.DeepEquals(choice, value)))
                {
                    problems.Add($"{path}: not among the choices");
                }

                return;
            }

            if (schema.TryGetProperty("type", out var type) && !Is(value, type.GetString()!))
            {
                problems.Add($"{path}: no {type}");
                return;
            }

            switch (value.ValueKind)
            {
                case JsonValueKind.Number:
                    if (schema.TryGetProperty("minimum", out var least) && (value.GetDouble() < least.GetDouble() || value.GetDouble() > schema.GetProperty("maximum").GetDouble()))
                    {
                        problems.Add($"{path}: out of range");
                    }

                    break;
                case JsonValueKind.String:
                    if (schema.TryGetProperty("minLength", out var shortest) && (value.GetString()!.Length < shortest.GetInt32() || value.GetString()!.Length > schema.GetProperty("maxLength").GetInt32()))
                    {
                        problems.Add($"{path}: length");
                    }

                    break;
                case JsonValueKind.Array:
                    if (value.GetArrayLength() < schema.GetProperty("minItems").GetInt32() || value.GetArrayLength() > schema.GetProperty("maxItems").GetInt32())
                    {
                        problems.Add($"{path}: count");
                    }

                    foreach (var item in value.EnumerateArray())
                    {
                        Check(path + "[]", item, schema.GetProperty("items"), problems);
                    }

                    break;
                case JsonValueKind.Object:
                    var known = schema.GetProperty("properties");
                    foreach (var member in value.EnumerateObject())
                    {
                        if (known.TryGetProperty(member.Name, out var of))
                        {
                            Check($"{path}.{member.Name}", member.Value, of, problems);
                        }
                        else if (!schema.GetProperty("additionalProperties").GetBoolean())
                        {
                            problems.Add($"{path}.{member.Name}: unknown");
                        }
                    }

                    problems.AddRange(schema.GetProperty("required").EnumerateArray().Where(name => !value.TryGetProperty(name.GetString()!, out _)).Select(name => $"{path}.{name}: missing"));
                    break;
            }
        }

        private static bool Is(JsonElement value, string type) => type switch
        {
            "object" => value.ValueKind == JsonValueKind.Object,
            "array" => value.ValueKind == JsonValueKind.Array,
            "string" => value.ValueKind == JsonValueKind.String,
            "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
            "number" => value.ValueKind == JsonValueKind.Number,
            "integer" => value.ValueKind == JsonValueKind.Number && value.GetDouble() == Math.Floor(value.GetDouble()),
            _ => throw new InvalidOperationException($"The schema uses {type}, which this test does not know."),
        };
    }
}
