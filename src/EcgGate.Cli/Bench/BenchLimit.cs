using System.Globalization;
using EcgGate.Validation;

namespace EcgGate.Cli.Bench;

/// <summary>A limit on each run, or on those of one runtime or load: <c>late=0</c>, <c>gc.p999&lt;=500</c>, <c>isolated.gc.late=0</c>.</summary>
internal sealed record BenchLimit(BenchFigure Figure, string? Runtime, BenchLoadKind? Load, LimitComparison Comparison, double Value)
{
    /// <summary>Reads limits with commas between them.</summary>
    /// <exception cref="CliException">One of them is none.</exception>
    public static IReadOnlyList<BenchLimit> ParseAll(string? text, IReadOnlyCollection<string> runtimes)
    {
        try
        {
            return text is null ? [] : [.. LimitText.ParseAll(text, "late=0", "none.p99<=50").Select(limit => Of(limit, runtimes))];
        }
        catch (FormatException problem)
        {
            throw new CliException($"--require: {problem.Message}", problem);
        }
    }

    /// <summary>Whether it is put on this run.</summary>
    public bool Concerns(BenchRun run) => (Runtime is null || Runtime == run.Runtime) && (Load is null || Load == run.Load);

    public bool Holds(BenchRun run) => Figure.Of(run) is var value && LimitText.Holds(double.IsFinite(value) ? value : null, Comparison, Value);

    public override string ToString() => string.Concat(
        Runtime is null ? string.Empty : $"{Runtime}.",
        Load is { } load ? $"{BenchLoads.NameOf(load)}." : string.Empty,
        Figure.Name,
        LimitText.Sign(Comparison),
        Value.ToString(CultureInfo.InvariantCulture));

    private static BenchLimit Of(LimitText text, IReadOnlyCollection<string> runtimes)
    {
        string? runtime = null;
        BenchLoadKind? load = null;
        string[] words = text.Name.Split('.');
        foreach (var word in words.SkipLast(1))
        {
            if (runtimes.Contains(word))
            {
                runtime = word;
            }
            else
            {
                load = BenchLoads.Find(word) ?? throw new FormatException($"'{word}' in '{text.Text}' is no runtime ({string.Join(", ", runtimes)}) and no load ({BenchLoads.Names}).");
            }
        }

        var figure = BenchFigure.Find(words[^1])
            ?? throw new FormatException($"There is no figure '{words[^1]}'; known are {string.Join(", ", BenchFigure.All.Select(known => known.Name))}.");
        return new BenchLimit(figure, runtime, load, text.Comparison, text.Value(figure.Name, figure.Unit));
    }
}
