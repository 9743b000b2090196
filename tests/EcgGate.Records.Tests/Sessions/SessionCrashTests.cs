using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using EcgGate.Records.CrashHelper;
using EcgGate.Records.Sessions;

namespace EcgGate.Records.Tests.Sessions;

/// <summary>Sessions that end in a crash.</summary>
public sealed class SessionCrashTests(ITestOutputHelper output)
{
    private const int Kills = 200;

    [Fact]
    public async Task Killed_two_hundred_times_at_any_moment_it_reads_on_and_nothing_is_missing_that_had_reached_the_disk()
    {
        using var scratch = new Scratch();
        var lost = new ConcurrentBag<double>();
        var helper = Path.Combine(AppContext.BaseDirectory, "EcgGate.Records.CrashHelper.dll");
        await Parallel.ForAsync(0, Kills, new ParallelOptions { MaxDegreeOfParallelism = 2 * Environment.ProcessorCount, CancellationToken = TestContext.Current.CancellationToken }, async (i, cancellation) =>
        {
            var name = i.ToString(CultureInfo.InvariantCulture);
            var folder = scratch["s" + name];
            using var progress = new Progress(scratch["p" + name]);
            var start = new ProcessStartInfo("dotnet", [helper, folder, scratch["p" + name], name]) { UseShellExecute = false, RedirectStandardError = true };
            start.Environment["DOTNET_TieredPGO"] = "0";
            using var process = Process.Start(start)!;
            while (progress.Count == 0)
            {
                process.HasExited.Should().BeFalse();
                await Task.Delay(1, cancellation);
            }

            await Task.Delay(new Random(i).Next(0, 120), cancellation);
            process.Kill();
            await process.WaitForExitAsync(cancellation);

            var session = RecordedSession.Open(folder);
            var findings = new List<SessionFinding>();
            var recovered = session.ReadInputs(findings).LongCount();
            recovered.Should().BeGreaterThanOrEqualTo(progress.Saved);
            session.Closed.Should().BeNull();
            session.Findings.Concat(findings).Should().OnlyContain(finding => finding.IsTail);
            var check = SessionVerification.Of(session);
            check.Problems.Should().BeEmpty();
            check.Verdict.Should().Be(SessionVerdict.VerifiedToItsEnd);
            lost.Add(progress.LostOf(recovered).TotalMilliseconds);
            Directory.Delete(folder, recursive: true);
        });

        double[] sorted = [.. lost.Order()];
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Kills} kills; lost p50 {sorted[Kills / 2]:0} ms, p95 {sorted[Kills * 95 / 100]:0} ms, max {sorted[^1]:0} ms; {sorted.Count(ms => ms > 200)} over 200 ms."));

