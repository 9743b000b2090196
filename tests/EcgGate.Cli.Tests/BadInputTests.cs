namespace EcgGate.Cli.Tests;

public sealed class BadInputTests
{
    [Theory]
    [InlineData("", "needs a verb", "run, replay, validate, simulate, bench, deliver, session, traces")]
    [InlineData("frobnicate", "no verb 'frobnicate'", "run, replay, validate, simulate, bench, deliver, session, traces")]
    [InlineData("traces", "needs a verb", "make, list, fetch")]
    [InlineData("traces fetch", "needs a DB")]
    [InlineData("traces fetch mitdb nstdb", "'nstdb' is one too many")]
    [InlineData("run", "needs a SOURCE")]
    [InlineData("replay", "needs a RECORD")]
    [InlineData("run TRACE another", "'another' is one too many")]
    [InlineData("traces list x", "'x'")]
    [InlineData("run TRACE --frob 1", "no option '--frob'")]
    [InlineData("replay --frob", "no option '--frob'")]
    [InlineData("run --cutoff-ms", "needs a SOURCE")]
    [InlineData("run TRACE --cutoff-ms", "--cutoff-ms")]
    [InlineData("replay TRACE --detector pan", "--detector is 'pan'", "r-wave or pan-tompkins")]
    [InlineData("run TRACE --detector pan-tompkins", "no option '--detector'")]
    [InlineData("run TRACE --runtime fast", "--runtime is 'fast'", "isolated or in-process")]
    [InlineData("run TRACE --runtime", "--runtime")]
    public async Task A_malformed_command_line_is_refused_in_one_sentence(string line, params string[] words) =>
        (await Run(line)).ShouldBeRefused(words);

    [Theory]
    [InlineData("run nowhere/nothing", "nothing", "no such record")]
    [InlineData("replay nowhere/nothing", "nothing", "no such record")]
    [InlineData("run patient:sinus-pvd", "no scenario 'sinus-pvd'", "did you mean 'sinus-pvc'")]
    [InlineData("replay patient:sinus-pvd", "no scenario 'sinus-pvd'")]
    [InlineData("run patient:sinus-75?noise=much", "noise=much")]
    [InlineData("run jack:hw:1", "no kind of source 'jack:'", "alsa:hw:1")]
    [InlineData("run alsa:", "names no device", "alsa:hw:1")]
    [InlineData("run alsa:hw:1?period=short", "period is 'short'")]
    [InlineData("run alsa:hw:77", "alsa:hw:77")]
    [InlineData("replay alsa:hw:1", "cannot be replayed")]
    [InlineData("run TRACES", "is a folder")]
    [InlineData("replay ads1292r:/dev/spidev0.0?drdy=25", "cannot be replayed")]
    [InlineData("run ads1292r:/dev/spidev0.0", "drdy")]
    [InlineData("run ads1292r:/dev/nothing?drdy=25", "/dev/nothing")]
    [InlineData("run ads1292r:/dev/spidev99.9?drdy=25", "/dev/spidev99.9")]
    [InlineData("replay TRACE TRACE", "twice")]
    public async Task A_source_that_is_none_is_refused_by_name(string line, params string[] words) =>
        (await Run(line)).ShouldBeRefused(words);

    [Theory]
    [InlineData("--target-delay-ms 10", "Target delay is 10 ms")]
    [InlineData("--cutoff-ms 150", "Cut-off is 150 ms")]
    [InlineData("--cutoff-ms 40", "beyond the cut-off 40 ms")]
    [InlineData("--tolerance-ms -1", "Edge tolerance is -1 ms")]
    [InlineData("--order-lead-ms 60", "Order lead is 60 ms")]
    [InlineData("--pulse-width-ms 0", "Pulse width is 0 ms")]
    [InlineData("--min-rate 5", "Lowest rate is 5 /min")]
    [InlineData("--max-rate 500", "Highest rate is 500 /min")]
    [InlineData("--min-rate 100 --max-rate 90", "not below the highest rate")]
    [InlineData("--min-interval-ms -5", "Minimum interval is -5 ms")]
    [InlineData("--learning-beats 2", "Learning beats are 2")]
    [InlineData("--learning-beats 8.5", "--learning-beats takes a whole number", "8.5")]
    [InlineData("--premature-fraction 0.9", "Premature fraction is 0.9")]
    [InlineData("--pause-fraction 9", "Pause fraction is 9")]
    [InlineData("--asystole-ms 100", "Asystole time is 100 ms")]
    [InlineData("--blanking-ms 500", "Blanking is 500 ms")]
    [InlineData("--cutoff-ms seventy", "--cutoff-ms takes a number", "seventy")]
    [InlineData("--cutoff-ms NaN", "--cutoff-ms takes a number")]
    [InlineData("--cutoff-ms 1e300", "--cutoff-ms takes a number")]
    [InlineData("--every-beat --min-interval-ms 500", "--every-beat", "--min-interval-ms contradicts")]
    public async Task An_option_out_of_range_is_refused_before_anything_starts(string options, params string[] words)
    {
        (await Run($"run TRACE {options}")).ShouldBeRefused(words);
        (await Run($"replay TRACE {options}")).ShouldBeRefused(words);
    }

