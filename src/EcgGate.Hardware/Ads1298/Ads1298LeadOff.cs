namespace EcgGate.Hardware.Ads1298;

/// <summary>How loose electrodes are found.</summary>
public enum Ads1298LeadOff
{
    /// <summary>Not at all.</summary>
    Off,

    /// <summary>By a direct current: an open input drifts to the supply. Disturbs the ECG least.</summary>
    DirectCurrent,

    /// <summary>By an alternating current at a quarter of the data rate; it shows in the samples.</summary>
    AlternatingCurrent,
}

/// <summary>The current that searches for loose electrodes: ILEAD_OFF[1:0] of LOFF.</summary>
public enum Ads1298LeadOffCurrent
{
    /// <summary>6 nA.</summary>
    NanoAmpere6 = 0,

    /// <summary>12 nA.</summary>
    NanoAmpere12 = 1,

    /// <summary>18 nA.</summary>
    NanoAmpere18 = 2,

    /// <summary>24 nA.</summary>
    NanoAmpere24 = 3,
}

/// <summary>
/// How near to the supply an input must drift to count as loose: COMP_TH[2:0] of LOFF, named by the upper comparator;
/// the lower one lies as far from ground.
/// </summary>
public enum Ads1298LeadOffThreshold
{
    /// <summary>95 % of the supply, and 5 %.</summary>
    Percent95 = 0,

    /// <summary>92.5 % of the supply, and 7.5 %.</summary>
    Percent92Point5 = 1,

    /// <summary>90 % of the supply, and 10 %.</summary>
    Percent90 = 2,

    /// <summary>87.5 % of the supply, and 12.5 %.</summary>
    Percent87Point5 = 3,

    /// <summary>85 % of the supply, and 15 %.</summary>
    Percent85 = 4,

    /// <summary>80 % of the supply, and 20 %.</summary>
    Percent80 = 5,

    /// <summary>75 % of the supply, and 25 %.</summary>
    Percent75 = 6,

    /// <summary>70 % of the supply, and 30 %.</summary>
    Percent70 = 7,
}
