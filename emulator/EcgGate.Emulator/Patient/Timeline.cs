namespace EcgGate.Emulator.Patient;

/// <summary>What a scenario's heart is made of.</summary>
internal sealed record HeartPlan
{
    public required Func<RhythmContext, IEnumerable<RhythmStep>> Script { get; init; }

    public double RespiratoryDepth { get; init; } = 0.012;

    public double SlowDepth { get; init; } = 0.008;

    public bool AtrialWaves { get; init; }

    public double Gain { get; init; } = 1;
}

/// <summary>
/// Lays out one heart's beats, as far ahead as asked, and gives their sum at any moment. The truth is made here.
/// </summary>
/// <remarks>
/// Any thread may read; laying out more is under a lock that reading what is there does not take.
/// </remarks>
internal sealed class Timeline
{
    /// <summary>How long before its anchor an event can begin, and how long after it can last, in seconds.</summary>
    private const double Before = 0.5;
    private const double After = 1.1;

    /// <summary>Some 115 days.</summary>
    private const double LongestSeconds = 1e7;

    /// <summary>Time constant with which QT follows RR: "about 10 s".</summary>
    private const double QtLagSeconds = 10;

    private readonly Lock _lock = new();
    private readonly HeartPlan _plan;
    private readonly IEnumerator<RhythmStep> _script;
    private readonly RhythmContext _context;
    private readonly SeededRandom _variation;
    private readonly Oscillation? _atrial;
    private readonly Oscillation _fibrillation;
    private readonly AppendOnlyList<CardiacEvent> _events = new();
    private readonly AppendOnlyList<(double From, double To)> _fibrillations = new();
    private readonly AppendOnlyList<(TruthRhythm Rhythm, double Start)> _rhythms = new();
    private readonly AppendOnlyList<TruthBeat> _beats = new();
    private readonly double? _duration;
    private readonly double _spikeWidth;
    private double _laidOutUntil;
    private double _lastBeat = double.NaN;
    private double _laggedInterval;

    public Timeline(HeartPlan plan, double ratePerMinute, ulong seed, double? durationSeconds, double spikeWidthSeconds)
    {
        _plan = plan;
        _duration = durationSeconds;
        _spikeWidth = spikeWidthSeconds;
        _context = new RhythmContext(new SeededRandom(seed, 1), ratePerMinute, plan.RespiratoryDepth, plan.SlowDepth);
        _variation = new SeededRandom(seed, 2);
        _atrial = plan.AtrialWaves ? Oscillation.AtrialFibrillation(new SeededRandom(seed, 3)) : null;
        _fibrillation = Oscillation.VentricularFibrillation(new SeededRandom(seed, 4));
        _script = plan.Script(_context).GetEnumerator();
        _laggedInterval = _context.BaseInterval;
    }

    public AppendOnlyList<TruthBeat> Beats => _beats;

    /// <summary>All beats before this moment are laid out.</summary>
    public double LaidOutUntil => Volatile.Read(ref _laidOutUntil);

    /// <summary>From the centre of P to R: PR shortens as the heart speeds up.</summary>
    public static double PLeadSeconds(double interval) => Math.Clamp(0.125 + (0.035 * interval), 0.125, 0.17);

    public void LayOutUntil(double seconds)
    {
        if (_duration is { } duration)
        {
            seconds = Math.Min(seconds, duration + Before);
        }

        if (seconds < LaidOutUntil)
        {
            return;
        }

        // Not >, so that NaN is refused too: a patient without end must not be laid out without end.
        if (!(seconds <= LongestSeconds))
        {
            throw new ArgumentOutOfRangeException(nameof(seconds), seconds, $"A virtual patient can be asked about at most {LongestSeconds:0} s.");
        }

        lock (_lock)
        {
            while (_laidOutUntil <= seconds)
            {
                _script.MoveNext();
                Add(_script.Current);
                Volatile.Write(ref _laidOutUntil, Math.Max(_laidOutUntil, _script.Current.Seconds - Before));
            }
        }
    }

