using EcgGate.Delivery;
using EcgGate.Gating;
using EcgGate.Records.CrashHelper;
using EcgGate.Records.Sessions;
using EcgGate.Signals;
using EcgGate.Timing;

namespace EcgGate.Records.Tests.Sessions;

public sealed class SessionRecorderTests
{
    private static readonly SessionRecorderOptions ByHand = new() { HasThread = false };

    [Fact]
    public void A_session_that_was_closed_holds_all_that_was_handed_in_and_verifies()
    {
        using var scratch = new Scratch();
        var (inputs, events) = Record(scratch["s"], gate => gate.Run(15_000).Lose(3).Run(5_000).Lose(300).Run(10_000).Stop());

        var session = RecordedSession.Open(scratch["s"]);
        var findings = new List<SessionFinding>();
        session.ReadInputs(findings).Should().Equal(inputs);
        session.GateEvents.Should().Equal(events);
        session.Findings.Concat(findings).Should().BeEmpty();
        session.Closed!.Text.Should().Be("done");
        session.Header.Should().BeEquivalentTo(SyntheticGate.Header);

        var check = SessionVerification.Of(session);
        check.Problems.Should().BeEmpty();
        check.Notes.Should().BeEmpty();
        check.Verdict.Should().Be(SessionVerdict.Verified);
        check.EqualEvents.Should().Be(events.Count);
        check.Samples.Should().Be(30_000);
    }

    [Fact]
    public void Every_other_program_finds_ecg_beats_and_pulses_in_a_wfdb_record()
    {
        using var scratch = new Scratch();
        var (inputs, events) = Record(scratch["s"], gate => gate.Run(10_000).Lose(40).Run(10_000).Stop());

        using var record = WfdbRecord.Open(RecordedSession.Open(scratch["s"]).RecordPath);
        record.Info.LengthSamples.Should().Be(20_040);
        record.Info.LeadNames.Should().Equal("II", "V1");
        var samples = Sources.ReadAll(record, 512).ToDictionary(sample => sample.Index);
        foreach (var sample in inputs.Where(input => input.Kind == GateInputKind.Sample).Select(input => input.Sample))
        {
            samples[sample.Index].Lead0Millivolts.Should().BeApproximately(sample.Lead0Millivolts, 0.000_026f);
            samples[sample.Index].Lead1Millivolts.Should().BeApproximately(sample.Lead1Millivolts, 0.000_026f);
        }

        (samples[10_020].Status & SampleStatus.Lead0Invalid).Should().NotBe(SampleStatus.None, "no sample is made up where there was none");
        var lines = events.Where(one => one.Kind == GateEventKind.BeatOutcome).Select(one => one.Beat).ToList();
        AnnotationReader.ReadAll(scratch["s/session.ecg"]).Select(beat => beat.Sample).Should().Equal(lines.Select(line => line.Beat.RTime.Nearest).Order());
        var fired = lines.Where(line => line.Outcome == Outcome.Fired).ToList();
        fired.Should().HaveCountGreaterThan(20);
        AnnotationReader.ReadAll(scratch["s/session.pul"]).Select(pulse => pulse.Sample).Should().Equal(fired.Select(line => line.PulseTime.Nearest));
    }

    [Fact]
    public void Readings_and_notes_read_back_as_they_were()
    {
        using var scratch = new Scratch();
        var reading = new PulseReading(7, new MonotonicTime(123_456_789_012), new PulseSetting(1, 3000, 90, 50), 2988.7, 12.25, 1.0 / 3, 89.9, PulseFault.OverCurrent);
        DeliveryEvent[] told =
        [
            .. Enum.GetValues<DeliveryEventKind>().Select((kind, i) => new DeliveryEvent(
                kind, new MonotonicTime(i), DeliveryState.Treating, DeliveryReason.Arc, DeliveryWait.TrainPause, Reason.Premature, i, 3, 70, 2, i % 2 == 0, i == 1 ? double.NaN : 431.25, i % 3 == 0 ? default : reading)),
        ];
        using (var recorder = SessionRecorder.Create(scratch["s"], SyntheticGate.Header, ByHand))
        {
            recorder.Record(in reading);
            recorder.Record(reading with { MeanAmperes = double.PositiveInfinity, MeanVolts = double.NaN });
            foreach (var one in told)
            {
                ((IDeliverySink)recorder).OnDelivery(in one);
            }

            recorder.Note("says \"so\",\nover two lines: µ");
        }

        var entries = RecordedSession.Open(scratch["s"]).Entries;
        entries.Where(entry => entry.Kind == SessionEntryKind.Pulse).Select(entry => entry.Pulse).Should()
            .Equal(reading, reading with { MeanAmperes = double.PositiveInfinity, MeanVolts = double.NaN });
        entries.Where(entry => entry.Kind == SessionEntryKind.Delivery).Select(entry => entry.Delivery).Should().Equal(told);
        entries.Single(entry => entry.Kind == SessionEntryKind.Note).Text.Should().Be("says \"so\",\nover two lines: µ");
    }

