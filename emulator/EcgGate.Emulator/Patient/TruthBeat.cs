namespace EcgGate.Emulator.Patient;

/// <summary>What kind of beat the virtual patient made.</summary>
public enum TruthBeatClass
{
    /// <summary>Normal beat, WFDB <c>N</c>.</summary>
    Normal,

    /// <summary>Left bundle branch block beat, WFDB <c>L</c>.</summary>
    LeftBundleBranchBlock,

    /// <summary>Right bundle branch block beat, WFDB <c>R</c>.</summary>
    RightBundleBranchBlock,

    /// <summary>Premature beat from the atria, narrow QRS, WFDB <c>A</c>.</summary>
    SupraventricularPremature,

    /// <summary>Premature ventricular contraction, or a beat of ventricular tachycardia, WFDB <c>V</c>.</summary>
    Ventricular,

    /// <summary>Fusion of a normal and a ventricular beat, WFDB <c>F</c>.</summary>
    Fusion,

    /// <summary>Paced beat, WFDB <c>/</c>.</summary>
    Paced,

    /// <summary>Ventricular escape beat, WFDB <c>E</c>.</summary>
    VentricularEscape,
}

/// <summary>What the truth says about the rhythm over a stretch of time.</summary>
public enum TruthRhythm
{
    /// <summary>Sinus rhythm, single ectopic beats included, WFDB <c>(N</c>.</summary>
    Sinus,

    /// <summary>Sinus bradycardia, WFDB <c>(SBR</c>.</summary>
    SinusBradycardia,

    /// <summary>Supraventricular tachycardia, sinus tachycardia included, WFDB <c>(SVTA</c>.</summary>
    Tachycardia,

    /// <summary>Atrial fibrillation, WFDB <c>(AFIB</c>.</summary>
    AtrialFibrillation,

    /// <summary>Ventricular bigeminy, WFDB <c>(B</c>.</summary>
    Bigeminy,

    /// <summary>Ventricular trigeminy, WFDB <c>(T</c>.</summary>
    Trigeminy,

    /// <summary>Ventricular tachycardia, WFDB <c>(VT</c>.</summary>
    VentricularTachycardia,

    /// <summary>Ventricular fibrillation: no beats. WFDB <c>(VFIB</c>, between <c>[</c> and <c>]</c>.</summary>
    VentricularFibrillation,

    /// <summary>No electrical activity: no beats. WFDB <c>(ASYS</c>.</summary>
    Asystole,

    /// <summary>Second degree atrioventricular block, WFDB <c>(BII</c>.</summary>
    SecondDegreeBlock,

    /// <summary>Paced rhythm, WFDB <c>(P</c>.</summary>
    Paced,
}

/// <summary>WFDB's names for what the truth holds.</summary>
public static class TruthNames
{
    /// <summary>The symbol that WFDB annotation files use for this class.</summary>
    public static char WfdbSymbol(this TruthBeatClass beatClass) => beatClass switch
    {
        TruthBeatClass.Normal => 'N',
        TruthBeatClass.LeftBundleBranchBlock => 'L',
        TruthBeatClass.RightBundleBranchBlock => 'R',
        TruthBeatClass.SupraventricularPremature => 'A',
        TruthBeatClass.Ventricular => 'V',
        TruthBeatClass.Fusion => 'F',
        TruthBeatClass.Paced => '/',
        TruthBeatClass.VentricularEscape => 'E',
        _ => throw new ArgumentOutOfRangeException(nameof(beatClass), beatClass, "There is no such beat class."),
    };

    /// <summary>The class that WFDB writes with this symbol; false if this truth has none such.</summary>
    /// <param name="symbol">A WFDB annotation symbol.</param>
    /// <param name="beatClass">The class.</param>
    public static bool TryFromWfdbSymbol(char symbol, out TruthBeatClass beatClass)
    {
        foreach (var candidate in Enum.GetValues<TruthBeatClass>())
        {
            if (candidate.WfdbSymbol() == symbol)
            {
                beatClass = candidate;
                return true;
            }
        }

        beatClass = default;
        return false;
    }

    /// <summary>The rhythm that WFDB names with this text; false if this truth has none such.</summary>
    /// <param name="text">A text such as <c>(AFIB</c>.</param>
    /// <param name="rhythm">The rhythm.</param>
    public static bool TryFromWfdbRhythm(string text, out TruthRhythm rhythm)
    {
        foreach (var candidate in Enum.GetValues<TruthRhythm>())
        {
            if (candidate.WfdbRhythm() == text)
            {
                rhythm = candidate;
                return true;
            }
        }

        rhythm = default;
        return false;
    }

    /// <summary>The text that WFDB puts beside a rhythm change annotation, <c>(</c> included.</summary>
    public static string WfdbRhythm(this TruthRhythm rhythm) => rhythm switch
    {
        TruthRhythm.Sinus => "(N",
        TruthRhythm.SinusBradycardia => "(SBR",
        TruthRhythm.Tachycardia => "(SVTA",
        TruthRhythm.AtrialFibrillation => "(AFIB",
        TruthRhythm.Bigeminy => "(B",
        TruthRhythm.Trigeminy => "(T",
        TruthRhythm.VentricularTachycardia => "(VT",
        TruthRhythm.VentricularFibrillation => "(VFIB",
        TruthRhythm.Asystole => "(ASYS",
        TruthRhythm.SecondDegreeBlock => "(BII",
        TruthRhythm.Paced => "(P",
        _ => throw new ArgumentOutOfRangeException(nameof(rhythm), rhythm, "There is no such rhythm."),
    };
}

/// <summary>One beat as the virtual patient made it: exact, not read off the signal.</summary>
/// <param name="Number">Counts the patient's beats from 1.</param>
/// <param name="RSeconds">
/// The extremum of the dominant deflection of QRS on lead 0 of the undisturbed signal (all beats and atrial waves, no
/// disturbance, no pacing spike), in seconds since the start; real-valued, good to better than 1 us.
/// </param>
/// <param name="Class">What kind of beat.</param>
/// <param name="TPeakSeconds">The extremum of this beat's own T wave, which all leads share.</param>
/// <param name="TEndSeconds">
/// The end of this beat's own T wave by the tangent method (Lepeschkin and Surawicz 1952): where the steepest tangent
/// of its last flank meets the baseline.
/// </param>
public readonly record struct TruthBeat(long Number, double RSeconds, TruthBeatClass Class, double TPeakSeconds, double TEndSeconds);

/// <summary>A stretch of one rhythm.</summary>
/// <param name="Rhythm">The rhythm.</param>
/// <param name="StartSeconds">Where it begins.</param>
/// <param name="EndSeconds">Where the next begins, the patient's end, or positive infinity.</param>
public readonly record struct TruthInterval(TruthRhythm Rhythm, double StartSeconds, double EndSeconds);
