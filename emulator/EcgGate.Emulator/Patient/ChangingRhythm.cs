namespace EcgGate.Emulator.Patient;

/// <summary>
/// A heart that does one thing after another: stretches of its own rhythm at changing rates, and between them whatever a
/// gate must stand. For simulation; endless, and different with each seed.
/// </summary>
internal static class ChangingRhythm
{
    /// <summary>The script of one heart.</summary>
    /// <param name="c">What it draws on.</param>
    /// <param name="ofHeart">Class of its own beats.</param>
    /// <param name="shape">Shape of its own beats.</param>
    /// <param name="rhythm">Name of its own rhythm.</param>
    public static IEnumerable<RhythmStep> Script(RhythmContext c, TruthBeatClass ofHeart, Morphology shape, TruthRhythm rhythm)
    {
        var pace = 1.0;
        var start = 0.0;
        while (true)
        {
            yield return RhythmStep.Begin(rhythm, start);
            var target = Math.Clamp(c.Random.Uniform(0.65, 1.45) * c.BaseInterval, 0.40, 1.9) / c.BaseInterval;
            if (c.Random.NextDouble() < 0.15)
            {
                pace = target;
            }

            var beats = c.Random.Between(6, 50);
            for (var i = 0; i < beats; i++)
            {
                yield return RhythmStep.Beat(ofHeart, shape, c.Time);
                pace += 0.06 * (target - pace);
                c.Advance(Interval(c, rhythm, pace));
            }

            // The clock stands at the next beat of its own, which has not come yet.
            var interval = Interval(c, rhythm, pace);
            var last = c.Time - interval;
            switch (c.Random.Between(0, 14))
            {
                case 0:
                case 1:
                    yield return RhythmStep.Ventricular(last + (interval * c.Random.Uniform(0.5, 0.75)));
                    c.Time = last + (interval * c.Random.Uniform(1.8, 2.05));
                    break;
                case 2:
                    // Interpolated: the next beat comes as if nothing had been.
                    if (interval > 0.9)
                    {
                        yield return RhythmStep.Ventricular(last + (interval * c.Random.Uniform(0.45, 0.52)));
                        c.Time = last + (interval * 1.03);
                    }

                    break;
                case 3:
                    // At the end of diastole: hardly early, and wide.
                    yield return RhythmStep.Ventricular(last + (interval * c.Random.Uniform(0.86, 1.04)));
                    c.Time = last + (interval * c.Random.Uniform(1.9, 2.1));
                    break;
                case 4:
                    yield return RhythmStep.Beat(TruthBeatClass.Fusion, Morphology.Fusion, last + (interval * c.Random.Uniform(0.90, 0.98)));
                    c.Time = last + (interval * 1.95);
                    break;
                case 5:
                    var second = last + (interval * c.Random.Uniform(0.58, 0.66));
                    yield return RhythmStep.Ventricular(second);
                    second += Math.Max(0.3, interval * c.Random.Uniform(0.48, 0.60));
                    yield return RhythmStep.Ventricular(second);
                    c.Time = second + (interval * c.Random.Uniform(1.1, 1.4));
                    break;
                case 6:
                    var normals = c.Random.Between(1, 2);
                    yield return RhythmStep.Begin(normals == 1 ? TruthRhythm.Bigeminy : TruthRhythm.Trigeminy, last + (0.4 * interval));
                    for (var cycles = c.Random.Between(3, 14); cycles > 0; cycles--)
                    {
                        last = c.Time - interval;
                        yield return RhythmStep.Ventricular(last + (interval * c.Random.Uniform(0.57, 0.61)));
                        c.Time = last + (2 * interval);
                        for (var i = 0; i < normals; i++)
                        {
                            yield return RhythmStep.Beat(ofHeart, shape, c.Time);
                            c.Advance(interval);
                        }
                    }

                    break;
                case 7:
                    var run = c.Random.Uniform(0.28, 0.5);
                    var time = last + (0.6 * interval);
                    yield return RhythmStep.Begin(TruthRhythm.VentricularTachycardia, time + Morphology.Ventricular.QrsOnset);
                    for (var i = c.Random.Between(3, 30); i > 0; i--)
                    {
                        yield return RhythmStep.Ventricular(time);
                        time += run * (1 + (0.03 * c.Random.Gaussian()));
                    }

                    c.Time = time + interval;
                    break;
                case 8 when c.Random.NextDouble() < 0.4:
                    var trigger = c.LastTPeak - Morphology.Ventricular.QrsOnset;
                    yield return RhythmStep.Ventricular(trigger);
                    var end = trigger + c.Random.Uniform(5, 18);
                    yield return RhythmStep.Begin(TruthRhythm.VentricularFibrillation, trigger + 0.2);
                    yield return RhythmStep.Fibrillation(trigger + 0.2, end);
                    yield return RhythmStep.Begin(TruthRhythm.Asystole, end);
                    c.Time = end + c.Random.Uniform(1.2, 5);
                    break;
                case 9:
                    // A pause, and mostly a ventricular escape beat before the heart's own rhythm is back.
                    yield return RhythmStep.Begin(TruthRhythm.Asystole, last + 0.6);
                    c.Time = last + c.Random.Uniform(1.8, 9);
                    if (c.Random.NextDouble() < 0.7)
                    {
                        yield return RhythmStep.Beat(TruthBeatClass.VentricularEscape, Morphology.Escape, c.Time);
                        c.Advance(c.Random.Uniform(1.2, 1.8));
                    }

                    break;
                case 10:
                case 11:
                    for (var i = c.Random.Between(1, 3); i > 0; i--)
                    {
                        c.Time = last + Math.Max(0.34, interval * c.Random.Uniform(0.55, 0.88));
                        yield return RhythmStep.Beat(TruthBeatClass.SupraventricularPremature, Morphology.AtrialPremature, c.Time);
                        last = c.Time;
                    }

                    c.Advance(interval * c.Random.Uniform(1.02, 1.15));
                    break;
                case 12:
                    yield return RhythmStep.Ventricular(c.LastTPeak + c.Random.Uniform(-0.03, 0.02) - Morphology.Ventricular.QrsOnset);
                    c.Time = Math.Max(last + (2 * interval), c.LastTPeak + 0.6);
                    break;
                case 13:
                    for (var i = c.Random.Between(1, 3); i > 0; i--)
                    {
                        yield return RhythmStep.LoneP(c.Time - Timeline.PLeadSeconds(c.BaseInterval));
                        c.Advance(interval);
                    }

                    break;
            }

            start = c.Time - (0.3 * interval);
        }
    }

    private static double Interval(RhythmContext c, TruthRhythm rhythm, double pace) => rhythm switch
    {
        TruthRhythm.AtrialFibrillation => Math.Clamp(c.BaseInterval * pace * PortableMath.Exp((0.22 * c.Random.Gaussian()) - 0.0242), 0.36, 2.2),
        TruthRhythm.Paced => c.BaseInterval * pace,
        _ => Math.Max(0.36, c.SinusInterval() * pace),
    };
}
