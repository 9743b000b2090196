using EcgGate.Gating;
using EcgGate.Validation;

namespace EcgGate.Cli.Figures;

/// <summary>What one record, or one live run, came to. Immutable.</summary>
internal sealed record GateFigures
{
    /// <summary>The record or source.</summary>
    public required string Name { get; init; }

    /// <summary>How long the signal was, in seconds of its own time.</summary>
    public required double Seconds { get; init; }

    /// <summary>Samples taken.</summary>
    public required long Samples { get; init; }

    public required long Beats { get; init; }

    public required long Fired { get; init; }

    public required IReadOnlyList<KeyValuePair<Reason, long>> Withheld { get; init; }

    public required IReadOnlyList<KeyValuePair<Reason, long>> Missed { get; init; }

    /// <summary>Edge minus deadline, us.</summary>
    public required Spread LatenessMicroseconds { get; init; }

    /// <summary>Sample of the decision minus R as the detector placed it, ms, of every beat.</summary>
    public required Spread DecisionLatencyMilliseconds { get; init; }

    /// <summary>Edge minus R as the detector placed it, ms.</summary>
    public required Spread PulseOffsetMilliseconds { get; init; }

    /// <summary>Beats that the verifier took back; they keep their line.</summary>
    public required long RefutedBeats { get; init; }

    public long LostSamples { get; init; }

    public long DroppedEvents { get; init; }

    /// <summary>Why nothing was fired, in one sentence; null where something was.</summary>
    public string? WhyNothingFired { get; init; }

    public long WithheldCount => Withheld.Sum(entry => entry.Value);

    public long MissedCount => Missed.Sum(entry => entry.Value);

    public static GateFigures Of(string name, double samplingRateHertz, long samples, GateTally tally, GateOptions options, long lostSamples = 0)
    {
        var beats = tally.Beats;
        var millisecondsPerSample = 1000 / samplingRateHertz;
        var seconds = (samples + lostSamples) / samplingRateHertz;
        var fired = beats.Where(line => line.Outcome == Outcome.Fired).ToArray();
        return new GateFigures
        {
            Name = name,
            Seconds = seconds,
            Samples = samples,
            Beats = tally.Ledger.Beats,
            Fired = tally.Ledger.Fired,
            Withheld = [.. tally.Ledger.WithheldByReason()],
            Missed = [.. tally.Ledger.MissedByReason()],
            LatenessMicroseconds = Spread.Of(fired.Select(line => line.LatenessNanoseconds / 1000.0)),
            DecisionLatencyMilliseconds = Spread.Of(beats.Select(line => (line.Beat.DecisionIndex - line.Beat.RTime.Samples) * millisecondsPerSample)),
            PulseOffsetMilliseconds = Spread.Of(fired.Select(line => (line.PulseTime.Samples - line.Beat.RTime.Samples) * millisecondsPerSample)),
            RefutedBeats = tally.RefutedBeats,
            LostSamples = lostSamples,
            WhyNothingFired = NothingFired.Explain(tally, seconds, options),
        };
    }

    /// <summary>Several records as one; percentiles over the beats of all of them.</summary>
    public static GateFigures Total(IReadOnlyList<RecordFigures> records)
    {
        static IReadOnlyList<KeyValuePair<Reason, long>> Add(IEnumerable<KeyValuePair<Reason, long>> entries) =>
            [.. entries.GroupBy(entry => entry.Key).OrderBy(group => group.Key).Select(group => KeyValuePair.Create(group.Key, group.Sum(entry => entry.Value)))];

        var figures = records.Select(record => record.Figures).ToArray();
        return new GateFigures
        {
            Name = $"{figures.Length} records",
            Seconds = figures.Sum(one => one.Seconds),
            Samples = figures.Sum(one => one.Samples),
            Beats = figures.Sum(one => one.Beats),
            Fired = figures.Sum(one => one.Fired),
            Withheld = Add(figures.SelectMany(one => one.Withheld)),
            Missed = Add(figures.SelectMany(one => one.Missed)),
            LatenessMicroseconds = Spread.Of(Values(Outcome.Fired, (line, _) => line.LatenessNanoseconds / 1000.0)),
            DecisionLatencyMilliseconds = Spread.Of(Values(null, (line, ms) => (line.Beat.DecisionIndex - line.Beat.RTime.Samples) * ms)),
            PulseOffsetMilliseconds = Spread.Of(Values(Outcome.Fired, (line, ms) => (line.PulseTime.Samples - line.Beat.RTime.Samples) * ms)),
            RefutedBeats = figures.Sum(one => one.RefutedBeats),
            LostSamples = figures.Sum(one => one.LostSamples),
            DroppedEvents = figures.Sum(one => one.DroppedEvents),
            WhyNothingFired = figures.Any(one => one.Fired > 0) ? null : "Nothing was fired in any record; replay one alone to be told why.",
        };

        IEnumerable<double> Values(Outcome? only, Func<BeatOutcome, double, double> value) =>
            from record in records
            from line in record.Beats
            where only is null || line.Outcome == only
            select value(line, 1000 / record.SamplingRateHertz);
    }
}

/// <summary>One record's figures together with what they were counted from.</summary>
/// <param name="Figures">The figures.</param>
/// <param name="SamplingRateHertz">The rate of the record itself, in whose samples the beats count; it may be gated at a lower one.</param>
/// <param name="Beats">The ledger's lines.</param>
internal sealed record RecordFigures(GateFigures Figures, double SamplingRateHertz, IReadOnlyList<BeatOutcome> Beats)
{
    /// <summary>When the signal was too poor to judge.</summary>
    public IReadOnlyList<MarkedInterval> Shutdown { get; init; } = [];
}
