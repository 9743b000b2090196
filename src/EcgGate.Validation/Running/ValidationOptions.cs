using EcgGate.Detection;
using EcgGate.Validation.Noise;

namespace EcgGate.Validation;

/// <summary>What <see cref="ValidationRunner"/> does with each record.</summary>
public sealed record ValidationOptions
{
    /// <summary>Ending of the annotation files that are taken for the truth. Default <c>atr</c>.</summary>
    public string ReferenceAnnotator { get; init; } = "atr";

    /// <summary>Ending of the annotation files to judge in place of the engine; null runs the engine.</summary>
    public string? TestAnnotator { get; init; }

    /// <summary>Folder of the annotation files to judge; null where they lie beside the records.</summary>
    public string? TestFolder { get; init; }

    /// <summary>The lead to gate on, by name or number; null for each record's first.</summary>
    public string? Lead { get; init; }

    /// <summary>
    /// Two leads that vote, by name or number, in place of <see cref="Lead"/>: each record is judged on the first alone, as
    /// ever, and beside that with <see cref="TwoLeadDetector"/> on both. Null for one lead only.
    /// </summary>
    public IReadOnlyList<string>? Leads { get; init; }

    /// <summary>Noise to mix into each record before it is judged; null for none.</summary>
    public StressNoise? Noise { get; init; }

    /// <summary>What finds the beats: one of <see cref="BeatDetectors.Names"/>. Default: the engine's own.</summary>
    public string Detector { get; init; } = BeatDetectors.RWave;

    /// <summary>How the gate behaves. Default: the usual, but every beat is tried (no minimum interval), and the arming never runs out.</summary>
    public GateOptions Gate { get; init; } = new() { MinimumInterval = TimeSpan.Zero, ArmedFor = TimeSpan.Zero };

    /// <summary>
    /// Shape tolerances with which each record is judged again, nothing else changed, for <see cref="TotalResult.Curve"/>;
    /// the gate's own is added. Usual are <see cref="TolerancePoint.UsualTolerances"/>. Null for no curve. With
    /// <see cref="Leads"/> it is that of the first lead alone.
    /// </summary>
    public IReadOnlyList<double>? Curve { get; init; }

    /// <summary>Which part of the records to judge, from 1; see <see cref="Parts"/>.</summary>
    public int Part { get; init; } = 1;

    /// <summary>In how many parts the records are split, by their place in the order of names. Default 1: all at once.</summary>
    public int Parts { get; init; } = 1;

    /// <summary>How many records are judged at the same time. Default: as many as there are cores.</summary>
    public int Parallelism { get; init; } = Environment.ProcessorCount;

    /// <summary>Strips of ECG kept for each kind of doubtful beat of each record; the rest is counted. Default 20.</summary>
    public int StripsPerKind { get; init; } = 20;

    /// <summary>
    /// Gives the exact T waves of a record at its sampling rate, or null where they are not known. Called from several
    /// threads. Null where none are known.
    /// </summary>
    /// <remarks>A <see cref="FormatException"/> out of it is reported as the record's problem.</remarks>
    public Func<RecordToValidate, double, IReadOnlyList<TWave>?>? TWaves { get; init; }

    /// <summary>Finds what is wrong with these options; an empty list means that they may be used.</summary>
    public IReadOnlyList<string> Validate()
    {
        var problems = new List<string>(Gate.Validate());
        if (Parts < 1 || Part < 1 || Part > Parts)
        {
            problems.Add($"Part {Part} of {Parts} makes no sense; parts are numbered from 1, such as 1/4 to 4/4.");
        }

        if (Parallelism < 1)
        {
            problems.Add($"{Parallelism} records cannot be judged at the same time; at least 1 is needed.");
        }

        if (!BeatDetectors.Names.Contains(Detector, StringComparer.Ordinal))
        {
            problems.Add($"There is no detector '{Detector}'; it must be {string.Join(" or ", BeatDetectors.Names)}.");
        }

        if (Leads is not null && (Leads.Count != 2 || Lead is not null || TestAnnotator is not null || Detector != BeatDetectors.RWave))
        {
            problems.Add($"Leads that vote are two, in place of one lead, for the detector {BeatDetectors.RWave}, and not for annotations.");
        }

        if (Noise is { } noise && (TestAnnotator is not null || !double.IsFinite(noise.SignalToNoiseDecibels)))
        {
            problems.Add("Noise can be mixed in only where the engine is judged, at a finite ratio in dB.");
        }

        if (Curve is { } tolerances)
        {
            problems.AddRange(tolerances.SelectMany(tolerance => (Gate with { ShapeTolerance = tolerance }).Validate()).Except(problems).Distinct());
            if (TestAnnotator is not null || Detector != BeatDetectors.RWave)
            {
                problems.Add($"A curve of shape tolerances is for the engine with the detector {BeatDetectors.RWave}: nothing else fires.");
            }
        }

        if (StripsPerKind < 0)
        {
            problems.Add($"{StripsPerKind} strips cannot be kept; the least is 0.");
        }

        foreach (var annotator in new[] { ReferenceAnnotator, TestAnnotator })
        {
            if (annotator is not null && (annotator.Length == 0 || annotator.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-'))))
            {
                problems.Add($"'{annotator}' is no annotator: it is the ending of annotation files, such as atr, in letters and digits.");
            }
        }

        return problems;
    }
}

/// <summary>A record to judge.</summary>
/// <param name="Name">Its name in all figures, unique among those judged together.</param>
/// <param name="Path">Its path without the <c>.hea</c> ending.</param>
public sealed record RecordToValidate(string Name, string Path);

/// <summary>How far validation got.</summary>
/// <param name="Record">Place of the record among those judged.</param>
/// <param name="Share">How much of it is done, 0 to 1.</param>
public readonly record struct ValidationProgress(int Record, double Share);

/// <summary>What was asked for cannot be validated: one sentence for people.</summary>
public sealed class ValidationException : Exception
{
    /// <summary>Creates the exception without a message.</summary>
    public ValidationException()
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">One sentence: what is wrong, and what to do.</param>
    public ValidationException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with its cause.</summary>
    /// <param name="message">One sentence: what is wrong, and what to do.</param>
    /// <param name="innerException">The cause.</param>
    public ValidationException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
