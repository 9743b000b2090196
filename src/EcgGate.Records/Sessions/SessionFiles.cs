namespace EcgGate.Records.Sessions;

/// <summary>What the files of a session are called.</summary>
internal static class SessionFiles
{
    /// <summary>The lines of the session.</summary>
    public const string Events = "events.jsonl";

    /// <summary>All that entered the core.</summary>
    public const string Inputs = "inputs.bin";

    /// <summary>The WFDB record: <c>session.hea</c>, <c>session.dat</c>.</summary>
    public const string Record = "session";

    /// <summary>Annotator of the beats.</summary>
    public const string Beats = "ecg";

    /// <summary>Annotator of the pulses.</summary>
    public const string Pulses = "pul";

    /// <summary>ADC units per mV: 50 nV each, so that 24 bits reach to 419 mV, the electrode offset included.</summary>
    public const double UnitsPerMillivolt = 20_000;

    public static string RecordPath(string folder) => Path.Combine(folder, Record);

    public static string AnnotationPath(string folder, string annotator) => Path.Combine(folder, $"{Record}.{annotator}");
}
