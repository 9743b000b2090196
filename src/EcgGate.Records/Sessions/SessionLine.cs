using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using EcgGate.Delivery;
using EcgGate.Detection;
using EcgGate.Gating;
using EcgGate.Signals;
using EcgGate.Timing;

namespace EcgGate.Records.Sessions;

/// <summary>
/// One line of <c>events.jsonl</c>: a JSON object whose last member is the CRC-32C, in hexadecimal, of all bytes before
/// the comma that it follows. Numbers read back as they were, bit for bit; NaN is null.
/// </summary>
internal sealed class SessionLine : IDisposable
{
    private const int Version = 1;
    private const string Infinite = "Infinity";
    private const string MinusInfinite = "-Infinity";

    /// <summary>Length of <c>,"crc":"00000000"}</c>.</summary>
    private const int TrailerLength = 18;

    private readonly ArrayBufferWriter<byte> _line = new(1024);
    private readonly Utf8JsonWriter _json;

    public SessionLine()
    {
        _json = new Utf8JsonWriter(_line, new JsonWriterOptions { SkipValidation = true });
    }

    /// <summary>Lines begun so far.</summary>
    public long Count { get; private set; }

    public ReadOnlySpan<byte> Header(SessionHeader header)
    {
        Begin("session", 0);
        _json.WriteNumber("version", Version);
        _json.WriteString("started", header.Started.ToString("O", CultureInfo.InvariantCulture));
        _json.WriteString("ecggate", header.Version);
        _json.WriteString("runtime", header.Runtime.ToString());
        _json.WriteStartObject("source");
        _json.WriteString("name", header.Source.Name);
        _json.WriteNumber("samplingRateHertz", header.Source.SamplingRateHertz);
        _json.WriteNumber("fixedDelayNs", header.Source.FixedDelay.Ticks * 100);
        _json.WriteNumber("blockDelayNs", header.Source.BlockDelay.Ticks * 100);
        _json.WriteStartArray("leads");
        foreach (var lead in header.Source.LeadNames)
        {
            _json.WriteStringValue(lead);
        }

        _json.WriteEndArray();
        _json.WriteEndObject();
        _json.WritePropertyName("options");
        SessionOptionsJson.Write(_json, header.Options);
        _json.WriteStartObject("machine");
        foreach (var (name, value) in header.Machine)
        {
            _json.WriteString(name, value);
        }

        _json.WriteEndObject();
        return End();
    }

    public ReadOnlySpan<byte> Gate(in GateEvent one, double seconds)
    {
        Begin(KindOf(one.Kind), seconds);
        _json.WriteNumber("sample", one.SampleIndex);
        _json.WriteString("state", one.State.ToString());
        _json.WriteString("why", one.Reason.ToString());
        if (one.Kind != GateEventKind.StateChanged)
        {
            var beat = one.Beat;
            _json.WriteNumber("beat", beat.BeatNumber);
            Number("r", beat.Beat.RTime.Samples);
            _json.WriteNumber("decided", beat.Beat.DecisionIndex);
            _json.WriteString("class", beat.Beat.Class.ToString());
            Number("confidence", beat.Beat.Confidence);
            Number("residual", beat.Beat.TemplateResidual);
            Number("amplitudeMv", beat.Beat.AmplitudeMillivolts);
            _json.WriteBoolean("late", beat.Beat.IsLate);
            _json.WriteString("outcome", beat.Outcome.ToString());
            _json.WriteString("reason", beat.Reason.ToString());
            Number("rrMs", beat.RRIntervalMilliseconds);
            Number("pulse", beat.PulseTime.Samples);
            _json.WriteNumber("latenessNs", beat.LatenessNanoseconds);
        }

        return End();
    }

    public ReadOnlySpan<byte> Pulse(in PulseReading reading, double seconds)
    {
        Begin("pulse", seconds);
        WritePulse(in reading);
        return End();
    }

    public ReadOnlySpan<byte> Delivery(in DeliveryEvent one, double seconds)
    {
        Begin("delivery", seconds);
        _json.WriteString("what", one.Kind.ToString());
        _json.WriteNumber("toldNs", one.Time.Nanoseconds);
        _json.WriteString("state", one.State.ToString());
        _json.WriteString("why", one.Reason.ToString());
        _json.WriteString("wait", one.Wait.ToString());
        _json.WriteString("gateReason", one.GateReason.ToString());
        _json.WriteNumber("planPair", one.Pair);
        _json.WriteNumber("delivered", one.Delivered);
        _json.WriteNumber("planned", one.Planned);
        _json.WriteNumber("failed", one.Failed);
        _json.WriteBoolean("counted", one.Counted);
        Number("ohms", one.Ohms);
        if (one.Pulse != default)
        {
            WritePulse(one.Pulse);
        }

        return End();
    }

    public ReadOnlySpan<byte> Text(SessionEntryKind kind, string text, double seconds)
    {
        Begin(kind == SessionEntryKind.Trouble ? "trouble" : "note", seconds);
        _json.WriteString("text", text);
        return End();
    }

