using System.Globalization;
using EcgGate.Gating;

namespace EcgGate.Cli.Figures;

/// <summary>Says in one sentence why a gate that was armed never fired.</summary>
internal static class NothingFired
{
    public static string? Explain(GateTally tally, double seconds, GateOptions options)
    {
        var ledger = tally.Ledger;
        if (ledger.Fired > 0)
        {
            return null;
        }

        if (ledger.Beats == 0)
        {
            return string.Create(CultureInfo.InvariantCulture, $"Nothing was fired: no beat was found in {seconds:0.#} s of signal.");
        }

        if (tally.Beats.All(line => line.Beat.IsLate))
        {
            return "Nothing was fired: each beat was decided too late after its R to be fired on.";
        }

        if (!tally.WasReady && ledger.Beats <= options.LearningBeats)
        {
            return $"Nothing was fired: {Count(ledger.Beats)} seen, and {options.LearningBeats} regular beats are needed before the first pulse.";
        }

        var (reason, count) = ledger.WithheldByReason().Concat(ledger.MissedByReason()).MaxBy(entry => entry.Value);
        var oddBeats = ledger.WithheldFor(Reason.Ectopic) + ledger.WithheldFor(Reason.Premature);
        return reason switch
        {
            Reason.RateTooHigh => string.Create(CultureInfo.InvariantCulture, $"Nothing was fired: the heart rate was too high (limit {options.MaximumRatePerMinute:0.#} /min) on {count} of {Count(ledger.Beats)}."),
            Reason.RateTooLow => string.Create(CultureInfo.InvariantCulture, $"Nothing was fired: the heart rate was too low (limit {options.MinimumRatePerMinute:0.#} /min) on {count} of {Count(ledger.Beats)}."),
            Reason.Learning or Reason.SourceGap or Reason.PoorSignal when !tally.WasReady && tally.SourceGaps > oddBeats =>
                $"Nothing was fired: the signal was interrupted {(tally.SourceGaps == 1 ? "once" : $"{tally.SourceGaps} times")}, each time before there were {options.LearningBeats} regular beats in a row.",
            Reason.Learning or Reason.Premature or Reason.Irregular or Reason.Ectopic when !tally.WasReady =>
                $"Nothing was fired: there were never {options.LearningBeats} regular beats in a row; each premature or ectopic beat withholds itself and the next.",
            _ => $"Nothing was fired: on {count} of {Count(ledger.Beats)} the reason was {reason} ({ReasonText.Explain(reason)}).",
        };
    }

    private static string Count(long beats) => beats == 1 ? "1 beat" : $"{beats} beats";
}
