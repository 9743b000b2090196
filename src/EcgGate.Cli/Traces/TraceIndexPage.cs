using System.Globalization;
using System.Text;
using EcgGate.Emulator.Patient;

namespace EcgGate.Cli.Traces;

/// <summary>The page that lists the shipped records: <c>traces/README.md</c>.</summary>
internal static class TraceIndexPage
{
    public static string Write(IReadOnlyList<Trace> traces)
    {
        var page = new StringBuilder();
        page.Append("""
            # Synthetic records

            Made by `ecggate traces make` from the virtual patient; equal on every machine. Nothing here is a recording of
            a person. Each record has

            - `NAME.hea`, `NAME.dat`: WFDB, two leads (II and V1), 12 bits in format 212
            - `NAME.atr`: the beats and rhythms as WFDB annotations, R rounded to a sample
            - `NAME.truth.csv`: the same exactly: R, T peak and T end of each beat in seconds, not rounded
            - `NAME.svg`: a picture of ten seconds of lead II

            Gate on one with `ecggate run traces/NAME`, replay all with `ecggate replay traces`. In the pictures N is a
            normal beat, V a premature ventricular one, A a premature atrial one, E a ventricular escape beat, L a beat with
            left bundle branch block, / a paced one.

            | record | what it shows | Hz | beats | made from |
            |---|---|---|---|---|

            """.ReplaceLineEndings("\n"));
        foreach (var trace in traces)
        {
            var definition = trace.Definition;
            page.Append(CultureInfo.InvariantCulture, $"| [{definition.Name}](#{definition.Name}) | {definition.Description} | {definition.SamplingRateHertz} | {Beats(trace)} | `{definition.Source}` |\n");
        }

        foreach (var trace in traces)
        {
            var definition = trace.Definition;
            page.Append(CultureInfo.InvariantCulture, $"\n## {definition.Name}\n\n{definition.Description}.\n\n![{definition.Name}]({definition.Name}.svg)\n");
        }

        return page.ToString();
    }

    /// <summary>How many beats, and of which classes if there are several.</summary>
    internal static string Beats(Trace trace)
    {
        var beats = trace.Truth.Beats;
        var classes = beats.CountBy(beat => beat.Class.WfdbSymbol()).OrderByDescending(entry => entry.Value).ThenBy(entry => entry.Key).ToArray();
        return string.Create(CultureInfo.InvariantCulture, $"{beats.Count} ({string.Join(", ", classes.Select(entry => $"{entry.Value} {entry.Key}"))})");
    }
}
