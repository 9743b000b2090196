namespace EcgGate.Records.Fetch;

/// <summary>A public database of recordings and how to cite it. Immutable.</summary>
/// <param name="Name">Its short name, which is part of its address.</param>
/// <param name="Version">The published version, which never changes.</param>
/// <param name="Title">Its full name.</param>
/// <param name="Citation">The publication to cite beside PhysioNet's own.</param>
public sealed record PhysioNetDatabase(string Name, string Version, string Title, string Citation)
{
    /// <summary>The publication that every use of PhysioNet cites.</summary>
    public const string PhysioNetCitation =
        "Goldberger AL, Amaral LAN, Glass L, Hausdorff JM, Ivanov PCh, Mark RG, Mietus JE, Moody GB, Peng C-K, Stanley HE. "
        + "PhysioBank, PhysioToolkit, and PhysioNet: components of a new research resource for complex physiologic signals. "
        + "Circulation 101(23):e215-e220, 2000.";

    private const string Taddei =
        "Taddei A, Distante G, Emdin M, Pisani P, Moody GB, Zeelenberg C, Marchesi C. The European ST-T Database: standard for "
        + "evaluating systems for the analysis of ST-T changes in ambulatory electrocardiography. European Heart Journal "
        + "13:1164-1172, 1992.";

    /// <summary>The databases that the project's guides refer to.</summary>
    public static IReadOnlyList<PhysioNetDatabase> All { get; } =
    [
        new("mitdb", "1.0.0", "MIT-BIH Arrhythmia Database", "Moody GB, Mark RG. The impact of the MIT-BIH Arrhythmia Database. IEEE Engineering in Medicine and Biology 20(3):45-50, 2001."),
        new("nstdb", "1.0.0", "MIT-BIH Noise Stress Test Database", "Moody GB, Muldrow WE, Mark RG. A noise stress test for arrhythmia detectors. Computers in Cardiology 11:381-384, 1984."),
        new("svdb", "1.0.0", "MIT-BIH Supraventricular Arrhythmia Database", "Greenwald SD, Patil RS, Mark RG. Improved detection and classification of arrhythmias in noise-corrupted electrocardiograms using contextual information. Computers in Cardiology 17:461-464, 1990."),
        new("incartdb", "1.0.0", "St Petersburg INCART 12-lead Arrhythmia Database", "St.-Petersburg Institute of Cardiological Technics 12-lead Arrhythmia Database, PhysioNet, 2008."),
        new("ludb", "1.0.1", "Lobachevsky University Electrocardiography Database", "Kalyakulina AI, Yusipov II, Moskalenko VA, Nikolskiy AV, Kosonogov KA, Osipov GV, Zolotykh NYu, Ivanchenko MV. LUDB: a new open-access validation tool for electrocardiogram delineation algorithms. IEEE Access 8:186181-186190, 2020."),
        new("cudb", "1.0.0", "CU Ventricular Tachyarrhythmia Database", "Nolle FM, Badura FK, Catlett JM, Bowser RW, Sketch MH. CREI-GARD, a new concept in computerized arrhythmia monitoring systems. Computers in Cardiology 13:515-518, 1986."),
        new("qtdb", "1.0.0", "QT Database", "Laguna P, Mark RG, Goldberger AL, Moody GB. A database for evaluation of algorithms for measurement of QT and other waveform intervals in the ECG. Computers in Cardiology 24:673-676, 1997."),
        new("edb", "1.0.0", "European ST-T Database", Taddei),
    ];

    /// <summary>The database of this name; null where it is none of <see cref="All"/>.</summary>
    public static PhysioNetDatabase? Find(string name) => All.FirstOrDefault(database => database.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
}
