namespace EcgGate;

/// <summary>How the gate behaves. Immutable; checked as a whole by <see cref="Validate"/> before anything starts.</summary>
public sealed record GateOptions
{
    /// <summary>From R to the pulse's edge. Default 50 ms; 20 to 100 ms.</summary>
    public TimeSpan TargetDelay { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// The latest edge after R. Default 70 ms, at most 100 ms: in the earliest of the 200 patients of LUDB the
    /// vulnerable period opens 86 ms after R.
    /// </summary>
    public TimeSpan Cutoff { get; init; } = TimeSpan.FromMilliseconds(70);

    /// <summary>How late after its deadline an edge may begin; later, it is dropped. Default 1 ms.</summary>
    public TimeSpan EdgeTolerance { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>How long before its deadline a pulse must be ordered. Default 1 ms.</summary>
    public TimeSpan OrderLead { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>How long the trigger line stays active. Default 1 ms.</summary>
    public TimeSpan PulseWidth { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>Lowest heart rate at which pulses are delivered, beats per minute. Default 40.</summary>
    public double MinimumRatePerMinute { get; init; } = 40;

    /// <summary>Highest heart rate at which pulses are delivered, beats per minute. Default 120.</summary>
    public double MaximumRatePerMinute { get; init; } = 120;

    /// <summary>Shortest time between two pulses. Default 900 ms; zero tries every beat.</summary>
    public TimeSpan MinimumInterval { get; init; } = TimeSpan.FromMilliseconds(900);

    /// <summary>How many consecutive regular beats are needed before the first pulse. Default 8; 4 to 60.</summary>
    public int LearningBeats { get; init; } = 8;

    /// <summary>A beat this fraction earlier than the rhythm expects is premature. Default 0.15.</summary>
    public double PrematureFraction { get; init; } = 0.15;

    /// <summary>A beat this fraction later than the rhythm expects ends a pause. Default 0.40.</summary>
    public double PauseFraction { get; init; } = 0.40;

    /// <summary>
    /// How far a beat may be from the shape of its rhythm, as a multiple of the limit that the rhythm's own beats set.
    /// Default 1; 0.4 to 1.6. Less withholds more beats; more lets beats be fired on that differ more, ectopic and fusion
    /// beats among them.
    /// </summary>
    public double ShapeTolerance { get; init; } = 1;

    /// <summary>No beat for this long while armed inhibits: asystole or a lost signal. Default 2 s.</summary>
    public TimeSpan AsystoleAfter { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long the signal is ignored after a pulse's edge. Default 60 ms; zero switches blanking off.</summary>
    public TimeSpan Blanking { get; init; } = TimeSpan.FromMilliseconds(60);

    /// <summary>
    /// For how long one arming holds, in sample time, so that replay expires where the live engine did. Default 10
    /// minutes; 10 s to 24 h; zero or <see cref="Timeout.InfiniteTimeSpan"/> for without end.
    /// </summary>
    /// <remarks>
    /// 20 test pulses and a treatment of 70 at 1 Hz take a minute and a half where each beat may be fired on; the default
    /// leaves six times that, and a gate that was forgotten has stood down before the electrodes are placed anew.
    /// </remarks>
    public TimeSpan ArmedFor { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Whether each pulse needs a permit of the host's (<see cref="GateCore.Permit"/>): a beat without one is withheld
    /// with <see cref="Gating.Reason.Recharging"/>. Default false: an armed gate may fire on each good beat.
    /// </summary>
    /// <remarks>
    /// For whoever counts pulses: a host that hangs, or that is halted by a collection, gets no pulse more than it asked
    /// for.
    /// </remarks>
    public bool NeedsPermits { get; init; }

    /// <summary>Finds what is wrong with these options; an empty list means that they may be used.</summary>
    /// <returns>One sentence for each problem, naming the option, its value and what is allowed.</returns>
    public IReadOnlyList<string> Validate()
    {
        var problems = new List<string>();

        void Check(bool good, string problem)
        {
            if (!good)
            {
                problems.Add(problem);
            }
        }

        static string Ms(TimeSpan span) => $"{span.TotalMilliseconds:0.###} ms";

        Check(TargetDelay >= TimeSpan.FromMilliseconds(20) && TargetDelay <= TimeSpan.FromMilliseconds(100), $"Target delay is {Ms(TargetDelay)}; it must lie between 20 and 100 ms after R.");
        Check(Cutoff > TimeSpan.Zero && Cutoff <= TimeSpan.FromMilliseconds(100), $"Cut-off is {Ms(Cutoff)}; it must lie above 0 and at most 100 ms after R.");
        Check(EdgeTolerance > TimeSpan.Zero && EdgeTolerance <= TimeSpan.FromMilliseconds(10), $"Edge tolerance is {Ms(EdgeTolerance)}; it must lie above 0 and at most 10 ms.");
        Check(TargetDelay + EdgeTolerance <= Cutoff, $"Target delay {Ms(TargetDelay)} plus edge tolerance {Ms(EdgeTolerance)} is beyond the cut-off {Ms(Cutoff)}: an edge could begin too late. Shorten the target delay or the tolerance.");
        Check(OrderLead >= TimeSpan.Zero && OrderLead < TargetDelay, $"Order lead is {Ms(OrderLead)}; it must lie between 0 and the target delay.");
        Check(PulseWidth >= TimeSpan.FromMicroseconds(10) && PulseWidth <= TimeSpan.FromMilliseconds(20), $"Pulse width is {Ms(PulseWidth)}; it must lie between 0.01 and 20 ms.");
        Check(MinimumRatePerMinute is >= 15 and <= 200, $"Lowest rate is {MinimumRatePerMinute:0.#} /min; it must lie between 15 and 200.");
        Check(MaximumRatePerMinute is >= 30 and <= 200, $"Highest rate is {MaximumRatePerMinute:0.#} /min; it must lie between 30 and 200.");
        Check(MinimumRatePerMinute < MaximumRatePerMinute, $"Lowest rate {MinimumRatePerMinute:0.#} /min is not below the highest rate {MaximumRatePerMinute:0.#} /min.");
        Check(MinimumInterval >= TimeSpan.Zero && MinimumInterval <= TimeSpan.FromMinutes(10), $"Minimum interval is {Ms(MinimumInterval)}; it must lie between 0 and 10 minutes.");
        Check(LearningBeats is >= 4 and <= 60, $"Learning beats are {LearningBeats}; it must lie between 4 and 60.");
        Check(PrematureFraction is >= 0.05 and <= 0.5, $"Premature fraction is {PrematureFraction:0.###}; it must lie between 0.05 and 0.5.");
        Check(PauseFraction is >= 0.1 and <= 2, $"Pause fraction is {PauseFraction:0.###}; it must lie between 0.1 and 2.");
        Check(ShapeTolerance is >= 0.4 and <= 1.6, $"Shape tolerance is {ShapeTolerance:0.###}; it must lie between 0.4 and 1.6.");
        Check(AsystoleAfter >= TimeSpan.FromSeconds(1) && AsystoleAfter <= TimeSpan.FromSeconds(10), $"Asystole time is {Ms(AsystoleAfter)}; it must lie between 1 and 10 s.");
        Check(!(MinimumRatePerMinute > 0) || AsystoleAfter.TotalSeconds >= 1.2 * 60 / MinimumRatePerMinute, $"Asystole time {Ms(AsystoleAfter)} is shorter than 1.2 beats at the lowest rate of {MinimumRatePerMinute:0.#} /min ({72000 / MinimumRatePerMinute:0} ms): a slow but allowed rhythm would never be fired on. Raise one of the two.");
        Check(Blanking >= TimeSpan.Zero && Blanking <= TimeSpan.FromMilliseconds(120), $"Blanking is {Ms(Blanking)}; it must lie between 0 and 120 ms, or the next beat may be lost.");
        Check(ArmedFor == TimeSpan.Zero || ArmedFor == Timeout.InfiniteTimeSpan || (ArmedFor >= TimeSpan.FromSeconds(10) && ArmedFor <= TimeSpan.FromHours(24)), $"Armed for is {ArmedFor.TotalSeconds:0.###} s; it must be 0 (without end) or lie between 10 s and 24 hours.");
        return problems;
    }
}