        // The median stands still where the machine does now and then; the bound of 200 ms is the write period's, a test of its own.
        sorted[Kills / 2].Should().BeLessThan(200);
    }

    [Fact]
    public void The_write_period_leaves_a_disk_a_hundred_milliseconds_within_the_two_hundred()
    {
        var options = new SessionRecorderOptions();
        (options.WritePeriod + SessionRecording.Period + TimeSpan.FromMilliseconds(100)).Should().BeLessThanOrEqualTo(TimeSpan.FromMilliseconds(200));
    }

    [Fact]
    public void Cut_at_every_byte_of_its_tail_each_file_reads_on_and_loses_its_last_block_only()
    {
        using var scratch = new Scratch();
        var gate = new SyntheticGate(21);
        var blocks = new List<(int Inputs, int Events, Dictionary<string, long> Lengths)>();
        var (inputs, events) = (new List<GateInput>(), new List<GateEvent>());
        string[] files = ["inputs.bin", "events.jsonl", "session.dat", "session.ecg", "session.pul"];
        var recorder = SessionRecorder.Create(scratch["s"], SyntheticGate.Header, new SessionRecorderOptions { HasThread = false });
        foreach (var length in (int[])[4_000, 300, 430])
        {
            gate.Run(length);
            inputs.AddRange(gate.Inputs);
            events.AddRange(gate.Events);
            gate.HandTo(recorder);
            recorder.Save().Should().BeTrue();
            blocks.Add((inputs.Count, events.Count, files.ToDictionary(name => name, name => new FileInfo(scratch["s/" + name]).Length)));
        }

        var (before, all) = (blocks[^2], blocks[^1]);
        all.Events.Should().BeGreaterThan(before.Events);
        foreach (var name in files)
        {
            var bytes = File.ReadAllBytes(scratch["s/" + name]);
            for (var length = before.Lengths[name]; length <= bytes.Length; length++)
            {
                File.WriteAllBytes(scratch["s/" + name], bytes[..(int)length]);
                using (var record = WfdbRecord.Open(scratch["s/session"]))
                {
                    record.Info.LengthSamples.Should().BeInRange(4_300, 4_730);
                }

                BeatsOf(scratch["s/session.ecg"]).Should().BeGreaterThan(5);
                BeatsOf(scratch["s/session.pul"]).Should().BeGreaterThan(1);
                var isThorough = (length - before.Lengths[name]) % 97 is 0 or 96;
                if (name.StartsWith("session", StringComparison.Ordinal) && !isThorough)
                {
                    continue;
                }

                var session = RecordedSession.Open(scratch["s"]);
                var findings = new List<SessionFinding>();
                var read = session.ReadInputs(findings).ToList();
                read.Count.Should().Be(name == "inputs.bin" && length < bytes.Length ? before.Inputs : all.Inputs);
                var told = session.GateEvents.ToList();
                told.Count.Should().BeInRange(name == "events.jsonl" ? before.Events : all.Events, all.Events);
                session.Findings.Concat(findings).Should().OnlyContain(finding => finding.IsTail && finding.File == name);
                if (isThorough)
                {
                    // The slow part at some of the places.
                    read.Should().Equal(inputs.Take(read.Count));
                    told.Should().Equal(events.Take(told.Count));
                    var check = SessionVerification.Of(session);
                    check.Problems.Should().BeEmpty();
                    check.Verdict.Should().Be(SessionVerdict.VerifiedToItsEnd);
                }
            }

            File.WriteAllBytes(scratch["s/" + name], bytes);
        }
    }

    [Fact]
    public void Damage_within_costs_the_block_that_it_lies_in_and_reading_goes_on_after_it()
    {
        using var scratch = new Scratch();
        var gate = new SyntheticGate(31);
        using (var recorder = SessionRecorder.Create(scratch["s"], SyntheticGate.Header, new SessionRecorderOptions { HasThread = false }))
        {
            for (var i = 0; i < 20; i++)
            {
                gate.Run(100).HandTo(recorder);
                recorder.Save();
            }
        }

        var bytes = File.ReadAllBytes(scratch["s/inputs.bin"]);
        var all = RecordedSession.Open(scratch["s"]).ReadInputs([]).ToList();
        var random = new Random(5);
        for (var i = 0; i < 300; i++)
        {
            var damaged = bytes.ToArray();
            damaged[random.Next(8, damaged.Length)] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(scratch["s/inputs.bin"], damaged);
            var findings = new List<SessionFinding>();
            var read = RecordedSession.Open(scratch["s"]).ReadInputs(findings).ToList();
            findings.Should().NotBeEmpty();
            read.Count(input => input.Kind != GateInputKind.Lost).Should().BeGreaterThanOrEqualTo(all.Count - 101);
            read.Where(input => input.Kind != GateInputKind.Lost).Should().BeSubsetOf(all);
        }
    }

    /// <summary>How many annotations can be read before the end, or before the cut.</summary>
    private static int BeatsOf(string path)
    {
        var count = 0;
        using var reader = AnnotationReader.Open(path);
        try
        {
            while (reader.TryRead(out _))
            {
                count++;
            }
        }
        catch (WfdbException)
        {
            // The cut.
        }

        return count;
    }
}
