using System.Collections.Frozen;
using EcgGate.Detection;

namespace EcgGate.Records;

/// <summary>What an annotation says; numbers and mnemonics are those of the WFDB library's table of ECG codes.</summary>
public enum AnnotationCode
{
    /// <summary>No annotation: a placeholder that holds a time.</summary>
    NotQrs = 0,

    /// <summary>Normal beat.</summary>
    Normal = 1,

    /// <summary>Left bundle branch block beat.</summary>
    LeftBundleBranchBlock = 2,

    /// <summary>Right bundle branch block beat.</summary>
    RightBundleBranchBlock = 3,

    /// <summary>Aberrated atrial premature beat.</summary>
    AberratedAtrialPremature = 4,

    /// <summary>Premature ventricular contraction.</summary>
    PrematureVentricular = 5,

    /// <summary>Fusion of a ventricular and a normal beat.</summary>
    VentricularFusion = 6,

    /// <summary>Nodal (junctional) premature beat.</summary>
    NodalPremature = 7,

    /// <summary>Atrial premature beat.</summary>
    AtrialPremature = 8,

    /// <summary>Premature or ectopic supraventricular beat.</summary>
    SupraventricularPremature = 9,

    /// <summary>Ventricular escape beat.</summary>
    VentricularEscape = 10,

    /// <summary>Nodal (junctional) escape beat.</summary>
    NodalEscape = 11,

    /// <summary>Paced beat.</summary>
    Paced = 12,

    /// <summary>Beat that cannot be classified.</summary>
    Unclassifiable = 13,

    /// <summary>Change of signal quality; the subtype's bits say which signals are noisy.</summary>
    Noise = 14,

    /// <summary>Not assigned.</summary>
    Code15 = 15,

    /// <summary>Isolated artifact that looks like a QRS.</summary>
    Artifact = 16,

    /// <summary>Not assigned.</summary>
    Code17 = 17,

    /// <summary>Change of the ST segment.</summary>
    StChange = 18,

    /// <summary>Change of the T wave.</summary>
    TWaveChange = 19,

    /// <summary>Systole.</summary>
    Systole = 20,

    /// <summary>Diastole.</summary>
    Diastole = 21,

    /// <summary>Comment; the text is in the auxiliary field.</summary>
    Note = 22,

    /// <summary>Measurement.</summary>
    Measurement = 23,

    /// <summary>Peak of a P wave.</summary>
    PWave = 24,

    /// <summary>Bundle branch block beat, side not said.</summary>
    BundleBranchBlock = 25,

    /// <summary>Pacemaker spike that was not conducted.</summary>
    PacerSpike = 26,

    /// <summary>Peak of a T wave.</summary>
    TWave = 27,

    /// <summary>Change of rhythm; the auxiliary field names it, such as (AFIB.</summary>
    Rhythm = 28,

    /// <summary>Peak of a U wave.</summary>
    UWave = 29,

    /// <summary>Beat not classified while learning.</summary>
    Learning = 30,

    /// <summary>Ventricular flutter wave.</summary>
    FlutterWave = 31,

    /// <summary>Start of ventricular flutter or fibrillation.</summary>
    FlutterStart = 32,

    /// <summary>End of ventricular flutter or fibrillation.</summary>
    FlutterEnd = 33,

    /// <summary>Atrial escape beat.</summary>
    AtrialEscape = 34,

    /// <summary>Supraventricular escape beat.</summary>
    SupraventricularEscape = 35,

    /// <summary>Link to external data; the auxiliary field holds the address.</summary>
    Link = 36,

    /// <summary>P wave that was not conducted (blocked atrial premature beat).</summary>
    NonConductedPWave = 37,

    /// <summary>Fusion of a paced and a normal beat.</summary>
    PacedFusion = 38,

    /// <summary>Onset of a wave.</summary>
    WaveOnset = 39,

    /// <summary>End of a wave.</summary>
    WaveEnd = 40,

