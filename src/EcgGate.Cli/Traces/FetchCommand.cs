using System.CommandLine;
using System.Globalization;
using EcgGate.Cli.Output;
using EcgGate.Cli.Replay;
using EcgGate.Records.Fetch;
using Spectre.Console;

namespace EcgGate.Cli.Traces;

/// <summary><c>ecggate traces fetch</c>: public databases of recordings, by their published SHA-256 sums.</summary>
internal static class FetchCommand
{
    private const int UsualAttempts = 6;
    private const int MostAttempts = 100;

    public static Command Build(IAnsiConsole output)
    {
        var name = new Argument<string>("DB") { HelpName = "DB", Description = "The database's short name, such as mitdb; see the list below." };
        var folder = new Option<string?>("--out") { HelpName = "DIR", Description = "Where to; made if it is not there. [default: a folder of the database's name]" };
        var records = new Option<string[]?>("--records") { HelpName = "NAME", Description = "Only these records, by their names in the database: --records 100 101.", AllowMultipleArgumentsPerToken = true, Arity = ArgumentArity.OneOrMore };
        var everything = new Option<bool>("--everything") { Description = "Every file of the database, also older annotations, pages and tools." };
        var address = new Option<string?>("--base-url") { HelpName = "URL", Description = $"A mirror; DB/VERSION/ is added. [default: {new FetchOptions().BaseAddress}]" };
        var attempts = NumberOption.Whole("--attempts", "N", $"How often in a row a download may fail before it is given up. [default: {UsualAttempts}]", UsualAttempts);
        var quiet = new Option<bool>("--quiet") { Description = "No progress, only what came of it." };
        var command = new Command("fetch", "Downloads a public database of recordings from PhysioNet and verifies each file. Run again, it goes on where it stopped and fetches only what is missing.")
        {
            name, folder, records, everything, address, attempts, quiet,
        };
        Examples.AddNotes(
            command,
            $"""
            Databases:
            {DatabaseList()}

            Ctrl+C keeps what was received; the same command goes on from there. The licence and what to cite are
            written beside the records, as LICENSE.txt and CITATION.txt.
            Exit code: 0 done or stopped; 2 something could not be fetched, verified or written.
            """);
        Examples.Add(
            command,
            ("ecggate traces fetch mitdb", "all records of the MIT-BIH Arrhythmia Database, into mitdb/"),
            ("ecggate traces fetch nstdb --out /tmp/nstdb --records 118e06 118e00", "two records, somewhere else"));
        command.SetAction(async (parsed, cancellation) =>
        {
            var word = parsed.GetRequiredValue(name);
            var database = PhysioNetDatabase.Find(word)
                ?? throw new CliException($"There is no database '{word}' here; there are {string.Join(", ", PhysioNetDatabase.All.Select(one => one.Name))}.");
            var wanted = Names(parsed.GetValue(records));
            if (wanted is not null && parsed.GetValue(everything))
            {
                throw new CliException("--everything means every file of the database, which --records contradicts: give one of the two.");
            }

            var most = parsed.GetValue(attempts) ?? UsualAttempts;
            var options = new FetchOptions
            {
                Records = wanted,
                Everything = parsed.GetValue(everything),
                Attempts = most is >= 1 and <= MostAttempts ? most : throw new CliException($"--attempts is {most}; it must lie between 1 and {MostAttempts}."),
            };
            if (parsed.GetValue(address) is { } mirror)
            {
                options = options with { BaseAddress = AddressOf(mirror) };
            }

            var target = parsed.GetValue(folder) ?? database.Name;
            OutputPaths.RequireFolder("--out", target);
            return await FetchAsync(database, target, options, parsed.GetValue(quiet), output, cancellation);
        });
        return command;
    }

    private static string DatabaseList()
    {
        var width = PhysioNetDatabase.All.Max(database => database.Name.Length);
        return string.Join('\n', PhysioNetDatabase.All.Select(database => $"  {database.Name.PadRight(width)}  {database.Title}, version {database.Version}"));
    }

