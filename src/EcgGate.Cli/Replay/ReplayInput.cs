using EcgGate.Cli.Run;
using EcgGate.Emulator.Patient;
using EcgGate.Records;
using EcgGate.Signals;

namespace EcgGate.Cli.Replay;

/// <summary>One thing to replay: a name for tables and files, and how to open it.</summary>
/// <param name="Name">Unique among those of one command.</param>
/// <param name="FileName">Base name of files that are written about it.</param>
/// <param name="Open">Opens it anew, at its start.</param>
internal sealed record ReplayInput(string Name, string FileName, Func<IEcgSource> Open)
{
    /// <summary>Samples per second of a virtual patient where the command line names none.</summary>
    public const double DefaultPatientRateHertz = 500;

    private const double DefaultPatientSeconds = 60;

    /// <summary>Finds what the words of the command line mean: records, all records of folders, virtual patients.</summary>
    /// <exception cref="CliException">A word is none of these.</exception>
    public static IReadOnlyList<ReplayInput> Resolve(IReadOnlyList<string> words, RecordRequest reading, double? rate, double? seconds)
    {
        var inputs = new List<ReplayInput>();
        var records = new List<string>();
        var patients = 0;
        void AddRecord(string path)
        {
            records.Add(path);
            inputs.Add(OfRecord(path, reading.Options));
        }

        foreach (var word in words)
        {
            // A folder may be called whatever it likes, also ads1292r:.
            if (Directory.Exists(word) && !File.Exists(word + ".hea"))
            {
                foreach (var found in RecordsOf(word))
                {
                    AddRecord(found);
                }

                continue;
            }

            switch (SourceSpecification.Parse(word))
            {
                case PatientSpecification patient:
                    patients++;
                    inputs.Add(OfPatient(patient, rate ?? DefaultPatientRateHertz, seconds));
                    break;
                case RecordSpecification record:
                    AddRecord(record.Path);
                    break;
                default:
                    throw new CliException($"{word} is a live source and cannot be replayed; gate on it with 'ecggate run {word}'.");
            }
        }

        if (rate is not null && patients == 0)
        {
            throw new CliException("--rate is for virtual patients; a record keeps the rate it was sampled at (--sampling-rate names that of a CSV record which does not say).");
        }

        if (reading.Options.Leads is not null && patients > 0)
        {
            throw new CliException($"{reading.LeadOption} is for records; a virtual patient is gated on its lead II.");
        }

        if (seconds is not null && patients == 0)
        {
            throw new CliException("--duration is for virtual patients; a record is replayed to its end.");
        }

        reading.RequireUse(records, words.Count == 1 ? words[0] : "what is given");
        return WithUniqueNames(inputs);
    }

    private static ReplayInput OfRecord(string path, EcgFileOptions options)
    {
        var name = new RecordSpecification(path) { Text = path }.Name;
        return new ReplayInput(name, name, () => EcgFile.Open(path, options)) { FullName = path };
    }

    private static ReplayInput OfPatient(PatientSpecification patient, double rate, double? seconds)
    {
        var scenario = patient.Scenario;
        if (seconds is not null && scenario.DurationSeconds is not null)
        {
            throw new CliException($"{patient.Text} already says how long it lasts, which --duration contradicts: give one of the two.");
        }

        scenario = scenario with { DurationSeconds = seconds ?? scenario.DurationSeconds ?? DefaultPatientSeconds };
        return new ReplayInput(patient.Text, scenario.Name, () => new PatientSource(new VirtualPatient(scenario), rate)) { FullName = patient.Text };
    }

    /// <summary>What was asked for, for telling apart equal names.</summary>
    private string FullName { get; init; } = Name;

    private static IEnumerable<string> RecordsOf(string folder)
    {
        var records = EcgFile.FindRecords(folder);
        if (records.Count == 0)
        {
            var below = Directory.EnumerateDirectories(folder, "*", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 1, IgnoreInaccessible = true })
                .FirstOrDefault(HoldsRecords);
            var hint = below is null ? string.Empty : $"; {below} has some";
            throw new CliException($"The folder {folder} holds no record: neither WFDB (.hea) nor EDF, BDF, CSV or WAV{hint}.");
        }

        return records.Select(record => record.Path);
    }

    private static bool HoldsRecords(string folder)
    {
        try
        {
            return EcgFile.FindRecords(folder).Count > 0;
        }
        catch (RecordException)
        {
            // Only a hint hangs on it.
            return false;
        }
    }

    private static List<ReplayInput> WithUniqueNames(List<ReplayInput> inputs)
    {
        var twice = inputs.GroupBy(input => input.Name).Where(group => group.Count() > 1).Select(group => group.Key).ToHashSet(StringComparer.Ordinal);
        var named = inputs.ConvertAll(input => twice.Contains(input.Name) ? input with { Name = input.FullName } : input);
        var same = named.GroupBy(input => input.Name).FirstOrDefault(group => group.Count() > 1);
        return same is null ? named : throw new CliException($"{same.Key} is given twice; give it once.");
    }
}