    [Theory]
    [InlineData("run TRACE --rate 333", "--rate is 333")]
    [InlineData("run TRACE --duration 0", "--duration is 0 s")]
    [InlineData("run TRACE --lead V9", "no lead 'V9'", "0 (II)")]
    [InlineData("run patient:sinus-75 --lead II", "--lead is for records")]
    [InlineData("run ads1292r:/dev/spidev0.0?drdy=25 --rate 500", "--rate is for the emulated board")]
    [InlineData("run alsa:hw:1 --rate 500", "--rate is for the emulated board", "alsa:hw:1?rate=500")]
    [InlineData("replay TRACE --rate 500", "--rate is for virtual patients")]
    [InlineData("replay TRACE --duration 5", "--duration is for virtual patients")]
    [InlineData("replay patient:sinus-75 --rate 50", "--rate is 50")]
    [InlineData("replay patient:sinus-75 --lead II", "--lead is for records")]
    [InlineData("replay patient:sinus-75?duration=30 --duration 60", "contradicts")]
    [InlineData("run TRACE --sampling-rate 500", "--sampling-rate is for CSV records", "is WFDB")]
    [InlineData("replay TRACE patient:sinus-75 --unit mV", "--unit is for CSV and EDF records", "is WFDB")]
    [InlineData("run TRACE --full-scale-mv 5", "--full-scale-mv is for WAV records", "is WFDB")]
    [InlineData("replay TRACES --incomplete", "--incomplete is for EDF and WAV records", "is WFDB")]
    [InlineData("run patient:sinus-75 --unit mV", "--unit is for CSV and EDF records; patient:sinus-75 is none")]
    [InlineData("run ads1292r:/dev/spidev0.0?drdy=25 --sampling-rate 500", "--sampling-rate is for CSV records", "is none")]
    [InlineData("replay nowhere/nothing.csv --full-scale-mv 5", "nothing.csv", "no such record")]
    [InlineData("replay TRACE --unit mmHg", "--unit is 'mmHg'", "mV")]
    [InlineData("run TRACE --sampling-rate 50", "--sampling-rate is 50", "between 125 and")]
    [InlineData("replay TRACE --full-scale-mv 0", "--full-scale-mv is 0", "between 0.001 and")]
    public async Task An_option_that_does_not_fit_the_source_is_refused(string line, params string[] words) =>
        (await Run(line)).ShouldBeRefused(words);

    [Theory]
    [InlineData("run TRACE --ledger OUT/none/x.csv", "--ledger", "there is no folder")]
    [InlineData("run TRACE --json OUT", "--json", "this is a folder")]
    [InlineData("run TRACE --ledger OUT/x --json OUT/x", "--ledger and --json name the same file")]
    [InlineData("replay TRACE --ledger OUT/none/x.csv", "--ledger", "there is no folder")]
    [InlineData("replay TRACE --decisions OUT/none/x.csv", "--decisions", "there is no folder")]
    [InlineData("replay TRACE --ledger OUT/x --decisions OUT/x", "--ledger and --decisions name the same file")]
    [InlineData("replay TRACES --decisions OUT/x.csv", "--decisions", "name a folder")]
    [InlineData("replay TRACE --annotate OUT/file", "--annotate", "cannot be written")]
    [InlineData("traces make --out OUT/file", "--out", "cannot be written")]
    [InlineData("traces fetch mitdb --out OUT/file", "--out", "cannot be written")]
    public async Task An_output_that_cannot_be_written_is_refused_before_the_work(string line, params string[] words)
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("file"), "in the way", TestContext.Current.CancellationToken);
        (await Run(line.Replace("OUT", folder.Path, StringComparison.Ordinal))).ShouldBeRefused(words);
        folder.Names.Should().Equal(["file"], "a refused command leaves nothing behind");
    }

    [Theory]
    [InlineData("traces fetch nope", "no database 'nope'", "mitdb, nstdb")]
    [InlineData("traces fetch mitdb --everything --records 100", "--everything", "--records contradicts")]
    [InlineData("traces fetch mitdb --base-url mirror", "--base-url is 'mirror'", "https://")]
    [InlineData("traces fetch mitdb --attempts 0", "--attempts is 0")]
    [InlineData("traces fetch mitdb --records ,", "--records names no record")]
    public async Task A_download_that_cannot_be_meant_so_is_refused(string line, params string[] words) =>
        (await Run(line)).ShouldBeRefused(words);

    [Fact]
    public async Task A_folder_without_records_is_refused()
    {
        using var folder = new TemporaryFolder();
        (await Run($"replay {folder.Path}")).ShouldBeRefused("holds no record");
    }

    [Fact]
    public async Task A_file_that_is_no_record_is_refused_with_its_line()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("letter.hea"), "Dear reader,\nthis is no header.\n", TestContext.Current.CancellationToken);
        (await Run($"run {folder.File("letter")}")).ShouldBeRefused("letter.hea", "line 1");
        (await Run($"replay {folder.File("letter.hea")}")).ShouldBeRefused("letter.hea", "line 1");
    }

    [Fact]
    public async Task A_damaged_truth_file_is_refused_with_its_line()
    {
        using var folder = new TemporaryFolder();
        foreach (var ending in new[] { ".hea", ".dat" })
        {
            File.Copy(Cli.Trace("sinus-75") + ending, folder.File("sinus-75" + ending));
        }

        await File.WriteAllTextAsync(folder.File("sinus-75.truth.csv"), "# EcgGate truth 1\nnonsense\n", TestContext.Current.CancellationToken);
        (await Run($"run {folder.File("sinus-75")}")).ShouldBeRefused("sinus-75.truth.csv", "line 2");
    }

    private static Task<CliResult> Run(string line) => Cli.RunAsync(
        line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => word switch
        {
            "TRACE" => Cli.Trace("sinus-75"),
            "TRACES" => Cli.Traces,
            _ => word,
        }).ToArray());
}