    public List<TruthInterval> Intervals(double until)
    {
        LayOutUntil(until);
        var rhythms = _rhythms.Items;
        var intervals = new List<TruthInterval>(rhythms.Length);
        for (var i = 0; i < rhythms.Length; i++)
        {
            var end = i + 1 < rhythms.Length ? rhythms[i + 1].Start : double.PositiveInfinity;
            if (_duration is { } duration)
            {
                end = Math.Min(end, duration);
            }

            if (rhythms[i].Start < until && end > rhythms[i].Start)
            {
                intervals.Add(new TruthInterval(rhythms[i].Rhythm, rhythms[i].Start, end));
            }
        }

        return intervals;
    }

    /// <summary>The heart's voltage, pacing spikes apart.</summary>
    public double Millivolts(int lead, double seconds)
    {
        LayOutUntil(seconds + Before);
        return Sum(lead, seconds);
    }

    /// <summary>The mean of the pacing spikes over an aperture, or their value at a moment for an aperture of 0, as a share of their height.</summary>
    public double SpikeShare(double seconds, double aperture)
    {
        var events = _events.Items;
        var from = seconds - (0.5 * aperture);
        var to = seconds + (0.5 * aperture);
        for (var i = FirstFrom(events, seconds - 0.1 - aperture); i < events.Length && events[i].Anchor < seconds + 0.3 + aperture; i++)
        {
            var spike = events[i].Spike;
            if (double.IsNaN(spike))
            {
                continue;
            }

            if (aperture <= 0)
            {
                if (seconds >= spike && seconds < spike + _spikeWidth)
                {
                    return 1;
                }
            }
            else if (to > spike && from < spike + _spikeWidth)
            {
                return (Math.Min(to, spike + _spikeWidth) - Math.Max(from, spike)) / aperture;
            }
        }

        return 0;
    }

    private double Sum(int lead, double seconds)
    {
        var sum = _atrial?.Millivolts(lead, seconds) * _plan.Gain ?? 0;
        var fibrillations = _fibrillations.Items;
        for (var i = fibrillations.Length - 1; i >= 0 && fibrillations[i].To > seconds; i--)
        {
            if (fibrillations[i].From < seconds)
            {
                var envelope = SmoothStep((seconds - fibrillations[i].From) / 0.5) * SmoothStep((fibrillations[i].To - seconds) / 0.3);
                sum += _plan.Gain * envelope * _fibrillation.Millivolts(lead, seconds);
            }
        }

        var events = _events.Items;
        for (var i = FirstFrom(events, seconds - After); i < events.Length && events[i].Anchor < seconds + Before; i++)
        {
            sum += events[i].Millivolts(lead, seconds);
        }

        return sum;
    }

    private static double SmoothStep(double x)
    {
        x = Math.Clamp(x, 0, 1);
        return x * x * (3 - (2 * x));
    }

