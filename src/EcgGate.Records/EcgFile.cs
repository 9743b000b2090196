using EcgGate.Records.Csv;
using EcgGate.Records.Edf;
using EcgGate.Records.Wav;
using EcgGate.Signals;

namespace EcgGate.Records;

/// <summary>Opens records of any format that is known here, and finds them in a folder. Safe from any thread.</summary>
public static class EcgFile
{
    private const string Known = "WFDB (.hea), EDF (.edf, .bdf), CSV (.csv, .tsv, .txt) and WAV (.wav)";

    /// <summary>Opens a record. The format follows from the ending and the first bytes.</summary>
    /// <param name="path">
    /// The file; of a WFDB record the header, a signal file or the path without an ending (<c>mitdb/100</c>).
    /// </param>
    /// <param name="options">How to read it; null for the defaults.</param>
    /// <returns>The record's own reader, or a <see cref="DecimatedSource"/> around it where its rate is too high.</returns>
    /// <exception cref="RecordException">The file is missing, of an unknown format, damaged, or has no ECG.</exception>
    public static IEcgSource Open(string path, EcgFileOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        options ??= EcgFileOptions.Default;
        var (format, file) = Recognise(path);
        IEcgSource source = format switch
        {
            EcgFileFormat.Wfdb => WfdbRecord.Open(file, new WfdbReadOptions { Leads = options.Leads, UncalibratedGain = options.UncalibratedGain }),
            EcgFileFormat.Edf => EdfRecord.Open(file, new EdfReadOptions { Leads = options.Leads, Unit = options.Unit, AllowIncomplete = options.AllowIncomplete }),
            EcgFileFormat.Wav => WavRecord.Open(file, new WavReadOptions { Leads = options.Leads, FullScaleMillivolts = options.FullScaleMillivolts, AllowIncomplete = options.AllowIncomplete }),
            _ => CsvRecord.Open(file, new CsvReadOptions { Leads = options.Leads, SamplingRateHertz = options.SamplingRateHertz, Unit = options.Unit }),
        };
        return options.HighestRateHertz is { } highest ? DecimatedSource.WhereNeeded(source, highest) : source;
    }

    /// <summary>Which format a record has; see <see cref="Open"/>.</summary>
    /// <exception cref="RecordException">The file is missing or of an unknown format.</exception>
    public static EcgFileFormat Identify(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return Recognise(path).Format;
    }

    /// <summary>
    /// Finds the records of a folder: each WFDB header that is not a segment of another record, each EDF, BDF and WAV file,
    /// and each text table (<c>.csv</c>, <c>.tsv</c>, <c>.txt</c>) whose header line names a voltage. Files are found by
    /// their endings; whether they are sound shows when they are opened.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <param name="recursive">True also looks into the folders below; links to folders are not followed.</param>
    /// <returns>The records in order of their names, numbers by their value.</returns>
    /// <exception cref="RecordException">The folder is missing or cannot be read.</exception>
    public static IReadOnlyList<EcgRecordFile> FindRecords(string folder, bool recursive = false)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        if (!Directory.Exists(folder))
        {
            throw RecordException.InFile(folder, "there is no such folder; check the name.");
        }

        var found = new List<EcgRecordFile>();
        var segments = new HashSet<string>(StringComparer.Ordinal);
        var search = new EnumerationOptions { RecurseSubdirectories = recursive, AttributesToSkip = FileAttributes.Hidden | FileAttributes.System | (recursive ? FileAttributes.ReparsePoint : 0) };
        try
        {
            foreach (var path in Directory.EnumerateFiles(folder, "*", search))
            {
                if (FormatOfEnding(path) is not { } format || (format == EcgFileFormat.Csv && !CsvRecord.LooksLikeRecord(path)))
                {
                    continue;
                }

                if (format == EcgFileFormat.Wfdb)
                {
                    AddSegments(path, segments);
                }

                var name = Path.ChangeExtension(Path.GetRelativePath(folder, path), null).Replace('\\', '/');
                found.Add(new EcgRecordFile(name, path, format));
            }
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw RecordException.InFile(folder, $"the folder cannot be read ({problem.Message}); check its permissions.", problem);
        }

