namespace EcgGate.Emulator.Patient;

/// <summary>A Gaussian wave as the two leads see it.</summary>
/// <param name="CentreSeconds">Its peak, relative to the anchor of its group (R for QRS, P for P).</param>
/// <param name="SigmaSeconds">Its standard deviation.</param>
/// <param name="Lead0Millivolts">Its height on lead 0.</param>
/// <param name="Lead1Millivolts">Its height on lead 1.</param>
internal readonly record struct Wave(double CentreSeconds, double SigmaSeconds, double Lead0Millivolts, double Lead1Millivolts)
{
    /// <summary>Beyond this many standard deviations a wave counts as zero: 1.5e-8 of its height.</summary>
    public const double Reach = 6;

    public static double Shape(double offset, double sigma)
    {
        var z = offset / sigma;
        return z > Reach || z < -Reach ? 0 : PortableMath.Exp(-0.5 * z * z);
    }
}

/// <summary>
/// The shape of one kind of beat: sums of Gaussian waves as in McSharry, Clifford, Tarassenko and Smith (IEEE Trans
/// Biomed Eng 2003;50:289), but laid out in time instead of around a cycle, so that the truth is known in closed form.
/// </summary>
internal sealed class Morphology
{
    /// <summary>QRS begins and ends where either lead leaves this share of lead 0's peak.</summary>
    private const double QrsEdgeShare = 0.04;

    private Morphology(Wave[] qrs)
    {
        Qrs = qrs;
    }

    /// <summary>QRS, laid out so that the dominant deflection on lead 0 peaks at 0.</summary>
    public Wave[] Qrs { get; }

    /// <summary>P, around its own centre.</summary>
    public Wave[] P { get; private init; } = [];

    public double TLead0 { get; private init; }

    public double TLead1 { get; private init; }

    /// <summary>Standard deviation of T's rising flank at a heart rate of 60.</summary>
    public double TRise { get; private init; }

    /// <summary>Standard deviation of T's falling flank at a heart rate of 60: T ends twice this after its peak.</summary>
    public double TFall { get; private init; }

    /// <summary>QT at a heart rate of 60.</summary>
    public double QtSeconds { get; private init; }

    /// <summary>QT and T stay the same at all rates: the test signals of the standards.</summary>
    public bool FixedQt { get; private init; }

    /// <summary>+1 or -1: which way the dominant deflection on lead 0 points.</summary>
    public double Sign { get; private init; }

    /// <summary>Beginning of QRS relative to R, negative.</summary>
    public double QrsOnset { get; private init; }

    /// <summary>End of QRS relative to R.</summary>
    public double QrsEnd { get; private init; }

    // Shapes are after textbook examples of leads II and V1. P, from the sinus node.
    private static readonly Wave[] SinusP = [new(-0.012, 0.017, 0.075, 0.055), new(0.014, 0.018, 0.085, -0.045)];

    // From elsewhere in the atria.
    private static readonly Wave[] EctopicP = [new(-0.010, 0.014, -0.06, 0.05), new(0.012, 0.015, -0.05, 0.04)];

    private static readonly Wave[] NormalQrs =
    [
        new(-0.030, 0.0075, -0.13, 0.06),
        new(-0.015, 0.0085, 0.10, 0.26),
        new(0.000, 0.0105, 1.10, -0.28),
        new(0.011, 0.0115, 0.00, -0.72),
        new(0.031, 0.0090, -0.24, -0.20),
    ];

    private static readonly Wave[] VentricularQrs =
    [
        new(-0.044, 0.0150, 0.30, 0.16),
        new(0.000, 0.0260, 1.50, -1.00),
        new(0.036, 0.0170, 0.40, -0.75),
        new(0.066, 0.0120, -0.20, 0.10),
    ];

    public static readonly Morphology Normal = Build(NormalQrs, 1.0, SinusP, 0.30, 0.13, 0.048, 0.030, 0.400);

    public static readonly Morphology AtrialPremature = Build(NormalQrs, 0.97, EctopicP, 0.27, 0.12, 0.048, 0.030, 0.400);

    /// <summary>From the outflow tract of the right ventricle: upright in II, QS in V1, T against QRS.</summary>
    public static readonly Morphology Ventricular = Build(VentricularQrs, 1.45, [], -0.48, 0.42, 0.058, 0.034, 0.450);

    /// <summary>From another place: downward in II.</summary>
    public static readonly Morphology Escape = Build(
        [new(-0.040, 0.0130, 0.14, -0.10), new(0.000, 0.0280, -1.20, 0.75), new(0.040, 0.0160, -0.30, 0.30)],
        1.1, [], 0.42, -0.30, 0.058, 0.034, 0.450);

    /// <summary>Half normal, half ventricular.</summary>
    public static readonly Morphology Fusion = Build(
        [.. NormalQrs.Select(w => w with { Lead0Millivolts = 0.6 * w.Lead0Millivolts, Lead1Millivolts = 0.6 * w.Lead1Millivolts }),
         .. VentricularQrs.Select(w => w with { Lead0Millivolts = 0.4 * w.Lead0Millivolts, Lead1Millivolts = 0.4 * w.Lead1Millivolts })],
        1.15, SinusP, -0.06, 0.20, 0.052, 0.032, 0.420);

