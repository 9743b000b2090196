namespace EcgGate.Emulator.Patient;

internal enum RhythmStepKind
{
    Beat,
    LonePWave,
    Rhythm,
    Fibrillation,
}

/// <summary>The next thing that a heart does.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Seconds">When: the R of a beat before its fine placing, the centre of a P, the start of a rhythm.</param>
/// <param name="EndSeconds">Where fibrillation ends.</param>
/// <param name="Class">A beat's class.</param>
/// <param name="Shape">A beat's shape.</param>
/// <param name="Rhythm">The rhythm that begins.</param>
internal readonly record struct RhythmStep(
    RhythmStepKind Kind,
    double Seconds,
    double EndSeconds,
    TruthBeatClass Class,
    Morphology? Shape,
    TruthRhythm Rhythm)
{
    public static RhythmStep Beat(TruthBeatClass beatClass, Morphology shape, double seconds) => new(RhythmStepKind.Beat, seconds, seconds, beatClass, shape, default);

    public static RhythmStep Normal(double seconds) => Beat(TruthBeatClass.Normal, Morphology.Normal, seconds);

    public static RhythmStep Ventricular(double seconds) => Beat(TruthBeatClass.Ventricular, Morphology.Ventricular, seconds);

    public static RhythmStep LoneP(double seconds) => new(RhythmStepKind.LonePWave, seconds, seconds, default, Morphology.Normal, default);

    public static RhythmStep Begin(TruthRhythm rhythm, double seconds) => new(RhythmStepKind.Rhythm, seconds, seconds, default, null, rhythm);

    public static RhythmStep Fibrillation(double seconds, double endSeconds) => new(RhythmStepKind.Fibrillation, seconds, endSeconds, default, null, default);
}

/// <summary>What a rhythm draws on: the sinus clock, chance, and the beat before.</summary>
internal sealed class RhythmContext
{
    /// <summary>Respiration, 15 a minute.</summary>
    public const double RespirationHertz = 0.25;

    /// <summary>Waves of blood pressure (Mayer), the slow part of heart rate variability.</summary>
    private const double MayerHertz = 0.1;

    private readonly double _mayerPhase;

    public RhythmContext(SeededRandom random, double ratePerMinute, double respiratoryDepth, double slowDepth)
    {
        Random = random;
        BaseInterval = 60 / ratePerMinute;
        RespiratoryDepth = respiratoryDepth;
        SlowDepth = slowDepth;
        RespirationPhase = random.NextDouble();
        _mayerPhase = random.NextDouble();
        Time = Math.Min(0.8, BaseInterval) * random.Uniform(0.7, 0.95);
    }

    public SeededRandom Random { get; }

    public double BaseInterval { get; }

    public double RespirationPhase { get; }

    /// <summary>The latest beat on the script, before its fine placing.</summary>
    public double Time { get; set; }

    /// <summary>T peak of the latest beat; set as beats are laid out.</summary>
    public double LastTPeak { get; set; }

    private double RespiratoryDepth { get; }

    private double SlowDepth { get; }

    /// <summary>
    /// The RR interval that the sinus node would choose now: the two spectral bands of heart rate variability as in
    /// McSharry et al. 2003, and 0.3 % from beat to beat.
    /// </summary>
    public double SinusInterval() =>
        BaseInterval * (1
            + (RespiratoryDepth * PortableMath.SinCycles((RespirationHertz * Time) + RespirationPhase))
            + (SlowDepth * PortableMath.SinCycles((MayerHertz * Time) + _mayerPhase))
            + (0.003 * Random.Gaussian()));

    public double AdvanceSinus() => Time += SinusInterval();

    public double Advance(double interval) => Time += interval;
}

/// <summary>The rhythms, as endless scripts. Each begins with the rhythm's name for the truth.</summary>
internal static class Rhythms
{
    /// <summary>Beats that rhythms with single ectopic beats begin with, so that a detector can learn.</summary>
    private const int UndisturbedBeats = 14;

    public static IEnumerable<RhythmStep> Regular(RhythmContext c, TruthRhythm rhythm, TruthBeatClass beatClass, Morphology shape)
    {
        yield return RhythmStep.Begin(rhythm, 0);
        while (true)
        {
            yield return RhythmStep.Beat(beatClass, shape, c.Time);
            c.AdvanceSinus();
        }
    }

    public static IEnumerable<RhythmStep> Sinus(RhythmContext c) => Regular(c, TruthRhythm.Sinus, TruthBeatClass.Normal, Morphology.Normal);

    public static IEnumerable<RhythmStep> Paced(RhythmContext c)
    {
        yield return RhythmStep.Begin(TruthRhythm.Paced, 0);
        while (true)
        {
            yield return RhythmStep.Beat(TruthBeatClass.Paced, Morphology.Paced, c.Time);
            c.Advance(c.BaseInterval);
        }
    }

