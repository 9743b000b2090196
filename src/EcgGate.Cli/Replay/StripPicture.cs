using EcgGate.Cli.Figures;
using EcgGate.Cli.Output;
using EcgGate.Signals;

namespace EcgGate.Cli.Replay;

/// <summary>
/// Ten seconds of a replay as SVG: the lead that was gated on, each R wave with what became of its beat, each pulse.
/// </summary>
internal static class StripPicture
{
    private const double Seconds = 10;

    /// <summary>Draws the stretch that begins at <paramref name="from"/>.</summary>
    /// <exception cref="CliException">The record is over by then.</exception>
    public static string Draw(ReplayInput input, RecordFigures record, double from)
    {
        using var source = input.Open();
        var rate = source.Info.SamplingRateHertz;
        var rateOfBeats = record.SamplingRateHertz;
        var millivolts = new List<double>((int)(Seconds * rate) + 1);
        var first = (long)Math.Round(from * rate);
        var last = first + (long)Math.Round(Seconds * rate);
        var block = new EcgSample[4096];
        int count;
        while (millivolts.Count <= last - first && (count = source.Read(block).Count) > 0)
        {
            foreach (var sample in block.AsSpan(0, count))
            {
                if (sample.Index >= first && sample.Index <= last)
                {
                    millivolts.Add(sample.Lead0Millivolts);
                }
            }
        }

        if (millivolts.Count < 2)
        {
            throw new CliException($"--strip-from {from}: {input.Name} is over by then.");
        }

        var until = from + ((millivolts.Count - 1) / rate);
        var marks = record.Beats
            .Where(line => line.Beat.RTime.ToSeconds(rateOfBeats) >= from && line.Beat.RTime.ToSeconds(rateOfBeats) <= until)
            .Select(line => EcgMark.Of(in line, rateOfBeats));
        return EcgPaper.Draw($"{input.Name}: what became of each beat", source.Info.LeadNames[0], [.. millivolts], rate, from, [.. marks]);
    }
}
