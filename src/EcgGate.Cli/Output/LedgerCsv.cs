using System.Globalization;
using EcgGate.Gating;

namespace EcgGate.Cli.Output;

/// <summary>The ledger as CSV: one line a beat. Fields that do not apply are empty.</summary>
internal static class LedgerCsv
{
    public const string Header = "record,beat,r_sample,r_seconds,decision_sample,decision_latency_ms,class,confidence,rr_ms,outcome,reason,pulse_sample,pulse_offset_ms,lateness_us";

    public static void WriteLine(TextWriter writer, string record, double samplingRateHertz, in BeatOutcome line)
    {
        var beat = line.Beat;
        var r = beat.RTime.Samples;
        var millisecondsPerSample = 1000 / samplingRateHertz;
        var pulse = line.PulseTime.Samples;
        var ordered = line.Outcome == Outcome.Fired || line.LatenessNanoseconds != 0;
        string[] fields =
        [
            Quote(record),
            line.BeatNumber.ToString(CultureInfo.InvariantCulture),
            Number(r, "0.###"),
            Number(beat.RTime.ToSeconds(samplingRateHertz), "0.000000"),
            beat.DecisionIndex.ToString(CultureInfo.InvariantCulture),
            Number((beat.DecisionIndex - r) * millisecondsPerSample, "0.###"),
            beat.Class.ToString(),
            Number(beat.Confidence, "0.###"),
            Number(line.RRIntervalMilliseconds, "0.###"),
            line.Outcome.ToString(),
            line.Reason == Reason.None ? string.Empty : line.Reason.ToString(),
            Number(pulse, "0.###"),
            Number((pulse - r) * millisecondsPerSample, "0.###"),
            ordered ? Number(line.LatenessNanoseconds / 1000.0, "0.###") : string.Empty,
        ];
        writer.WriteLine(string.Join(',', fields));
    }

    private static string Number(double value, string format) =>
        double.IsFinite(value) ? value.ToString(format, CultureInfo.InvariantCulture) : string.Empty;

    private static string Quote(string text) =>
        text.AsSpan().IndexOfAny(",\"\r\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