    [Fact]
    public void Every_option_of_the_gate_reads_back_as_it_was()
    {
        // Whoever adds an option must record it, or a replay would decide by its default.
        var defaults = new GateOptions();
        var other = new GateOptions
        {
            TargetDelay = TimeSpan.FromTicks(450_001),
            Cutoff = TimeSpan.FromTicks(650_003),
            EdgeTolerance = TimeSpan.FromTicks(5_001),
            OrderLead = TimeSpan.FromTicks(15_001),
            PulseWidth = TimeSpan.FromTicks(7_001),
            MinimumRatePerMinute = 41.1,
            MaximumRatePerMinute = 119.7,
            MinimumInterval = TimeSpan.FromTicks(8_000_001),
            LearningBeats = 9,
            PrematureFraction = 0.1 + 0.05,
            PauseFraction = 1.0 / 3,
            ShapeTolerance = 0.7,
            AsystoleAfter = TimeSpan.FromTicks(25_000_001),
            Blanking = TimeSpan.FromTicks(500_001),
            ArmedFor = Timeout.InfiniteTimeSpan,
            NeedsPermits = true,
        };
        foreach (var property in typeof(GateOptions).GetProperties().Where(property => property.CanWrite))
        {
            property.GetValue(other).Should().NotBe(property.GetValue(defaults), "{0} must be tried with another value than its default", property.Name);
        }

        using var scratch = new Scratch();
        SessionRecorder.Create(scratch["s"], SyntheticGate.Header with { Options = other }, ByHand).Dispose();
        RecordedSession.Open(scratch["s"]).Header.Options.Should().Be(other);
    }

    [Fact]
    public void A_folder_that_holds_a_session_is_never_overwritten()
    {
        using var scratch = new Scratch();
        Record(scratch["s"], gate => gate.Run(100));
        var before = File.ReadAllBytes(scratch["s/events.jsonl"]);

        FluentActions.Invoking(() => SessionRecorder.Create(scratch["s"], SyntheticGate.Header)).Should().Throw<RecordException>().WithMessage("*already*choose another folder*");
        File.ReadAllBytes(scratch["s/events.jsonl"]).Should().Equal(before);
    }

