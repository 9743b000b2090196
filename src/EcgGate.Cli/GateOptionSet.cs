using System.CommandLine;

namespace EcgGate.Cli;

/// <summary>The command line's options for <see cref="GateOptions"/>; their ranges are those of <see cref="GateOptions.Validate"/>.</summary>
internal sealed class GateOptionSet(bool everyBeat = false, bool offline = false)
{
    private static readonly GateOptions Defaults = new();

    /// <summary>Judging wants every beat tried, delivery a pulse a second at most.</summary>
    private readonly TimeSpan _usualInterval = everyBeat ? TimeSpan.Zero : Defaults.MinimumInterval;

    /// <summary>Offline there is nobody who could arm again: without end.</summary>
    private readonly TimeSpan _usuallyArmedFor = offline ? TimeSpan.Zero : Defaults.ArmedFor;

    private readonly Option<double?> _targetDelay = NumberOption.Real("--target-delay-ms", "MS", $"From R to the pulse's edge. [default: {Defaults.TargetDelay.TotalMilliseconds}]", 50);
    private readonly Option<double?> _cutoff = NumberOption.Real("--cutoff-ms", "MS", $"Latest edge after R; a pulse that cannot begin by then is dropped. [default: {Defaults.Cutoff.TotalMilliseconds}]", 70);
    private readonly Option<double?> _tolerance = NumberOption.Real("--tolerance-ms", "MS", $"How late after its deadline an edge may begin. [default: {Defaults.EdgeTolerance.TotalMilliseconds}]", 1);
    private readonly Option<double?> _orderLead = NumberOption.Real("--order-lead-ms", "MS", $"How long before its deadline a pulse must be ordered. [default: {Defaults.OrderLead.TotalMilliseconds}]", 1);
    private readonly Option<double?> _pulseWidth = NumberOption.Real("--pulse-width-ms", "MS", $"How long the trigger line stays active. [default: {Defaults.PulseWidth.TotalMilliseconds}]", 1);
    private readonly Option<double?> _minimumRate = NumberOption.Real("--min-rate", "BPM", $"Lowest heart rate that is fired on. [default: {Defaults.MinimumRatePerMinute}]", 40);
    private readonly Option<double?> _maximumRate = NumberOption.Real("--max-rate", "BPM", $"Highest heart rate that is fired on. [default: {Defaults.MaximumRatePerMinute}]", 120);
    private readonly Option<double?> _minimumInterval = NumberOption.Real("--min-interval-ms", "MS", $"Shortest time between two pulses. [default: {(everyBeat ? 0 : Defaults.MinimumInterval.TotalMilliseconds)}]", 900);
    private readonly Option<bool> _everyBeat = new("--every-beat") { Description = "Try every beat: the same as --min-interval-ms 0." };
    private readonly Option<int?> _learningBeats = NumberOption.Whole("--learning-beats", "N", $"Regular beats in a row before the first pulse. [default: {Defaults.LearningBeats}]", 8);
    private readonly Option<double?> _premature = NumberOption.Real("--premature-fraction", "X", $"A beat this fraction too early is premature. [default: {Defaults.PrematureFraction}]", 0.15);
    private readonly Option<double?> _pause = NumberOption.Real("--pause-fraction", "X", $"A beat this fraction too late ends a pause. [default: {Defaults.PauseFraction}]", 0.4);
    private readonly Option<double?> _shape = NumberOption.Real("--shape-tolerance", "X", $"How far a beat may be from its rhythm's shape: less withholds more. [default: {Defaults.ShapeTolerance}]", 0.8);
    private readonly Option<double?> _asystole = NumberOption.Real("--asystole-ms", "MS", $"No beat for this long inhibits. [default: {Defaults.AsystoleAfter.TotalMilliseconds}]", 2000);
    private readonly Option<double?> _blanking = NumberOption.Real("--blanking-ms", "MS", $"The signal is ignored for so long after a pulse; 0 for not at all. [default: {Defaults.Blanking.TotalMilliseconds}]", 60);
    private readonly Option<double?> _armedFor = NumberOption.Real("--armed-for-s", "S", $"Disarms by itself after so long; 0 for never. [default: {(offline ? 0 : Defaults.ArmedFor.TotalSeconds)}]", 600);

    private Option[] All =>
    [
        _targetDelay, _cutoff, _tolerance, _orderLead, _pulseWidth, _minimumRate, _maximumRate, _minimumInterval,
        _everyBeat, _learningBeats, _premature, _pause, _shape, _asystole, _blanking, _armedFor,
    ];

    public void AddTo(Command command)
    {
        foreach (var option in All)
        {
            command.Options.Add(option);
        }
    }

    /// <summary>The first of these options that is on the command line; null if none is.</summary>
    public string? FirstGiven(ParseResult parsed) => Array.Find(All, option => parsed.GetResult(option) is { Implicit: false })?.Name;

    /// <summary>The options as given, the rest at their defaults, checked as a whole.</summary>
    /// <exception cref="CliException">Two contradict each other, or the whole is not valid.</exception>
    public GateOptions Read(ParseResult parsed)
    {
        var tryEvery = parsed.GetValue(_everyBeat);
        if (tryEvery && parsed.GetValue(_minimumInterval) is not null)
        {
            throw new CliException("--every-beat means a minimum interval of 0, which --min-interval-ms contradicts: give one of the two.");
        }

        TimeSpan Span(Option<double?> option, TimeSpan otherwise) =>
            parsed.GetValue(option) is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : otherwise;

        var options = new GateOptions
        {
            TargetDelay = Span(_targetDelay, Defaults.TargetDelay),
            Cutoff = Span(_cutoff, Defaults.Cutoff),
            EdgeTolerance = Span(_tolerance, Defaults.EdgeTolerance),
            OrderLead = Span(_orderLead, Defaults.OrderLead),
            PulseWidth = Span(_pulseWidth, Defaults.PulseWidth),
            MinimumRatePerMinute = parsed.GetValue(_minimumRate) ?? Defaults.MinimumRatePerMinute,
            MaximumRatePerMinute = parsed.GetValue(_maximumRate) ?? Defaults.MaximumRatePerMinute,
            MinimumInterval = tryEvery ? TimeSpan.Zero : Span(_minimumInterval, _usualInterval),
            LearningBeats = parsed.GetValue(_learningBeats) ?? Defaults.LearningBeats,
            PrematureFraction = parsed.GetValue(_premature) ?? Defaults.PrematureFraction,
            PauseFraction = parsed.GetValue(_pause) ?? Defaults.PauseFraction,
            ShapeTolerance = parsed.GetValue(_shape) ?? Defaults.ShapeTolerance,
            AsystoleAfter = Span(_asystole, Defaults.AsystoleAfter),
            Blanking = Span(_blanking, Defaults.Blanking),
            ArmedFor = parsed.GetValue(_armedFor) is { } seconds ? TimeSpan.FromSeconds(seconds) : _usuallyArmedFor,
        };
        var problems = options.Validate();
        return problems.Count == 0 ? options : throw new CliException(string.Join(" ", problems));
    }
}