    public static IEnumerable<RhythmStep> AtrialFibrillation(RhythmContext c)
    {
        yield return RhythmStep.Begin(TruthRhythm.AtrialFibrillation, 0);
        var shape = Morphology.Normal;
        while (true)
        {
            yield return RhythmStep.Beat(TruthBeatClass.Normal, shape, c.Time);

            // Log-normal with a spread of 22 %, and no memory: irregularly irregular.
            var interval = c.BaseInterval * PortableMath.Exp((0.22 * c.Random.Gaussian()) - 0.0242);
            c.Advance(Math.Clamp(interval, 0.36, 2.2));
        }
    }

    public static IEnumerable<RhythmStep> IsolatedPvcs(RhythmContext c) =>
        SingleEctopics(c, TruthBeatClass.Ventricular, Morphology.Ventricular, 0.30, 0.45);

    /// <summary>A fusion beat comes only a little before the normal one that it meets.</summary>
    public static IEnumerable<RhythmStep> Fusions(RhythmContext c) =>
        SingleEctopics(c, TruthBeatClass.Fusion, Morphology.Fusion, 0.03, 0.08);

    public static IEnumerable<RhythmStep> Bigeminy(RhythmContext c) => Repeating(c, TruthRhythm.Bigeminy, 1);

    public static IEnumerable<RhythmStep> Trigeminy(RhythmContext c) => Repeating(c, TruthRhythm.Trigeminy, 2);

    public static IEnumerable<RhythmStep> Couplets(RhythmContext c)
    {
        yield return RhythmStep.Begin(TruthRhythm.Sinus, 0);
        var normals = UndisturbedBeats;
        while (true)
        {
            for (var i = 0; i < normals; i++)
            {
                yield return RhythmStep.Normal(c.Time);
                c.AdvanceSinus();
            }

            // The clock already stands at the next normal beat: the couplet goes before it, and it is pushed back.
            var interval = c.SinusInterval();
            var first = c.Time - (interval * c.Random.Uniform(0.34, 0.42));
            var second = first + (interval * c.Random.Uniform(0.50, 0.58));
            yield return RhythmStep.Ventricular(first);
            yield return RhythmStep.Ventricular(second);
            c.Time = second + (interval * c.Random.Uniform(1.2, 1.35));
            normals = c.Random.Between(6, 10);
        }
    }

    public static IEnumerable<RhythmStep> ROnT(RhythmContext c)
    {
        yield return RhythmStep.Begin(TruthRhythm.Sinus, 0);
        var normals = UndisturbedBeats;
        while (true)
        {
            for (var i = 0; i < normals - 1; i++)
            {
                yield return RhythmStep.Normal(c.Time);
                c.AdvanceSinus();
            }

            var last = c.Time;
            yield return RhythmStep.Normal(last);

            // QRS begins close to the top of the T wave before it.
            yield return RhythmStep.Ventricular(c.LastTPeak + c.Random.Uniform(-0.03, 0.02) - Morphology.Ventricular.QrsOnset);
            c.Time = last + (2 * c.SinusInterval());
            normals = c.Random.Between(6, 10);
        }
    }

    public static IEnumerable<RhythmStep> VentricularRuns(RhythmContext c)
    {
        const double RunInterval = 60.0 / 180;
        var normals = UndisturbedBeats;
        var start = 0.0;
        while (true)
        {
            yield return RhythmStep.Begin(TruthRhythm.Sinus, start);
            for (var i = 0; i < normals; i++)
            {
                yield return RhythmStep.Normal(c.Time);
                c.AdvanceSinus();
            }

            var interval = c.SinusInterval();
            var time = c.Time - (0.4 * interval);
            var beats = c.Random.Between(7, 14);
            yield return RhythmStep.Begin(TruthRhythm.VentricularTachycardia, time + Morphology.Ventricular.QrsOnset);
            for (var i = 0; i < beats; i++)
            {
                if (i > 0)
                {
                    time += RunInterval * (1 + (0.02 * c.Random.Gaussian()));
                }

                yield return RhythmStep.Ventricular(time);
            }

            c.Time = time + (1.3 * interval);
            start = c.Time - (0.5 * interval);
            normals = c.Random.Between(10, 14);
        }
    }

    /// <summary>Sinus rhythm for 20 s; a PVC on T; fibrillation for 18 to 20 s; a pause as after a shock; 40 s later again.</summary>
    public static IEnumerable<RhythmStep> VentricularFibrillation(RhythmContext c)
    {
        var start = 0.0;
        while (true)
        {
            yield return RhythmStep.Begin(TruthRhythm.Sinus, start);
            var until = start + (start == 0 ? 20 : 40);
            while (c.Time < until)
            {
                yield return RhythmStep.Normal(c.Time);
                c.AdvanceSinus();
            }

            var trigger = c.LastTPeak - Morphology.Ventricular.QrsOnset;
            yield return RhythmStep.Ventricular(trigger);
            var from = trigger + 0.2;
            var to = from + c.Random.Uniform(18, 20);
            yield return RhythmStep.Begin(TruthRhythm.VentricularFibrillation, from);
            yield return RhythmStep.Fibrillation(from, to);
            yield return RhythmStep.Begin(TruthRhythm.Asystole, to);
            start = to + 1.2;
            c.Time = start + 0.4;
        }
    }

