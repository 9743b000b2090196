using System.Globalization;

namespace EcgGate.Emulator.Patient;

/// <summary>
/// Truth that was written to a file: what lies beside a shipped trace as <c>NAME.truth.csv</c>. Immutable.
/// </summary>
/// <remarks>
/// <para>The file begins with comment lines, one for each rhythm; then the header and a line for each beat:</para>
/// <code>
/// # EcgGate truth 1
/// # sampling_rate_hertz,500
/// # rhythm,(N,0,60
/// beat,r_seconds,r_sample,class,t_peak_seconds,t_end_seconds
/// 1,0.7231468,361.5734,N,1.0174,1.0771
/// </code>
/// <para>Rhythm lines give WFDB's name, start and end in seconds. <c>r_sample</c> is R in samples, fractions kept;
/// <c>class</c> is WFDB's symbol. Numbers are written so that reading gives back the very same value.</para>
/// </remarks>
public sealed class RecordedTruth : IEcgTruth
{
    private const string FirstLine = "# EcgGate truth 1";
    private const string RatePrefix = "# sampling_rate_hertz,";
    private const string RhythmPrefix = "# rhythm,";
    private const string Header = "beat,r_seconds,r_sample,class,t_peak_seconds,t_end_seconds";

    private readonly TruthBeat[] _beats;
    private readonly TruthInterval[] _rhythms;

    /// <summary>Creates truth from its parts.</summary>
    /// <param name="beats">The beats, in order of time.</param>
    /// <param name="rhythms">The rhythms, in order of time.</param>
    /// <param name="samplingRateHertz">Of the record that the truth belongs to.</param>
    public RecordedTruth(IEnumerable<TruthBeat> beats, IEnumerable<TruthInterval> rhythms, double samplingRateHertz)
    {
        _beats = [.. beats];
        _rhythms = [.. rhythms];
        SamplingRateHertz = samplingRateHertz;
    }

    /// <summary>All beats, in order of time.</summary>
    public IReadOnlyList<TruthBeat> Beats => _beats;

    /// <summary>All rhythms, in order of time.</summary>
    public IReadOnlyList<TruthInterval> AllRhythms => _rhythms;

    /// <summary>Samples per second of the record that the truth belongs to.</summary>
    public double SamplingRateHertz { get; }

    /// <summary>Reads a truth file.</summary>
    /// <param name="reader">The file's text.</param>
    /// <param name="fileName">Its name, for messages.</param>
    /// <exception cref="FormatException">The text is no truth file; the message names the file, the line and what was expected.</exception>
    public static RecordedTruth Read(TextReader reader, string fileName)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var beats = new List<TruthBeat>();
        var rhythms = new List<TruthInterval>();
        var rate = 0.0;
        var number = 0;
        var inBeats = false;

        FormatException Bad(string expected) => new($"{fileName}, line {number}: expected {expected}. Make the file anew with `ecggate traces make`.");

        while (reader.ReadLine() is { } line)
        {
            number++;
            if (number == 1)
            {
                if (line != FirstLine)
                {
                    throw Bad($"'{FirstLine}'");
                }
            }
            else if (inBeats)
            {
                var fields = line.Split(',');
                if (fields.Length != 6
                    || !long.TryParse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture, out var beat)
                    || !TryNumber(fields[1], out var r)
                    || !TryNumber(fields[2], out _)
                    || fields[3].Length != 1
                    || !TruthNames.TryFromWfdbSymbol(fields[3][0], out var beatClass)
                    || !TryNumber(fields[4], out var tPeak)
                    || !TryNumber(fields[5], out var tEnd))
                {
                    throw Bad("a beat as 'number,seconds,sample,symbol,seconds,seconds'");
                }

                if (beats.Count > 0 && !(r > beats[^1].RSeconds))
                {
                    throw Bad("R later than that of the beat before");
                }

                beats.Add(new TruthBeat(beat, r, beatClass, tPeak, tEnd));
            }
            else if (line == Header)
            {
                inBeats = true;
            }
            else if (line.StartsWith(RatePrefix, StringComparison.Ordinal))
            {
                if (!TryNumber(line[RatePrefix.Length..], out rate) || rate <= 0)
                {
                    throw Bad("a sampling rate above 0");
                }
            }
            else if (line.StartsWith(RhythmPrefix, StringComparison.Ordinal))
            {
                var fields = line[RhythmPrefix.Length..].Split(',');
                if (fields.Length != 3 || !TruthNames.TryFromWfdbRhythm(fields[0], out var rhythm) || !TryNumber(fields[1], out var start) || !TryNumber(fields[2], out var end))
                {
                    throw Bad("a rhythm as '# rhythm,NAME,start,end'");
                }

                rhythms.Add(new TruthInterval(rhythm, start, end));
            }
            else if (!line.StartsWith('#'))
            {
                throw Bad($"a comment or '{Header}'");
            }
        }

        if (!inBeats || rate <= 0)
        {
            throw Bad(inBeats ? $"'{RatePrefix}RATE' before the beats" : $"'{Header}' before the end of the file");
        }

        return new RecordedTruth(beats, rhythms, rate);
    }

    /// <summary>Writes the truth as a file's text, with line feeds on every system.</summary>
    /// <param name="writer">Where to.</param>
    public void Write(TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Write(FirstLine + "\n");
        writer.Write(RatePrefix + Text(SamplingRateHertz) + "\n");
        foreach (var rhythm in _rhythms)
        {
            writer.Write($"{RhythmPrefix}{rhythm.Rhythm.WfdbRhythm()},{Text(rhythm.StartSeconds)},{Text(rhythm.EndSeconds)}\n");
        }

        writer.Write(Header + "\n");
        foreach (var beat in _beats)
        {
            writer.Write($"{beat.Number.ToString(CultureInfo.InvariantCulture)},{Text(beat.RSeconds)},{Text(beat.RSeconds * SamplingRateHertz)},{beat.Class.WfdbSymbol()},{Text(beat.TPeakSeconds)},{Text(beat.TEndSeconds)}\n");
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<TruthBeat> BeatsBetween(double fromSeconds, double toSeconds) => TruthSearch.Between(_beats, fromSeconds, toSeconds);

    /// <inheritdoc/>
    public bool TryFindNearest(double seconds, double withinSeconds, out TruthBeat beat) => TruthSearch.TryFindNearest(_beats, seconds, withinSeconds, out beat);

    /// <inheritdoc/>
    public bool TryFindAtOrBefore(double seconds, out TruthBeat beat) => TruthSearch.TryFindAtOrBefore(_beats, seconds, out beat);

    /// <inheritdoc/>
    public IReadOnlyList<TruthInterval> Rhythms(double untilSeconds) => [.. _rhythms.Where(r => r.StartSeconds < untilSeconds)];

    private static bool TryNumber(string text, out double value) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