    /// <summary>The first event whose anchor is not before a moment.</summary>
    private static int FirstFrom(ReadOnlySpan<CardiacEvent> events, double seconds)
    {
        var low = 0;
        var high = events.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (events[middle].Anchor < seconds)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    private void Add(in RhythmStep step)
    {
        switch (step.Kind)
        {
            case RhythmStepKind.Rhythm:
                if (_rhythms.Count == 0 || _rhythms[^1].Rhythm != step.Rhythm)
                {
                    _rhythms.Add((step.Rhythm, step.Seconds));
                }

                break;
            case RhythmStepKind.Fibrillation:
                _fibrillations.Add((step.Seconds, step.EndSeconds));
                break;
            case RhythmStepKind.LonePWave:
                var gain = _plan.Gain * (1 + (0.03 * _variation.Gaussian()));
                _events.Add(new CardiacEvent { Shape = step.Shape!, Anchor = step.Seconds, PCentre = step.Seconds, PGain = gain, Spike = double.NaN });
                break;
            default:
                AddBeat(step);
                break;
        }
    }

    private void AddBeat(in RhythmStep step)
    {
        var shape = step.Shape!;
        var interval = double.IsNaN(_lastBeat) ? _context.BaseInterval : step.Seconds - _lastBeat;
        _lastBeat = step.Seconds;
        var weight = Math.Min(interval, 2);
        _laggedInterval += (weight - _laggedInterval) * (1 - PortableMath.Exp(-weight / QtLagSeconds));

        // QT after Fridericia (1920), from the lagged interval; a ventricular beat soon after another recovers faster.
        var stretch = shape.FixedQt ? 1 : PortableMath.Cbrt(_laggedInterval);
        var qt = shape.QtSeconds * stretch;
        if (step.Class == TruthBeatClass.Ventricular)
        {
            qt = Math.Min(qt, Math.Max(0.30, 0.9 * interval));
            stretch = Math.Min(stretch, qt / shape.QtSeconds);
        }

        // Breathing moves the heart under the electrodes, on the two leads unequally.
        var breath = PortableMath.SinCycles((RhythmContext.RespirationHertz * step.Seconds) + _context.RespirationPhase);
        var common = 1 + (0.012 * _variation.Gaussian());
        var gain0 = _plan.Gain * common * (1 + (0.03 * breath));
        var gain1 = _plan.Gain * common * (1 - (0.05 * breath));
        var tGain = 1 + (0.02 * _variation.Gaussian());
        var pGain = 1 + (0.03 * _variation.Gaussian());
        var hasP = shape.P.Length > 0 && _atrial is null;

        var beat = new CardiacEvent
        {
            Shape = shape,
            Anchor = step.Seconds,
            HasQrs = true,
            Gain0 = gain0,
            Gain1 = gain1,
            TGain = tGain,
            TPeak = step.Seconds + shape.QrsOnset + qt - (2 * shape.TFall * stretch),
            TRise = shape.TRise * stretch,
            TFall = shape.TFall * stretch,
            PCentre = hasP ? step.Seconds - PLeadSeconds(_context.BaseInterval) : double.NaN,
            PGain = pGain,
            Spike = step.Class == TruthBeatClass.Paced ? step.Seconds + shape.QrsOnset - 0.008 : double.NaN,
        };
        _events.Add(beat);

        // A T wave or f wave under the QRS shifts its peak: the truth is the peak of all that is there.
        var sign = shape.Sign;
        double Upward(double t) => sign * Sum(0, t);
        var rough = step.Seconds;
        for (var i = -8; i <= 8; i++)
        {
            var candidate = step.Seconds + (i * 0.001);
            if (Upward(candidate) > Upward(rough))
            {
                rough = candidate;
            }
        }

        var r = Extremum.Near(Upward, rough, 0.0012);
        _context.LastTPeak = beat.TPeak;
        if (_duration is null || r < _duration)
        {
            _beats.Add(new TruthBeat(_beats.Count + 1, r, step.Class, beat.TPeak, beat.TPeak + (2 * beat.TFall)));
        }
    }

    /// <summary>One beat, or a P wave alone, in the signal.</summary>
    private readonly struct CardiacEvent
    {
        public required Morphology Shape { get; init; }

        public required double Anchor { get; init; }

        public bool HasQrs { get; init; }

        public double Gain0 { get; init; }

        public double Gain1 { get; init; }

        public double TGain { get; init; }

        public double TPeak { get; init; }

        public double TRise { get; init; }

        public double TFall { get; init; }

        public double PCentre { get; init; }

        public double PGain { get; init; }

        public required double Spike { get; init; }

        public double Millivolts(int lead, double seconds)
        {
            var sum = 0.0;
            if (HasQrs)
            {
                var qrs = Shape.QrsAt(lead, seconds - Anchor);
                var fromT = seconds - TPeak;
                var t = TGain * (lead == 0 ? Shape.TLead0 : Shape.TLead1) * Wave.Shape(fromT, fromT < 0 ? TRise : TFall);
                sum = (lead == 0 ? Gain0 : Gain1) * (qrs + t);
            }

            var fromP = seconds - PCentre;
            if (fromP is > -0.2 and < 0.2)
            {
                var p = 0.0;
                foreach (ref readonly var wave in Shape.P.AsSpan())
                {
                    p += (lead == 0 ? wave.Lead0Millivolts : wave.Lead1Millivolts) * Wave.Shape(fromP - wave.CentreSeconds, wave.SigmaSeconds);
                }

                sum += PGain * (HasQrs ? (lead == 0 ? Gain0 : Gain1) : 1) * p;
            }

            return sum;
        }
    }
}