    /// <summary>Two humps in II, the first the higher; wide rS in V1.</summary>
    public static readonly Morphology LeftBundleBranchBlock = Build(
        [new(-0.026, 0.0120, 0.22, 0.12), new(0.000, 0.0160, 0.92, -0.45), new(0.030, 0.0120, 0.10, -0.55), new(0.050, 0.0170, 0.80, -0.75)],
        1.0, SinusP, -0.26, 0.34, 0.052, 0.032, 0.440);

    /// <summary>Narrow R with a broad S in II; rsR' in V1.</summary>
    public static readonly Morphology RightBundleBranchBlock = Build(
        [new(-0.026, 0.0065, -0.10, 0.02), new(-0.012, 0.0080, 0.10, 0.24), new(0.000, 0.0100, 1.10, -0.10), new(0.022, 0.0090, -0.20, -0.42), new(0.054, 0.0170, -0.30, 0.80)],
        1.0, SinusP, 0.28, -0.24, 0.048, 0.030, 0.430);

    /// <summary>Paced from the apex of the right ventricle: wide, downward in II.</summary>
    public static readonly Morphology Paced = Build(
        [new(-0.046, 0.0130, -0.25, 0.04), new(0.000, 0.0250, -1.25, -0.70), new(0.038, 0.0160, -0.35, -0.55)],
        1.3, [], 0.46, 0.40, 0.058, 0.034, 0.450);

    /// <summary>
    /// The tall T of IEC 60601-2-27: QRS 1 mV and 100 ms wide, T 1.2 mV and 180 ms wide, QT 350 ms.
    /// </summary>
    public static readonly Morphology TallT = Build(
        [new(-0.037, 0.0085, -0.10, 0.05), new(0.000, 0.0130, 1.15, -0.70), new(0.038, 0.0085, -0.18, -0.10)],
        1.0, SinusP, 1.2, 0.8, 0.045, 0.045, 0.350, fixedQt: true);

    /// <summary>QRS of one lead, at an offset from R.</summary>
    public double QrsAt(int lead, double offset)
    {
        var sum = 0.0;
        foreach (ref readonly var wave in Qrs.AsSpan())
        {
            sum += (lead == 0 ? wave.Lead0Millivolts : wave.Lead1Millivolts) * Wave.Shape(offset - wave.CentreSeconds, wave.SigmaSeconds);
        }

        return sum;
    }

    private static Morphology Build(Wave[] qrs, double peakMillivolts, Wave[] p, double tLead0, double tLead1, double tRise, double tFall, double qt, bool fixedQt = false)
    {
        // Lay the waves out anew so that the peak of their sum, not of one of them, stands at 0 and is as high as wanted.
        var raw = new Morphology(qrs);
        var rough = 0.0;
        for (var t = -0.1; t <= 0.1; t += 0.0005)
        {
            if (Math.Abs(raw.QrsAt(0, t)) > Math.Abs(raw.QrsAt(0, rough)))
            {
                rough = t;
            }
        }

        var sign = Math.Sign(raw.QrsAt(0, rough));
        var peak = Extremum.Near(t => sign * raw.QrsAt(0, t), rough, 0.001);
        var gain = peakMillivolts / Math.Abs(raw.QrsAt(0, peak));
        var shape = new Morphology([.. qrs.Select(w => new Wave(w.CentreSeconds - peak, w.SigmaSeconds, w.Lead0Millivolts * gain, w.Lead1Millivolts * gain))]);

        var edge = QrsEdgeShare * peakMillivolts;
        bool Within(double t) => Math.Abs(shape.QrsAt(0, t)) > edge || Math.Abs(shape.QrsAt(1, t)) > edge;
        var onset = -0.15;
        while (!Within(onset))
        {
            onset += 0.0005;
        }

        var end = 0.15;
        while (!Within(end))
        {
            end -= 0.0005;
        }

        return new Morphology(shape.Qrs)
        {
            P = p,
            TLead0 = tLead0,
            TLead1 = tLead1,
            TRise = tRise,
            TFall = tFall,
            QtSeconds = qt,
            FixedQt = fixedQt,
            Sign = sign,
            QrsOnset = onset,
            QrsEnd = end,
        };
    }
}

/// <summary>Finds where a smooth function is highest.</summary>
internal static class Extremum
{
    // The step for the numeric slope: its own error shifts the peak of a QRS by some 1e-9 s.
    private const double Step = 1e-5;

    /// <summary>The maximum within a bracket that holds exactly one, to far below a microsecond.</summary>
    public static double Near(Func<double, double> function, double centre, double halfWidth)
    {
        var low = centre - halfWidth;
        var high = centre + halfWidth;
        for (var i = 0; i < 40; i++)
        {
            var middle = 0.5 * (low + high);
            if (function(middle + Step) > function(middle - Step))
            {
                low = middle;
            }
            else
            {
                high = middle;
            }
        }

        return 0.5 * (low + high);
    }
}
