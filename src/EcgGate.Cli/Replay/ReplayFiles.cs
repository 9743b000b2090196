using EcgGate.Cli.Figures;
using EcgGate.Cli.Output;

namespace EcgGate.Cli.Replay;

/// <summary>
/// The files that <c>replay</c> writes. Those for all records together are opened before the work and appear at its
/// end; those for one record appear as soon as it is done.
/// </summary>
internal sealed class ReplayFiles : IDisposable
{
    private readonly ReplayRequest _request;
    private readonly CompleteFile? _ledger;
    private readonly CompleteFile? _json;
    private readonly CompleteFile? _strip;
    private readonly CompleteFile? _decisions;
    private readonly string? _decisionsFolder;

    /// <exception cref="CliException">A file or folder cannot be written, or two of the files are the same.</exception>
    public ReplayFiles(ReplayRequest request)
    {
        _request = request;
        OutputPaths.RequireDifferent(("--ledger", request.LedgerPath), ("--decisions", request.DecisionsPath), ("--json", request.JsonPath), ("--strip", request.StripPath));
        if (request.StripFromSeconds is not null && request.StripPath is null)
        {
            throw new CliException("--strip-from says where the drawing of --strip begins: name its file too.");
        }

        if (request.StripPath is not null && request.Inputs.Count > 1)
        {
            throw new CliException($"--strip draws one record, and there are {request.Inputs.Count}: name one.");
        }

        if (request.DecisionsPath is { } decisions && (request.Inputs.Count > 1 || Directory.Exists(decisions)))
        {
            _decisionsFolder = Directory.Exists(decisions) || !Path.HasExtension(decisions)
                ? decisions
                : throw new CliException($"--decisions {decisions}: one file cannot hold {request.Inputs.Count} records; name a folder, which gets RECORD.csv for each.");
            OutputPaths.RequireFolder("--decisions", decisions);
        }

        if (request.AnnotateFolder is { } annotate)
        {
            OutputPaths.RequireFolder("--annotate", annotate);
        }

        if (_decisionsFolder is not null || request.AnnotateFolder is not null)
        {
            var twice = request.Inputs.GroupBy(input => input.FileName).FirstOrDefault(group => group.Count() > 1);
            if (twice is not null)
            {
                throw new CliException($"Several records are called {twice.Key}, and their files would overwrite each other: replay them apart.");
            }
        }

        try
        {
            _ledger = Open("--ledger", request.LedgerPath);
            _json = Open("--json", request.JsonPath);
            _strip = Open("--strip", request.StripPath);
            _decisions = _decisionsFolder is null ? Open("--decisions", request.DecisionsPath) : null;
        }
        catch
        {
            Dispose();
            throw;
        }

        _ledger?.Writer.WriteLine(LedgerCsv.Header);
    }

    /// <summary>Takes one record's beats.</summary>
    public void Add(ReplayInput input, RecordFigures record)
    {
        if (_ledger is not null)
        {
            foreach (var line in record.Beats)
            {
                LedgerCsv.WriteLine(_ledger.Writer, input.Name, record.SamplingRateHertz, in line);
            }
        }

        if (_decisions is not null)
        {
            DecisionsCsv.Write(_decisions.Writer, record.Beats);
        }

        if (_decisionsFolder is not null)
        {
            using var file = new CompleteFile("--decisions", Path.Combine(_decisionsFolder, input.FileName + ".csv"));
            DecisionsCsv.Write(file.Writer, record.Beats);
            file.Complete();
        }

        if (_strip is not null)
        {
            _strip.Writer.Write(StripPicture.Draw(input, record, _request.StripFromSeconds ?? 0));
            _strip.Complete();
        }

        if (_request.AnnotateFolder is { } folder)
        {
            BeatAnnotationFiles.Write(folder, input.FileName, record.Beats, record.Shutdown);
        }
    }

    /// <summary>Makes the files appear.</summary>
    public void Complete(IReadOnlyList<RecordFigures> records, IReadOnlyList<string> failures)
    {
        _ledger?.Complete();
        if (records.Count > 0)
        {
            _decisions?.Complete();
        }

        if (_json is not null)
        {
            var several = _request.Inputs.Count > 1;
            var total = records.Count == 1 && !several ? records[0].Figures : GateFigures.Total(records);
            var report = GateReport.Of(total) with
            {
                Detector = _request.Detector,
                Records = several ? [.. records.Select(record => GateReport.Of(record.Figures))] : null,
                Failures = failures.Count > 0 ? failures : null,
            };
            report.WriteTo(_json.Writer.BaseStream);
            _json.Complete();
        }
    }

    public void Dispose()
    {
        _ledger?.Dispose();
        _json?.Dispose();
        _strip?.Dispose();
        _decisions?.Dispose();
    }

    private static CompleteFile? Open(string option, string? path) => path is null ? null : new CompleteFile(option, path);
}