    private static string[]? Names(string[]? words)
    {
        if (words is null or [])
        {
            return null;
        }

        string[] names = [.. words.SelectMany(word => word.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).Distinct(StringComparer.Ordinal)];
        return names.Length > 0 ? names : throw new CliException("--records names no record; give their names in the database, for example --records 100 101.");
    }

    private static Uri AddressOf(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            ? address
            : throw new CliException($"--base-url is '{text}', which is no address of a web server; give one such as {new FetchOptions().BaseAddress}.");

    private static async Task<int> FetchAsync(PhysioNetDatabase database, string folder, FetchOptions options, bool quiet, IAnsiConsole output, CancellationToken cancellation)
    {
        using var fetcher = new PhysioNetFetcher(options);
        FetchResult result;
        var latest = new Latest();
        try
        {
            if (quiet)
            {
                result = await fetcher.FetchAsync(database, folder, latest, cancellation);
            }
            else if (ReplayCommand.IsTerminal(output))
            {
                result = await output.Progress().AutoClear(true).Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
                    .StartAsync(context =>
                    {
                        var bar = context.AddTask($"Asking for {database.Name}", maxValue: 1);
                        bar.IsIndeterminate = true;
                        latest.Show = progress => Update(bar, database, in progress);
                        return fetcher.FetchAsync(database, folder, latest, cancellation);
                    });
            }
            else
            {
                var told = 0;
                latest.Show = progress =>
                {
                    if (progress.Note is { } note)
                    {
                        output.WriteLine($"{progress.File}: {note}");
                    }
                    else if (progress.FilesDone > told)
                    {
                        told = progress.FilesDone;
                        output.WriteLine(progress.FileCount > 1 ? $"{told} of {progress.FileCount}  {progress.File}" : progress.File);
                    }
                };
                result = await fetcher.FetchAsync(database, folder, latest, cancellation);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            output.WriteLine($"Stopped: {Files(latest.FilesDone)} of {database.Name} in {folder} verified so far. What was received is kept; run the same command again to go on from there.");
            return ExitCode.Good;
        }

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{database.Title}, version {database.Version}: {Files(result.FilesFetched)} fetched ({Megabytes(result.BytesFetched)}), {result.FilesKept} there before, all verified, in {folder}."));
        var licence = Path.Combine(folder, "LICENSE.txt");
        output.WriteLine($"{(File.Exists(licence) ? $"The licence is in {licence}, what" : "What")} to cite is in {Path.Combine(folder, "CITATION.txt")}.");
        return ExitCode.Good;
    }

    private static void Update(ProgressTask bar, PhysioNetDatabase database, in FetchProgress progress)
    {
        // The list of records comes first, and by it the number of files is not known yet.
        if (progress.FileCount > 1)
        {
            bar.IsIndeterminate = false;
            bar.MaxValue = progress.FileCount;
            bar.Value = Math.Max(bar.Value, progress.FilesDone);
        }

        bar.Description = Markup.Escape(progress.Note is { } note
            ? $"{progress.File}: {note}"
            : $"{database.Name}: {progress.FilesDone} of {progress.FileCount} files, {Megabytes(progress.BytesFetched)}");
    }

    private static string Files(int count) => count == 1 ? "1 file" : string.Create(CultureInfo.InvariantCulture, $"{count} files");

    private static string Megabytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.0} MB");

    /// <summary>Takes progress from any thread and shows it one after the other.</summary>
    private sealed class Latest : IProgress<FetchProgress>
    {
        private readonly Lock _lock = new();

        public Action<FetchProgress>? Show { get; set; }

        public int FilesDone { get; private set; }

        public void Report(FetchProgress value)
        {
            lock (_lock)
            {
                FilesDone = Math.Max(FilesDone, value.FilesDone);
                Show?.Invoke(value);
            }
        }
    }
}
