namespace EcgGate.Validation;

/// <summary>
/// The beat classes of ANSI/AAMI EC57, with its two pseudo-beats. The order is that of the class matrix.
/// </summary>
public enum AamiClass
{
    /// <summary>Normal, bundle branch block: any beat in none of the other classes.</summary>
    N,

    /// <summary>Supraventricular ectopic: premature or escape.</summary>
    S,

    /// <summary>Ventricular ectopic: premature or escape.</summary>
    V,

    /// <summary>Fusion of a ventricular and a normal beat.</summary>
    F,

    /// <summary>Paced, fusion of paced and normal, or not classifiable.</summary>
    Q,

    /// <summary>No beat: what a missed or an extra beat is paired with.</summary>
    O,

    /// <summary>No beat because of shutdown: what a beat within the other side's shutdown is paired with.</summary>
    X,
}

/// <summary>Maps annotation symbols to the classes of <see cref="AamiClass"/>.</summary>
public static class AamiClasses
{
    /// <summary>The class of an annotation symbol of the MIT alphabet, or null if it marks no beat.</summary>
    /// <remarks>
    /// As the WFDB comparator maps them. Flutter waves (<c>!</c>) are not beats: they stand within flutter intervals,
    /// which are not compared beat by beat.
    /// </remarks>
    /// <param name="symbol">A symbol as printed in annotation listings, such as <c>N</c>, <c>V</c> or <c>/</c>.</param>
    public static AamiClass? Of(char symbol) => symbol switch
    {
        'N' or 'L' or 'R' or 'B' => AamiClass.N,
        'A' or 'a' or 'J' or 'S' or 'e' or 'j' or 'n' => AamiClass.S,
        'V' or 'E' or 'r' => AamiClass.V,
        'F' => AamiClass.F,
        '/' or 'f' or 'Q' or '?' => AamiClass.Q,
        _ => null,
    };

    /// <summary>Whether an annotation symbol marks a beat.</summary>
    public static bool IsBeat(char symbol) => Of(symbol) is not null;
}
