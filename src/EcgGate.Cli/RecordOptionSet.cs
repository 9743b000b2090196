using System.CommandLine;
using System.Globalization;
using EcgGate.Records;

namespace EcgGate.Cli;

/// <summary>The command line's options for reading records, and the records that they are for.</summary>
internal sealed class RecordOptionSet(bool twoLeads = false)
{
    private const double LowestRateHertz = 125;
    private const double HighestRateHertz = 1_000_000;
    private const double SmallestFullScaleMillivolts = 0.001;
    private const double LargestFullScaleMillivolts = 1_000_000;

    private static readonly string[] Units = ["mV", "uV", "nV", "V"];

    private readonly Option<string?> _lead = new("--lead") { HelpName = "LEAD", Description = "The record's lead to gate on, by name or number from 0. [default: its first]" };
    private readonly Option<string?> _leads = LeadsOption.Create();
    private readonly Option<double?> _samplingRate = NumberOption.Real("--sampling-rate", "HZ", "CSV: samples per second, where the file does not say.", 500);
    private readonly Option<string?> _unit = new("--unit") { HelpName = "UNIT", Description = "CSV and EDF: the unit of signals that name none: mV, uV, nV or V." };
    private readonly Option<double?> _fullScale = NumberOption.Real("--full-scale-mv", "MV", "WAV: the millivolts that full scale stands for, where the file does not say.", 5);
    private readonly Option<bool> _incomplete = new("--incomplete") { Description = "EDF and WAV: reads what is there of a recording that broke off." };

    public void AddTo(Command command)
    {
        Option[] leads = twoLeads ? [_lead, _leads] : [_lead];
        foreach (var option in leads.Concat([_samplingRate, _unit, _fullScale, _incomplete]))
        {
            command.Options.Add(option);
        }
    }

    /// <summary>What is on the command line, each value checked by itself.</summary>
    /// <exception cref="CliException">A value is out of its range.</exception>
    /// <param name="parsed">The command line.</param>
    /// <param name="detector">The detector that is given; null for the usual one.</param>
    public RecordRequest Read(ParseResult parsed, string? detector = null)
    {
        var unit = parsed.GetValue(_unit);
        var known = unit is null ? null : Array.Find(Units, name => name.Equals(unit, StringComparison.OrdinalIgnoreCase));
        if (unit is not null && known is null)
        {
            throw new CliException($"--unit is '{unit}', which is no unit of voltage; give {string.Join(", ", Units.SkipLast(1))} or {Units[^1]}.");
        }

        var lead = parsed.GetValue(_lead);
        var two = twoLeads ? LeadsOption.Read(parsed.GetValue(_leads), lead, detector) : null;
        return new RecordRequest(new EcgFileOptions
        {
            Leads = two ?? (lead is null ? null : [lead]),
            SamplingRateHertz = Between(parsed.GetValue(_samplingRate), LowestRateHertz, HighestRateHertz, _samplingRate.Name, "samples per second"),
            Unit = known,
            FullScaleMillivolts = Between(parsed.GetValue(_fullScale), SmallestFullScaleMillivolts, LargestFullScaleMillivolts, _fullScale.Name, "mV"),
            AllowIncomplete = parsed.GetValue(_incomplete),
        });
    }

    private static double? Between(double? value, double least, double most, string option, string unit) =>
        value is null || (value >= least && value <= most)
            ? value
            : throw new CliException(string.Create(CultureInfo.InvariantCulture, $"{option} is {value}; it must lie between {least:#,0.###} and {most:#,0} {unit}."));
}

/// <summary>How the command line wants records read.</summary>
/// <param name="Options">For <see cref="EcgFile.Open"/>.</param>
internal sealed record RecordRequest(EcgFileOptions Options)
{
    /// <summary>Whether two leads are to vote.</summary>
    public bool IsTwoLeads => Options.Leads is { Count: 2 };

    /// <summary>The option that named the leads.</summary>
    public string LeadOption => IsTwoLeads ? "--leads" : "--lead";

    /// <summary>The options that are given, each with the formats that it is for.</summary>
    private IEnumerable<(string Name, string Of, EcgFileFormat[] Formats)> Given
    {
        get
        {
            if (Options.SamplingRateHertz is not null)
            {
                yield return ("--sampling-rate", "CSV records", [EcgFileFormat.Csv]);
            }

            if (Options.Unit is not null)
            {
                yield return ("--unit", "CSV and EDF records", [EcgFileFormat.Csv, EcgFileFormat.Edf]);
            }

            if (Options.FullScaleMillivolts is not null)
            {
                yield return ("--full-scale-mv", "WAV records", [EcgFileFormat.Wav]);
            }

            if (Options.AllowIncomplete)
            {
                yield return ("--incomplete", "EDF and WAV records", [EcgFileFormat.Edf, EcgFileFormat.Wav]);
            }
        }
    }

    /// <summary>Refuses options that nothing on the command line can use; a word that is no record uses none.</summary>
    /// <param name="records">The records that there are.</param>
    /// <param name="what">What there is instead, for the message, such as <c>patient:sinus-75</c>.</param>
    /// <exception cref="CliException">An option is for a format that none of the records has.</exception>
    public void RequireUse(IReadOnlyCollection<string> records, string what)
    {
        if (Options.Leads is not null && records.Count == 0)
        {
            throw new CliException($"{LeadOption} is for records; {what} is none.");
        }

        HashSet<EcgFileFormat>? formats = null;
        foreach (var (name, of, fitting) in Given)
        {
            formats ??= FormatsOf(records);

            // Null: one of them cannot be read at all, which is the better thing to be told.
            if (formats is null)
            {
                return;
            }

            if (!formats.Overlaps(fitting))
            {
                throw new CliException($"{name} is for {of}; {what} is {(formats.Count == 0 ? "none" : string.Join(" and ", formats.Order().Select(NameOf)))}.");
            }
        }
    }

    private static HashSet<EcgFileFormat>? FormatsOf(IEnumerable<string> records)
    {
        try
        {
            return [.. records.Select(EcgFile.Identify)];
        }
        catch (RecordException)
        {
            return null;
        }
    }

    private static string NameOf(EcgFileFormat format) => format == EcgFileFormat.Edf ? "EDF or BDF" : format.ToString().ToUpperInvariant();
}