    public ReadOnlySpan<byte> LostEvents(long count, double seconds)
    {
        Begin("lost", seconds);
        _json.WriteNumber("events", count);
        return End();
    }

    public ReadOnlySpan<byte> Closed(string why, long events, long inputs, double seconds)
    {
        Begin("closed", seconds);
        _json.WriteString("text", why);
        _json.WriteNumber("events", events);
        _json.WriteNumber("inputs", inputs);
        return End();
    }

    public void Dispose() => _json.Dispose();

    /// <summary>Reads a line.</summary>
    /// <param name="line">Without its line feed.</param>
    /// <param name="entry">What it tells.</param>
    /// <param name="problem">What is wrong with it; empty where nothing is.</param>
    public static bool TryParse(ReadOnlyMemory<byte> line, out SessionEntry? entry, out string problem)
    {
        entry = null;
        var bytes = line.Span;
        var body = bytes.Length - TrailerLength;
        if (body < 1 || !bytes[body..].StartsWith(",\"crc\":\""u8) || !bytes.EndsWith("\"}"u8)
            || !uint.TryParse(bytes.Slice(body + 8, 8), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var crc))
        {
            problem = "the line is not whole";
            return false;
        }

        if (crc != InputLog.Crc32C(bytes[..body]))
        {
            problem = "its checksum is not that of its bytes";
            return false;
        }

        try
        {
            using var document = JsonDocument.Parse(line);
            entry = Parse(document.RootElement);
            problem = string.Empty;
            return true;
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or FormatException or InvalidOperationException)
        {
            problem = $"it cannot be understood ({error.Message}); a later version may have written it";
            return false;
        }
    }

    private static SessionEntry Parse(JsonElement json)
    {
        var kind = json.GetProperty("kind").GetString();
        SessionEntry Of(SessionEntryKind what) => new(json.GetProperty("n").GetInt64(), what, json.GetProperty("t").GetDouble());
        string Words() => json.GetProperty("text").GetString() ?? string.Empty;
        return kind switch
        {
            "session" => Of(SessionEntryKind.Session) with { Header = ReadHeader(json) },
            "note" => Of(SessionEntryKind.Note) with { Text = Words() },
            "trouble" => Of(SessionEntryKind.Trouble) with { Text = Words() },
            "lost" => Of(SessionEntryKind.LostEvents) with { Count = json.GetProperty("events").GetInt64() },
            "closed" => Of(SessionEntryKind.Closed) with { Text = Words(), Count = json.GetProperty("events").GetInt64(), Inputs = json.GetProperty("inputs").GetInt64() },
            "delivery" => Of(SessionEntryKind.Delivery) with { Delivery = ReadDelivery(json) },
            "pulse" => Of(SessionEntryKind.Pulse) with { Pulse = ReadPulse(json) },
            _ => Of(SessionEntryKind.Gate) with { Gate = ReadGate(json, KindOf(kind)) },
        };
    }

    private static SessionHeader ReadHeader(JsonElement json)
    {
        if (json.GetProperty("version").GetInt32() is var version && version != Version)
        {
            throw new FormatException($"version {version}, this one reads {Version}");
        }

        var source = json.GetProperty("source");
        return new SessionHeader
        {
            Started = DateTimeOffset.ParseExact(json.GetProperty("started").GetString()!, "O", CultureInfo.InvariantCulture),
            Version = json.GetProperty("ecggate").GetString()!,
            Runtime = Name<GateRuntime>(json, "runtime"),
            Source = new EcgSourceInfo
            {
                Name = source.GetProperty("name").GetString()!,
                SamplingRateHertz = source.GetProperty("samplingRateHertz").GetDouble(),
                FixedDelay = new TimeSpan(source.GetProperty("fixedDelayNs").GetInt64() / 100),
                BlockDelay = new TimeSpan(source.GetProperty("blockDelayNs").GetInt64() / 100),
                LeadNames = [.. source.GetProperty("leads").EnumerateArray().Select(lead => lead.GetString()!)],
                IsLive = true,
            },
            Options = SessionOptionsJson.Read(json.GetProperty("options")),
            Machine = [.. json.GetProperty("machine").EnumerateObject().Select(one => KeyValuePair.Create(one.Name, one.Value.GetString() ?? string.Empty))],
        };
    }

    private static T Name<T>(JsonElement json, string property)
        where T : struct, Enum => Enum.TryParse<T>(json.GetProperty(property).GetString(), out var value) ? value : throw new FormatException($"{property} is {json.GetProperty(property)}");

    private static DeliveryEvent ReadDelivery(JsonElement json) => new(
        Name<DeliveryEventKind>(json, "what"),
        new MonotonicTime(json.GetProperty("toldNs").GetInt64()),
        Name<DeliveryState>(json, "state"),
        Name<DeliveryReason>(json, "why"),
        Name<DeliveryWait>(json, "wait"),
        Name<Reason>(json, "gateReason"),
        json.GetProperty("planPair").GetInt32(),
        json.GetProperty("delivered").GetInt32(),
        json.GetProperty("planned").GetInt32(),
        json.GetProperty("failed").GetInt32(),
        json.GetProperty("counted").GetBoolean(),
        Real(json, "ohms"),
        json.TryGetProperty("number", out _) ? ReadPulse(json) : default);

