using System.Globalization;
using EcgGate.Gating;

namespace EcgGate.Cli.Output;

/// <summary>
/// When each beat was and when it was decided on, for a scorer of latency: the header <c>r_sample,decision_sample</c>
/// and one line a beat, in order of R. Samples of the record, from 0, fractions allowed.
/// </summary>
internal static class DecisionsCsv
{
    public const string Header = "r_sample,decision_sample";

    public static void Write(TextWriter writer, IEnumerable<BeatOutcome> beats)
    {
        writer.WriteLine(Header);
        foreach (var line in beats.OrderBy(line => line.Beat.RTime.Samples))
        {
            writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{line.Beat.RTime.Samples:0.###},{line.Beat.DecisionIndex}"));
        }
    }
}
