using EcgGate.Signals;

namespace EcgGate.Records.Sessions;

/// <summary>What a session was, as it stands at the head of its record. Immutable.</summary>
public sealed record SessionHeader
{
    /// <summary>When it began, by the host's calendar.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>What was gated on. Rate, lead names and delay must be those of the engine, or its decisions cannot be replayed.</summary>
    public required EcgSourceInfo Source { get; init; }

    /// <summary>How it was gated.</summary>
    public required GateOptions Options { get; init; }

    /// <summary>Where the real-time part ran.</summary>
    public required GateRuntime Runtime { get; init; }

    /// <summary>Version of this library.</summary>
    public string Version { get; init; } = OwnVersion;

    /// <summary>The machine, and whatever else is worth knowing: name and value. Default: system, processors, runtime.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Machine { get; init; } = Describe();

    /// <summary>The version of the library that is running.</summary>
    public static string OwnVersion => typeof(GateCore).Assembly.GetName().Version!.ToString(3);

    /// <summary>The header of a session of this engine, beginning now.</summary>
    public static SessionHeader Of(GateEngine engine, GateOptions options, TimeProvider? clock = null)
    {
        ArgumentNullException.ThrowIfNull(engine);
        return new SessionHeader { Started = (clock ?? TimeProvider.System).GetLocalNow(), Source = engine.Source, Options = options, Runtime = engine.Runtime };
    }

    private static KeyValuePair<string, string>[] Describe() =>
    [
        new("os", System.Runtime.InteropServices.RuntimeInformation.OSDescription),
        new("architecture", System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture.ToString()),
        new("processors", Environment.ProcessorCount.ToString(System.Globalization.CultureInfo.InvariantCulture)),
        new("dotnet", System.Runtime.InteropServices.RuntimeInformation.FrameworkDescription),
    ];
}