    private static GateEvent ReadGate(JsonElement json, GateEventKind kind)
    {
        float Short(string property) => json.GetProperty(property) is { ValueKind: JsonValueKind.Number } value ? value.GetSingle() : (float)Real(json, property);

        var beat = kind == GateEventKind.StateChanged ? default : new BeatOutcome(
            json.GetProperty("beat").GetInt64(),
            new BeatDecision(
                new SampleTime(Real(json, "r")),
                json.GetProperty("decided").GetInt64(),
                Name<BeatClass>(json, "class"),
                Short("confidence"),
                Short("residual"),
                Short("amplitudeMv"),
                json.GetProperty("late").GetBoolean()),
            Name<Outcome>(json, "outcome"),
            Name<Reason>(json, "reason"),
            Short("rrMs"),
            new SampleTime(Real(json, "pulse")),
            json.GetProperty("latenessNs").GetInt64());
        return new GateEvent(kind, json.GetProperty("sample").GetInt64(), Name<GateState>(json, "state"), Name<Reason>(json, "why"), beat);
    }

    private static PulseReading ReadPulse(JsonElement json) => new(
        json.GetProperty("number").GetInt64(),
        new MonotonicTime(json.GetProperty("atNs").GetInt64()),
        new PulseSetting(json.GetProperty("pair").GetInt32(), Real(json, "setVolts"), Real(json, "setWidthUs"), Real(json, "limitAmperes")),
        Real(json, "meanVolts"),
        Real(json, "peakAmperes"),
        Real(json, "meanAmperes"),
        Real(json, "widthUs"),
        Name<PulseFault>(json, "fault"));

    private static double Real(JsonElement json, string property)
    {
        var value = json.GetProperty(property);
        return value.ValueKind switch
        {
            JsonValueKind.Number => value.GetDouble(),
            JsonValueKind.Null => double.NaN,
            JsonValueKind.String when value.ValueEquals(Infinite) => double.PositiveInfinity,
            JsonValueKind.String when value.ValueEquals(MinusInfinite) => double.NegativeInfinity,
            _ => throw new FormatException($"{property} is {value}"),
        };
    }

    private static string KindOf(GateEventKind kind) => kind switch
    {
        GateEventKind.BeatOutcome => "beat",
        GateEventKind.StateChanged => "state",
        GateEventKind.BeatRefuted => "refuted",
        GateEventKind.Permitted => "permitted",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "There is no name for this kind of event."),
    };

    private static GateEventKind KindOf(string? name) => name switch
    {
        "beat" => GateEventKind.BeatOutcome,
        "state" => GateEventKind.StateChanged,
        "refuted" => GateEventKind.BeatRefuted,
        "permitted" => GateEventKind.Permitted,
        _ => throw new FormatException($"kind is {name}"),
    };

    private void WritePulse(in PulseReading reading)
    {
        _json.WriteNumber("number", reading.Number);
        _json.WriteNumber("atNs", reading.Time.Nanoseconds);
        _json.WriteNumber("pair", reading.Setting.Pair);
        Number("setVolts", reading.Setting.Volts);
        Number("setWidthUs", reading.Setting.WidthMicroseconds);
        Number("limitAmperes", reading.Setting.CurrentLimitAmperes);
        Number("meanVolts", reading.MeanVolts);
        Number("peakAmperes", reading.PeakAmperes);
        Number("meanAmperes", reading.MeanAmperes);
        Number("widthUs", reading.WidthMicroseconds);
        _json.WriteString("fault", reading.Fault.ToString());
    }

    private void Number(string name, double value)
    {
        if (double.IsFinite(value))
        {
            _json.WriteNumber(name, value);
        }
        else
        {
            NotFinite(name, value);
        }
    }

    private void Number(string name, float value)
    {
        // In its own shortest form, which the same number is read back from.
        if (float.IsFinite(value))
        {
            _json.WriteNumber(name, value);
        }
        else
        {
            NotFinite(name, value);
        }
    }

    private void NotFinite(string name, double value)
    {
        if (double.IsNaN(value))
        {
            _json.WriteNull(name);
        }
        else
        {
            _json.WriteString(name, value > 0 ? Infinite : MinusInfinite);
        }
    }

    private void Begin(string kind, double seconds)
    {
        _line.ResetWrittenCount();
        _json.Reset();
        _json.WriteStartObject();
        _json.WriteNumber("n", Count++);
        _json.WriteString("kind", kind);
        _json.WriteNumber("t", Math.Round(seconds, 6));
    }

    private ReadOnlySpan<byte> End()
    {
        _json.Flush();
        var crc = InputLog.Crc32C(_line.WrittenSpan);
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $",\"crc\":\"{crc:x8}\"}}\n"), _line);
        return _line.WrittenSpan;
    }
}
