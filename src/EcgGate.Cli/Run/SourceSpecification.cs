using EcgGate.Emulator.Patient;
using EcgGate.Hardware.Ads129x;
using EcgGate.Hardware.Alsa;
using EcgGate.Signals;

namespace EcgGate.Cli.Run;

/// <summary>What a SOURCE on the command line means.</summary>
internal abstract record SourceSpecification
{
    /// <summary>The core's limit.</summary>
    private const int FastestHertz = 2000;

    /// <summary>As it was written.</summary>
    public required string Text { get; init; }

    /// <summary>Reads a SOURCE; a record is not opened yet.</summary>
    /// <exception cref="CliException">There is no such scenario, or the address of a board is not complete.</exception>
    public static SourceSpecification Parse(string text)
    {
        if (text.StartsWith(ScenarioCatalog.Prefix, StringComparison.Ordinal))
        {
            return ScenarioCatalog.TryParse(text, out var scenario, out var problem)
                ? new PatientSpecification(scenario) { Text = text }
                : throw new CliException(problem);
        }

        if (Ads129xBoards.IsAddress(text))
        {
            try
            {
                var uri = Ads129xBoards.Parse(text);
                return uri.RateHertz <= FastestHertz
                    ? new BoardSpecification(uri) { Text = text }
                    : throw new CliException($"{text}: the board would give {uri.RateHertz} samples per second; the gate works up to {FastestHertz}: set rate={FastestHertz} or less.");
            }
            catch (FormatException problem)
            {
                throw new CliException(problem.Message, problem);
            }
        }

        if (text.StartsWith(AlsaUri.Scheme, StringComparison.OrdinalIgnoreCase))
        {
            try
            {
                return new SoundCardSpecification(AlsaUri.Parse(text)) { Text = text };
            }
            catch (FormatException problem)
            {
                throw new CliException(problem.Message, problem);
            }
        }

        if (text.Length == 0)
        {
            throw new CliException("The name of a source is empty; give a record, such as traces/sinus-pvc, or patient:SCENARIO.");
        }

        // Not a path of ours: a word of letters before the first colon would be a kind of source that there is not.
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var kind = colon > 1 ? text[..colon] : null;
        return kind is not null && kind.All(char.IsAsciiLetterOrDigit)
            ? throw new CliException($"There is no kind of source '{kind}:'; give a record's path, {ScenarioCatalog.Prefix}SCENARIO, a sound card, {AlsaUri.Scheme}hw:1, or a board, {string.Join(" or ", Ads129xBoards.Schemes.Select(scheme => scheme + "/dev/spidev0.0?drdy=25"))}.")
            : new RecordSpecification(text) { Text = text };
    }
}

/// <summary>A record of any format that <see cref="EcgGate.Records.EcgFile"/> knows.</summary>
/// <param name="Path">Its path; of a WFDB record with or without <c>.hea</c>.</param>
internal sealed record RecordSpecification(string Path) : SourceSpecification
{
    /// <summary>The record's name: the last part of its path, without the ending.</summary>
    public string Name => System.IO.Path.GetFileName(BasePath);

    /// <summary>The path without the ending: what annotation files and the exact truth beside it begin with.</summary>
    /// <remarks>The name of a WFDB record may have dots in it: only a file's ending is one.</remarks>
    public string BasePath =>
        File.Exists(Path) || Path.EndsWith(".hea", StringComparison.OrdinalIgnoreCase) ? System.IO.Path.ChangeExtension(Path, null) : Path;
}

/// <summary>A virtual patient.</summary>
internal sealed record PatientSpecification(PatientScenario Scenario) : SourceSpecification;

/// <summary>What is really there: it takes its settings from its address, and nobody knows its true beats.</summary>
internal abstract record RealSpecification : SourceSpecification
{
    /// <summary>For people.</summary>
    public abstract string Kind { get; }

    /// <summary>Samples per second that the gate will get.</summary>
    public abstract double RateHertz { get; }

    /// <summary>Opens it.</summary>
    /// <exception cref="EcgSourceException">It cannot be opened, or is too slow for the gate.</exception>
    public abstract IEcgSource Open(GateOptions options);
}

/// <summary>A real board.</summary>
internal sealed record BoardSpecification(Ads129xUri Uri) : RealSpecification
{
    public override string Kind => "real board";

    public override double RateHertz => Uri.RateHertz;

    public override IEcgSource Open(GateOptions options) => Uri.OpenBoard();
}

/// <summary>A sound card's line input.</summary>
internal sealed record SoundCardSpecification(AlsaUri Uri) : RealSpecification
{
    public override string Kind => "sound card, which sees no loose electrode and is not for paced patients";

    public override double RateHertz => Uri.SamplingRateHertz;

    public override IEcgSource Open(GateOptions options) => Uri.Open(options);
}
