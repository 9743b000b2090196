using System.Text.Json;

namespace EcgGate.Records.Sessions;

/// <summary>The options of a gate in JSON, without loss: times in ns, numbers as they are.</summary>
internal static class SessionOptionsJson
{
    private const int NanosecondsPerTick = 100;
    private static readonly GateOptions Defaults = new();

    public static void Write(Utf8JsonWriter json, GateOptions options)
    {
        void Time(string name, TimeSpan value) => json.WriteNumber(name, value.Ticks * NanosecondsPerTick);

        json.WriteStartObject();
        Time("targetDelayNs", options.TargetDelay);
        Time("cutoffNs", options.Cutoff);
        Time("edgeToleranceNs", options.EdgeTolerance);
        Time("orderLeadNs", options.OrderLead);
        Time("pulseWidthNs", options.PulseWidth);
        json.WriteNumber("minimumRatePerMinute", options.MinimumRatePerMinute);
        json.WriteNumber("maximumRatePerMinute", options.MaximumRatePerMinute);
        Time("minimumIntervalNs", options.MinimumInterval);
        json.WriteNumber("learningBeats", options.LearningBeats);
        json.WriteNumber("prematureFraction", options.PrematureFraction);
        json.WriteNumber("pauseFraction", options.PauseFraction);
        json.WriteNumber("shapeTolerance", options.ShapeTolerance);
        Time("asystoleAfterNs", options.AsystoleAfter);
        Time("blankingNs", options.Blanking);
        Time("armedForNs", options.ArmedFor);
        json.WriteBoolean("needsPermits", options.NeedsPermits);
        json.WriteEndObject();
    }

    /// <exception cref="FormatException">An option that this version does not know, or a value that is none.</exception>
    public static GateOptions Read(JsonElement json)
    {
        var options = Defaults;
        foreach (var option in json.EnumerateObject())
        {
            TimeSpan Time() => new(option.Value.GetInt64() / NanosecondsPerTick);

            options = option.Name switch
            {
                "targetDelayNs" => options with { TargetDelay = Time() },
                "cutoffNs" => options with { Cutoff = Time() },
                "edgeToleranceNs" => options with { EdgeTolerance = Time() },
                "orderLeadNs" => options with { OrderLead = Time() },
                "pulseWidthNs" => options with { PulseWidth = Time() },
                "minimumRatePerMinute" => options with { MinimumRatePerMinute = option.Value.GetDouble() },
                "maximumRatePerMinute" => options with { MaximumRatePerMinute = option.Value.GetDouble() },
                "minimumIntervalNs" => options with { MinimumInterval = Time() },
                "learningBeats" => options with { LearningBeats = option.Value.GetInt32() },
                "prematureFraction" => options with { PrematureFraction = option.Value.GetDouble() },
                "pauseFraction" => options with { PauseFraction = option.Value.GetDouble() },
                "shapeTolerance" => options with { ShapeTolerance = option.Value.GetDouble() },
                "asystoleAfterNs" => options with { AsystoleAfter = Time() },
                "blankingNs" => options with { Blanking = Time() },
                "armedForNs" => options with { ArmedFor = Time() },
                "needsPermits" => options with { NeedsPermits = option.Value.GetBoolean() },
                _ => throw new FormatException($"the option '{option.Name}' is of a later version; read the session with that one."),
            };
        }

        return options;
    }
}
