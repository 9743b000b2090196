using EcgGate.Cli.Output;
using EcgGate.Emulator.Patient;

namespace EcgGate.Cli.Traces;

/// <summary>Ten seconds of a trace's lead 0, each true beat marked with its WFDB symbol.</summary>
internal static class EcgPicture
{
    private const double Seconds = 10;

    /// <summary>Draws the ten seconds in which most can be seen.</summary>
    public static string Draw(Trace trace) => Draw(trace, InterestingStart(trace));

    private static string Draw(Trace trace, double start)
    {
        var rate = trace.Definition.SamplingRateHertz;
        var first = (int)Math.Round(start * rate);
        var count = Math.Min((int)(Seconds * rate) + 1, trace.Samples[0].Length - first);
        var millivolts = new double[count];
        for (var i = 0; i < count; i++)
        {
            millivolts[i] = (double)trace.Samples[0][first + i] / trace.Definition.AdcUnitsPerMillivolt;
        }

        var marks = trace.Truth.BeatsBetween(start, start + Seconds).Select(beat =>
        {
            var symbol = beat.Class.WfdbSymbol();
            return new EcgMark(beat.RSeconds, symbol.ToString(), symbol is 'N' or 'L' or 'R' or '/' ? EcgPaper.Ordinary : EcgPaper.Odd);
        });
        return EcgPaper.Draw($"{trace.Definition.Name}: {trace.Definition.Description}", trace.LeadNames[0], millivolts, rate, start, [.. marks]);
    }

    /// <summary>
    /// Three seconds before the rhythm changes, or a disturbance begins, or the first beat comes that is not like the
    /// others; else shortly after the start.
    /// </summary>
    private static double InterestingStart(Trace trace)
    {
        const double before = 3;
        var end = trace.Samples[0].Length / trace.Definition.SamplingRateHertz;
        var beats = trace.Truth.Beats;
        var usual = beats.Count == 0 ? TruthBeatClass.Normal : beats.CountBy(beat => beat.Class).MaxBy(entry => entry.Value).Key;
        double?[] candidates =
        [
            trace.Truth.AllRhythms.Where(rhythm => rhythm.StartSeconds > 0).Select(rhythm => (double?)rhythm.StartSeconds).FirstOrDefault(),
            trace.Definition.Scenario.Disturbances.Where(one => one.StartSeconds > 0).Select(one => (double?)one.StartSeconds).FirstOrDefault(),
            beats.Where(beat => beat.Class != usual && beat.RSeconds > before).Select(beat => (double?)beat.RSeconds).FirstOrDefault(),
        ];
        var moment = candidates.FirstOrDefault(candidate => candidate is not null) ?? before + 5;
        return Math.Clamp(Math.Floor(moment - before), 0, Math.Max(0, end - Seconds));
    }
}