    [Fact]
    public void What_was_handed_in_before_a_save_is_on_the_disk_after_it_whatever_happens_then()
    {
        using var scratch = new Scratch();
        var gate = new SyntheticGate(1);
        using var recorder = SessionRecorder.Create(scratch["s"], SyntheticGate.Header, ByHand);
        var handed = new List<GateInput>();
        for (var i = 0; i < 40; i++)
        {
            gate.Run(200);
            handed.AddRange(gate.Inputs);
            gate.HandTo(recorder);
            recorder.Save().Should().BeTrue();
            recorder.UnsavedFor.Should().Be(TimeSpan.Zero);

            // As it stands there: nothing was closed.
            RecordedSession.Open(scratch["s"]).ReadInputs([]).Should().Equal(handed);
        }

        var check = SessionVerification.Of(RecordedSession.Open(scratch["s"]));
        check.Problems.Should().BeEmpty();
        check.Verdict.Should().Be(SessionVerdict.VerifiedToItsEnd);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_full_disk_is_told_at_once_and_nothing_is_lost_or_doubled_once_it_has_room_again(bool onlySync)
    {
        using var scratch = new Scratch();
        using var disk = new FaultyDisk();
        var gate = new SyntheticGate(2);
        var (inputs, events) = (new List<GateInput>(), new List<GateEvent>());
        using (var recorder = SessionRecorder.Create(scratch["s"], SyntheticGate.Header, ByHand with { Open = disk.Open }))
        {
            HandOver(gate.Run(6_000), recorder);
            recorder.Save().Should().BeTrue();
            (disk.IsFull, disk.CannotSync) = (!onlySync, onlySync);
            for (var i = 0; i < 20; i++)
            {
                HandOver(gate.Run(300), recorder);
                recorder.Save().Should().BeFalse();
                recorder.Problem.Should().Contain(scratch["s"]).And.Contain("free space");
            }

            // What was there before is there still, whatever the failing writes left behind it.
            RecordedSession.Open(scratch["s"]).ReadInputs([]).Take(6_001).Should().Equal(inputs.Take(6_001));

            (disk.IsFull, disk.CannotSync) = (false, false);
            HandOver(gate.Run(300), recorder);
            recorder.Save().Should().BeTrue();
            recorder.Problem.Should().BeNull();
            HandOver(gate.Run(300).Stop(), recorder);
            recorder.Close().Should().BeTrue();
            recorder.Lost.Should().Be(0);
        }

        var session = RecordedSession.Open(scratch["s"]);
        session.ReadInputs([]).Should().Equal(inputs);
        session.GateEvents.Should().Equal(events);
        session.Entries.Should().ContainSingle(entry => entry.Kind == SessionEntryKind.Trouble);
        var check = SessionVerification.Of(session);
        check.Problems.Should().BeEmpty();
        check.Verdict.Should().Be(SessionVerdict.Verified);

        void HandOver(SyntheticGate one, SessionRecorder recorder)
        {
            inputs.AddRange(one.Inputs);
            events.AddRange(one.Events);
            one.HandTo(recorder);
        }
    }

    [Fact]
    public void What_memory_cannot_hold_while_the_disk_is_full_is_counted_and_verify_says_where_it_is_missing()
    {
        using var scratch = new Scratch();
        using var disk = new FaultyDisk();
        var gate = new SyntheticGate(3);
        using (var recorder = SessionRecorder.Create(scratch["s"], SyntheticGate.Header, ByHand with { Open = disk.Open, MostUnsavedBytes = 150_000 }))
        {
            for (var i = 0; i < 40; i++)
            {
                disk.IsFull = i >= 10;
                gate.Run(500).HandTo(recorder);
                recorder.Save();
            }

            recorder.Lost.Should().BePositive();
            disk.IsFull = false;
            recorder.Save().Should().BeTrue();
            gate.Run(5_000).Stop().HandTo(recorder);
            recorder.Close().Should().BeTrue();
        }

        var check = SessionVerification.Of(RecordedSession.Open(scratch["s"]));
        check.Verdict.Should().Be(SessionVerdict.Incomplete);
        check.IsGood.Should().BeFalse();
        check.Problems.Should().Contain(problem => problem.Contains("inputs after sample") && problem.Contains("nothing can be replayed"));
        check.EqualEvents.Should().BePositive();
    }

    [Fact]
    public void A_file_system_that_is_really_full_costs_nothing_either()
    {
        using var scratch = new Scratch();
        var mount = Directory.CreateDirectory(scratch["disk"]).FullName;
        Assert.SkipUnless(OperatingSystem.IsLinux() && Run("mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", mount), "A small file system of its own can be mounted as root on Linux only.");
        try
        {
            var filler = Path.Combine(mount, "filler");
            File.WriteAllBytes(filler, new byte[256 << 10]);
            var gate = new SyntheticGate(5);
            var (inputs, events) = (new List<GateInput>(), new List<GateEvent>());
            using (var recorder = SessionRecorder.Create(Path.Combine(mount, "s"), SyntheticGate.Header, ByHand))
            {
                while (HandOver(gate.Run(500), recorder))
                {
                    inputs.Should().HaveCountLessThan(100_000, "it must be full some time");
                }

                recorder.Problem.Should().Contain("No space left");
                HandOver(gate.Run(500), recorder).Should().BeFalse();
                File.Delete(filler);
                HandOver(gate.Run(500).Stop(), recorder).Should().BeTrue();
                recorder.Close().Should().BeTrue();
            }

            var session = RecordedSession.Open(Path.Combine(mount, "s"));
            session.ReadInputs([]).Should().Equal(inputs);
            session.GateEvents.Should().Equal(events);
            SessionVerification.Of(session).Verdict.Should().Be(SessionVerdict.Verified);

            bool HandOver(SyntheticGate one, SessionRecorder recorder)
            {
                inputs.AddRange(one.Inputs);
                events.AddRange(one.Events);
                one.HandTo(recorder);
                return recorder.Save();
            }
        }
        finally
        {
            Run("umount", mount).Should().BeTrue();
        }

        static bool Run(string program, params string[] arguments)
        {
            try
            {
                using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardError = true })!;
                process.WaitForExit();
                return process.ExitCode == 0;
            }
            catch (System.ComponentModel.Win32Exception)
            {
                return false;
            }
        }
    }

    [Fact]
    public void A_disk_that_hangs_is_told_while_recording_goes_on_without_waiting()
    {
        using var scratch = new Scratch();
        using var disk = new FaultyDisk();
        var gate = new SyntheticGate(4);
        using (var recorder = SessionRecorder.Create(scratch["s"], SyntheticGate.Header, new SessionRecorderOptions { Open = disk.Open, SlowAfter = TimeSpan.FromMilliseconds(50) }))
        {
            disk.Hang();
            SpinWait.SpinUntil(
                () =>
                {
                    gate.Run(50).HandTo(recorder);
                    Thread.Sleep(1);
                    return recorder.Problem is not null;
                },
                TimeSpan.FromSeconds(60)).Should().BeTrue();
            recorder.Problem.Should().Contain("the disk has not taken the record for");
            disk.Resume();
            SpinWait.SpinUntil(() => recorder.Problem is null, TimeSpan.FromSeconds(60)).Should().BeTrue();
            gate.Stop().HandTo(recorder);
            recorder.Close().Should().BeTrue();
            recorder.LongestUnsaved.Should().BeGreaterThan(TimeSpan.FromMilliseconds(50));
        }

        SessionVerification.Of(RecordedSession.Open(scratch["s"])).Verdict.Should().Be(SessionVerdict.Verified);
    }

    [Fact]
    public void A_changed_decision_a_changed_sample_and_a_missing_line_are_found()
    {
        using var scratch = new Scratch();
        Record(scratch["s"], gate => gate.Run(10_000).Stop());
        var events = scratch["s/events.jsonl"];
        var lines = File.ReadAllLines(events);

        // Damage: one digit, and the checksum of its line does not fit any more.
        var fired = Array.FindIndex(lines, line => line.Contains("\"Fired\""));
        var changed = lines.ToArray();
        changed[fired] = changed[fired].Replace("\"Fired\"", "\"Faked\"", StringComparison.Ordinal);
        File.WriteAllText(events, string.Join('\n', changed) + '\n');
        Expect(SessionVerdict.Differs, "checksum");

        // Forgery: the checksum fits, the decision does not follow from the samples.
        changed[fired] = Sign(lines[fired].Replace("\"why\":\"None\"", "\"why\":\"Ectopic\"", StringComparison.Ordinal));
        File.WriteAllText(events, string.Join('\n', changed) + '\n');
        Expect(SessionVerdict.Differs, "the replay says");

        File.WriteAllText(events, string.Join('\n', lines.Where((_, i) => i != fired)) + '\n');
        Expect(SessionVerdict.Differs, "1 lines before here are missing");

        File.WriteAllText(events, string.Join('\n', lines) + '\n');
        var inputs = File.ReadAllBytes(scratch["s/inputs.bin"]);
        inputs[inputs.Length / 2] ^= 1;
        File.WriteAllBytes(scratch["s/inputs.bin"], inputs);
        var check = Expect(SessionVerdict.Damaged, "bytes are damaged");
        check.Problems.Should().Contain(problem => problem.Contains("inputs after sample", StringComparison.Ordinal));

        SessionVerification Expect(SessionVerdict verdict, string words)
        {
            var result = SessionVerification.Of(RecordedSession.Open(scratch["s"]));
            result.Verdict.Should().Be(verdict);
            result.IsGood.Should().BeFalse();
            result.Problems.Should().Contain(problem => problem.Contains(words, StringComparison.Ordinal));
            return result;
        }

        static string Sign(string line)
        {
            var body = System.Text.Encoding.UTF8.GetBytes(line[..line.LastIndexOf(",\"crc\"", StringComparison.Ordinal)]);
            return $"{System.Text.Encoding.UTF8.GetString(body)},\"crc\":\"{InputLog.Crc32C(body):x8}\"}}";
        }
    }

    [Fact]
    public void The_checksum_is_the_Castagnoli_one()
    {
        // The check value of the algorithm in the catalogue of CRCs, and the 32 zero bytes of RFC 3720.
        InputLog.Crc32C("123456789"u8).Should().Be(0xE3069283);
        InputLog.Crc32C(new byte[32]).Should().Be(0x8A9136AA);
    }

    [Fact]
    public void A_folder_without_a_session_is_refused_in_one_sentence()
    {
        using var scratch = new Scratch();
        FluentActions.Invoking(() => RecordedSession.Open(scratch.Folder)).Should().Throw<RecordException>().WithMessage("*no session here*");
        scratch.Write("events.jsonl", "not a session\n");
        FluentActions.Invoking(() => RecordedSession.Open(scratch.Folder)).Should().Throw<RecordException>().WithMessage("*line 1*head*");
    }

    private static (List<GateInput> Inputs, List<GateEvent> Events) Record(string folder, Func<SyntheticGate, SyntheticGate> run)
    {
        var gate = run(new SyntheticGate(11));
        var (inputs, events) = (gate.Inputs.ToList(), gate.Events.ToList());
        using var recorder = SessionRecorder.Create(folder, SyntheticGate.Header, ByHand);
        gate.HandTo(recorder);
        recorder.Close("done").Should().BeTrue();
        return (inputs, events);
    }
}