    /// <summary>R-on-T premature ventricular contraction.</summary>
    ROnT = 41,

    /// <summary>Free for the writer of a file to define.</summary>
    User42 = 42,

    /// <summary>Free for the writer of a file to define.</summary>
    User43 = 43,

    /// <summary>Free for the writer of a file to define.</summary>
    User44 = 44,

    /// <summary>Free for the writer of a file to define.</summary>
    User45 = 45,

    /// <summary>Free for the writer of a file to define.</summary>
    User46 = 46,

    /// <summary>Free for the writer of a file to define.</summary>
    User47 = 47,

    /// <summary>Free for the writer of a file to define.</summary>
    User48 = 48,

    /// <summary>Free for the writer of a file to define.</summary>
    User49 = 49,
}

/// <summary>Mnemonics and classes of <see cref="AnnotationCode"/>.</summary>
public static class AnnotationCodes
{
    private static readonly string[] Symbols =
    [
        " ", "N", "L", "R", "a", "V", "F", "J", "A", "S",
        "E", "j", "/", "Q", "~", "[15]", "|", "[17]", "s", "T",
        "*", "D", "\"", "=", "p", "B", "^", "t", "+", "u",
        "?", "!", "[", "]", "e", "n", "@", "x", "f", "(",
        ")", "r", "[42]", "[43]", "[44]", "[45]", "[46]", "[47]", "[48]", "[49]",
    ];

    private static readonly FrozenDictionary<string, AnnotationCode> BySymbol =
        Symbols.Select((symbol, code) => KeyValuePair.Create(symbol, (AnnotationCode)code)).Skip(1).ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>What a beat of the gate is annotated as: N, V, / and Q.</summary>
    public static AnnotationCode Of(BeatClass beatClass) => beatClass switch
    {
        BeatClass.Normal => AnnotationCode.Normal,
        BeatClass.Ectopic => AnnotationCode.PrematureVentricular,
        BeatClass.Paced => AnnotationCode.Paced,
        _ => AnnotationCode.Unclassifiable,
    };

    /// <summary>The largest code: 49.</summary>
    public static AnnotationCode Largest => AnnotationCode.User49;

    /// <summary>The mnemonic, such as <c>N</c>, <c>V</c>, <c>+</c>; <c>[42]</c> for codes without one.</summary>
    public static string ToSymbol(this AnnotationCode code) =>
        (uint)code < (uint)Symbols.Length ? Symbols[(int)code] : $"[{(int)code}]";

    /// <summary>Finds the code of a mnemonic; upper and lower case differ.</summary>
    public static bool TryParseSymbol(string symbol, out AnnotationCode code)
    {
        ArgumentNullException.ThrowIfNull(symbol);
        return BySymbol.TryGetValue(symbol, out code);
    }

    /// <summary>The code of a mnemonic.</summary>
    /// <exception cref="FormatException">No code has this mnemonic.</exception>
    public static AnnotationCode ParseSymbol(string symbol) =>
        TryParseSymbol(symbol, out var code)
            ? code
            : throw new FormatException($"'{symbol}' is no annotation mnemonic; expected one such as N, V, + or [42].");

    /// <summary>
    /// True for beats (N L R B a A J S V r F e j n E / f Q ?), false for everything else, the flutter wave among it.
    /// </summary>
    public static bool IsBeat(this AnnotationCode code) =>
        code is (>= AnnotationCode.Normal and <= AnnotationCode.Unclassifiable) or AnnotationCode.BundleBranchBlock or AnnotationCode.Learning
            or AnnotationCode.AtrialEscape or AnnotationCode.SupraventricularEscape or AnnotationCode.PacedFusion or AnnotationCode.ROnT;

    /// <summary>True for what the WFDB library counts as a QRS: the beats, and the ventricular flutter wave.</summary>
    public static bool IsQrs(this AnnotationCode code) => code.IsBeat() || code == AnnotationCode.FlutterWave;
}