        found.RemoveAll(record => record.Format == EcgFileFormat.Wfdb && segments.Contains(Path.GetFullPath(record.Path)));
        found.Sort((a, b) => CompareNames(a.Path, b.Path));
        return found;
    }

    /// <summary>Numbers within names by their value, the rest letter by letter: 2 before 10.</summary>
    internal static int CompareNames(string a, string b)
    {
        var (i, j) = (0, 0);
        while (i < a.Length && j < b.Length)
        {
            if (char.IsAsciiDigit(a[i]) && char.IsAsciiDigit(b[j]))
            {
                var x = Digits(a, ref i);
                var y = Digits(b, ref j);
                var order = x.Length != y.Length ? x.Length.CompareTo(y.Length) : x.SequenceCompareTo(y);
                if (order != 0)
                {
                    return order;
                }
            }
            else if (a[i] != b[j])
            {
                return a[i].CompareTo(b[j]);
            }
            else
            {
                i++;
                j++;
            }
        }

        var rest = (a.Length - i).CompareTo(b.Length - j);
        return rest != 0 ? rest : string.CompareOrdinal(a, b);

        static ReadOnlySpan<char> Digits(string text, ref int at)
        {
            var start = at;
            while (at < text.Length && char.IsAsciiDigit(text[at]))
            {
                at++;
            }

            return text.AsSpan(start, at - start).TrimStart('0');
        }
    }

    private static EcgFileFormat? FormatOfEnding(string path) => Path.GetExtension(path).ToUpperInvariant() switch
    {
        ".HEA" => EcgFileFormat.Wfdb,
        ".EDF" or ".BDF" => EcgFileFormat.Edf,
        ".CSV" or ".TSV" or ".TXT" => EcgFileFormat.Csv,
        ".WAV" => EcgFileFormat.Wav,
        _ => null,
    };

    private static void AddSegments(string path, HashSet<string> segments)
    {
        try
        {
            foreach (var segment in WfdbHeader.Parse(path).Segments)
            {
                segments.Add(Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path) ?? string.Empty, segment.RecordName + ".hea")));
            }
        }
        catch (RecordException)
        {
            // A damaged header is listed as a record, so that opening it says what is wrong.
        }
    }

    private static (EcgFileFormat Format, string File) Recognise(string path)
    {
        // A WFDB record is a name that stands for several files, whatever letters follow its last dot.
        if (!File.Exists(path))
        {
            return File.Exists(path + ".hea") ? (EcgFileFormat.Wfdb, path + ".hea")
                : FormatOfEnding(path) is null && Directory.Exists(path) ? throw RecordException.InFile(path, "this is a folder; give one of the records in it.")
                : throw RecordException.InFile(path, "there is no such record; check the name. A WFDB record is given with or without its ending .hea.");
        }

        var ending = FormatOfEnding(path);
        if (ending == EcgFileFormat.Wfdb)
        {
            return (EcgFileFormat.Wfdb, path);
        }

        var byContent = FormatOfContent(path);
        if (byContent is { } format)
        {
            return (format, path);
        }

        if (ending == EcgFileFormat.Csv)
        {
            return (EcgFileFormat.Csv, path);
        }

        if (ending is not null)
        {
            throw RecordException.AtByte(path, 0, ending == EcgFileFormat.Edf
                ? "the file begins neither like EDF ('0' and seven spaces) nor like BDF (byte 255 and 'BIOSEMI'); it is damaged or of another format."
                : "the file does not begin with 'RIFF', a size and 'WAVE'; it is damaged or of another format.");
        }

        var header = Path.ChangeExtension(path, ".hea");
        if (File.Exists(header))
        {
            return Path.GetExtension(path).Equals(".dat", StringComparison.OrdinalIgnoreCase)
                ? (EcgFileFormat.Wfdb, header)
                : throw RecordException.InFile(path, $"this file is one of several of a WFDB record; give the record: '{Path.ChangeExtension(path, null)}'.");
        }

        throw RecordException.InFile(path, Path.GetExtension(path).Equals(".dat", StringComparison.OrdinalIgnoreCase)
            ? $"this looks like a signal file of a WFDB record, but its header {Path.GetFileName(header)} is not beside it; fetch it too."
            : $"the format is not known here; known are {Known}.");
    }

    private static EcgFileFormat? FormatOfContent(string path)
    {
        RecordFiles.Length(path);
        using var file = RecordFiles.Open(path);
        Span<byte> start = stackalloc byte[12];
        start = start[..RecordFiles.Fill(file, path, start, 0)];
        return EdfHeader.Matches(start) ? EcgFileFormat.Edf : WavLayout.Matches(start) ? EcgFileFormat.Wav : null;
    }
}
