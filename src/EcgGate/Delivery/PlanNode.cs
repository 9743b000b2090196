using System.Text.Json;

namespace EcgGate.Delivery;

/// <summary>What a piece of JSON is.</summary>
internal enum PlanNodeKind
{
    Object,
    Array,
    Text,
    Number,
    Truth,
    Null,
}

/// <summary>A piece of a plan's JSON that knows its line: what a document model does not tell, nor names that stand twice.</summary>
internal sealed class PlanNode
{
    private const int DeepestLevel = 16;

    public required PlanNodeKind Kind { get; init; }

    public required int Line { get; init; }

    public string Text { get; init; } = "";

    public double Number { get; init; }

    public bool Truth { get; init; }

    public List<(string Name, int Line, PlanNode Value)> Members { get; } = [];

    public List<PlanNode> Items { get; } = [];

    /// <summary>How a person would call it.</summary>
    public string Words => Kind switch
    {
        PlanNodeKind.Object => "an object",
        PlanNodeKind.Array => "a list",
        PlanNodeKind.Text => "text",
        PlanNodeKind.Number => "a number",
        PlanNodeKind.Truth => Truth ? "true" : "false",
        _ => "null",
    };

    public PlanNode? this[string name] => Members.Find(member => member.Name == name).Value;

    /// <summary>Reads strict JSON. What is no JSON is one problem, with the place where it stops being it.</summary>
    public static PlanNode? TryRead(ReadOnlySpan<byte> utf8, List<ProtocolProblem> problems)
    {
        var path = new List<string> { "$" };
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = DeepestLevel });
        try
        {
            reader.Read();
            var root = Read(ref reader, utf8, path);
            reader.Read();
            return root;
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException)
        {
            // An invalid operation is text that is no UTF-8.
            var line = problem is JsonException { LineNumber: { } number } ? (int)number + 1 : LineAt(utf8, reader.BytesConsumed);
            var hint = utf8.IsEmpty ? "it is empty; give a plan"
                : problem.Message.Contains("trailing comma", StringComparison.OrdinalIgnoreCase) ? "a comma stands before a closing bracket; remove it"
                : problem.Message.Contains("'/'", StringComparison.Ordinal) ? "comments are not allowed"
                : problem.Message.Split(" LineNumber", 2)[0].TrimEnd('.');
            problems.Add(new ProtocolProblem(string.Concat(path), $"is no JSON from here on: {hint}.", line));
            return null;
        }
    }

    private static PlanNode Read(ref Utf8JsonReader reader, ReadOnlySpan<byte> utf8, List<string> path)
    {
        var line = LineAt(utf8, reader.TokenStartIndex);
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                var node = new PlanNode { Kind = PlanNodeKind.Object, Line = line };
                while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
                {
                    var name = reader.GetString()!;
                    var at = LineAt(utf8, reader.TokenStartIndex);
                    path.Add("." + name);
                    reader.Read();
                    node.Members.Add((name, at, Read(ref reader, utf8, path)));
                    path.RemoveAt(path.Count - 1);
                }

                return node;
            case JsonTokenType.StartArray:
                var list = new PlanNode { Kind = PlanNodeKind.Array, Line = line };
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    path.Add($"[{list.Items.Count}]");
                    list.Items.Add(Read(ref reader, utf8, path));
                    path.RemoveAt(path.Count - 1);
                }

                return list;
            case JsonTokenType.String:
                return new PlanNode { Kind = PlanNodeKind.Text, Line = line, Text = reader.GetString()! };
            case JsonTokenType.Number:
                return new PlanNode { Kind = PlanNodeKind.Number, Line = line, Number = reader.GetDouble() };
            case JsonTokenType.True or JsonTokenType.False:
                return new PlanNode { Kind = PlanNodeKind.Truth, Line = line, Truth = reader.TokenType == JsonTokenType.True };
            default:
                return new PlanNode { Kind = PlanNodeKind.Null, Line = line };
        }
    }

    private static int LineAt(ReadOnlySpan<byte> utf8, long position) => utf8[..(int)Math.Min(position, utf8.Length)].Count((byte)'\n') + 1;
}