    /// <summary>Sinus rhythm for 20 s; nothing for 8 s; an escape beat; and back.</summary>
    public static IEnumerable<RhythmStep> Asystole(RhythmContext c)
    {
        var start = 0.0;
        while (true)
        {
            yield return RhythmStep.Begin(TruthRhythm.Sinus, start);
            var until = start + 20;
            var last = c.Time;
            while (c.Time < until)
            {
                last = c.Time;
                yield return RhythmStep.Normal(last);
                c.AdvanceSinus();
            }

            yield return RhythmStep.Begin(TruthRhythm.Asystole, last + 0.6);
            var escape = last + c.Random.Uniform(7.5, 9);
            start = escape - 0.2;
            yield return RhythmStep.Begin(TruthRhythm.Sinus, start);
            yield return RhythmStep.Beat(TruthBeatClass.VentricularEscape, Morphology.Escape, escape);
            c.Time = escape + 1.5;
            start = escape + 0.7;
        }
    }

    /// <summary>Mobitz type II: the PR interval stays, and every third to fifth P wave is not conducted.</summary>
    public static IEnumerable<RhythmStep> AtrioventricularBlock(RhythmContext c)
    {
        yield return RhythmStep.Begin(TruthRhythm.SecondDegreeBlock, 0);
        var conducted = UndisturbedBeats;
        while (true)
        {
            for (var i = 0; i < conducted; i++)
            {
                yield return RhythmStep.Normal(c.Time);
                c.AdvanceSinus();
            }

            yield return RhythmStep.LoneP(c.Time - Timeline.PLeadSeconds(c.BaseInterval));
            c.AdvanceSinus();
            conducted = c.Random.Between(2, 4);
        }
    }

    public static IEnumerable<RhythmStep> AtrialPrematures(RhythmContext c)
    {
        yield return RhythmStep.Begin(TruthRhythm.Sinus, 0);
        var normals = UndisturbedBeats;
        while (true)
        {
            for (var i = 0; i < normals; i++)
            {
                yield return RhythmStep.Normal(c.Time);
                c.AdvanceSinus();
            }

            // The premature P resets the sinus node: the pause is hardly longer than an ordinary interval.
            c.Time -= c.BaseInterval * c.Random.Uniform(0.28, 0.40);
            yield return RhythmStep.Beat(TruthBeatClass.SupraventricularPremature, Morphology.AtrialPremature, c.Time);
            c.Advance(c.SinusInterval() * c.Random.Uniform(1.03, 1.12));
            normals = c.Random.Between(5, 9);
        }
    }

    private static IEnumerable<RhythmStep> SingleEctopics(RhythmContext c, TruthBeatClass beatClass, Morphology shape, double leastPrematurity, double greatestPrematurity)
    {
        yield return RhythmStep.Begin(TruthRhythm.Sinus, 0);
        var normals = UndisturbedBeats;
        while (true)
        {
            for (var i = 0; i < normals - 1; i++)
            {
                yield return RhythmStep.Normal(c.Time);
                c.AdvanceSinus();
            }

            yield return RhythmStep.Normal(c.Time);
            yield return Premature(c, beatClass, shape, c.Random.Uniform(leastPrematurity, greatestPrematurity));
            normals = c.Random.Between(5, 9);
        }
    }

    private static IEnumerable<RhythmStep> Repeating(RhythmContext c, TruthRhythm rhythm, int normals)
    {
        yield return RhythmStep.Begin(rhythm, 0);

        // The coupling interval is fixed, as it is with one focus.
        var prematurity = c.Random.Uniform(0.36, 0.42);
        while (true)
        {
            for (var i = 0; i < normals - 1; i++)
            {
                yield return RhythmStep.Normal(c.Time);
                c.AdvanceSinus();
            }

            yield return RhythmStep.Normal(c.Time);
            yield return Premature(c, TruthBeatClass.Ventricular, Morphology.Ventricular, prematurity + (0.004 * c.Random.Gaussian()));
        }
    }

    /// <summary>A premature beat with a full compensatory pause: the sinus clock runs on underneath.</summary>
    private static RhythmStep Premature(RhythmContext c, TruthBeatClass beatClass, Morphology shape, double prematurity)
    {
        var interval = c.SinusInterval();
        var time = c.Time + (interval * (1 - prematurity));
        c.Advance(2 * interval);
        return RhythmStep.Beat(beatClass, shape, time);
    }
}
