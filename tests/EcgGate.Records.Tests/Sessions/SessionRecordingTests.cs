using EcgGate.Gating;
using EcgGate.Records.CrashHelper;
using EcgGate.Records.Sessions;
using EcgGate.Signals;
using EcgGate.Timing;

namespace EcgGate.Records.Tests.Sessions;

/// <summary>What carries an engine's events into the record, and what it does where that fails.</summary>
public sealed class SessionRecordingTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public void An_engine_that_keeps_nothing_of_what_enters_its_core_is_refused_before_anything_is_gated()
    {
        using var scratch = new Scratch();
        using var source = new DosedSource();
        using var engine = Engine(source, inputCapacity: 0);
        using var recorder = SessionRecorder.Create(scratch["s"], SessionHeader.Of(engine, SyntheticGate.Options));
        var record = () => new SessionRecording(engine, recorder).Dispose();

        record.Should().Throw<ArgumentException>().WithMessage("*InputCapacity*");
    }

    [Fact]
    public void A_live_engine_is_recorded_whole_and_the_host_gets_each_event_and_sample()
    {
        using var scratch = new Scratch();
        using var source = new DosedSource();
        using var engine = Engine(source);
        using var recording = new SessionRecording(engine, SessionRecorder.Create(scratch["s"], SessionHeader.Of(engine, SyntheticGate.Options)));
        engine.Arm();
        engine.Start();
        source.Give(8_000);
        Until(() => engine.Samples == 8_000);
        engine.Disarm();
        engine.Arm();
        source.Give(2_000);
        Until(() => engine.Samples == 10_000);
        engine.Stop();
        recording.Close("the test is over").Should().BeTrue();

        var events = new List<GateEvent>();
        while (recording.TryReadEvent(out var gateEvent))
        {
            events.Add(gateEvent);
        }

        var samples = 0;
        while (recording.TryReadSample(out var sample))
        {
            sample.Should().Be(new EcgSample(samples++, SyntheticGate.Wave(sample.Index)));
        }

        samples.Should().Be(10_000);
        var session = RecordedSession.Open(scratch["s"]);
        session.GateEvents.Should().Equal(events);
        session.Header.Source.Should().BeEquivalentTo(source.Info, options => options.Excluding(info => info.LengthSamples));
        var check = SessionVerification.Of(session);
        check.Problems.Should().BeEmpty();
        check.Verdict.Should().Be(SessionVerdict.Verified);
        events.Where(one => one.Kind == GateEventKind.StateChanged).Select(one => one.State).Should()
            .ContainInOrder(GateState.Ready, GateState.Disarmed, GateState.Armed, GateState.Stopped);
    }

    [Fact]
    public void Somebody_else_may_read_the_events_and_hand_them_on()
    {
        using var scratch = new Scratch();
        using var source = new DosedSource();
        using var engine = Engine(source);
        using var recording = new SessionRecording(engine, SessionRecorder.Create(scratch["s"], SessionHeader.Of(engine, SyntheticGate.Options)), RecordFailureRule.Disarm, isToldEvents: true);
        engine.Arm();
        engine.Start();
        source.Give(3_000);
        Until(() => engine.Samples == 3_000);
        engine.Stop();
        var told = 0;
        while (engine.TryReadEvent(out var gateEvent))
        {
            recording.OnEvent(in gateEvent);
            told++;
        }

        recording.Close().Should().BeTrue();
        told.Should().BePositive();
        var check = SessionVerification.Of(RecordedSession.Open(scratch["s"]));
        check.Verdict.Should().Be(SessionVerdict.Verified);
        check.EqualEvents.Should().Be(told);
    }

    [Fact]
    public void Where_the_record_fails_the_gate_is_disarmed_and_kept_so_until_the_disk_has_room_again()
    {
        using var scratch = new Scratch();
        using var disk = new FaultyDisk();
        using var source = new DosedSource();
        using var engine = Engine(source);
        var recorder = SessionRecorder.Create(scratch["s"], SessionHeader.Of(engine, SyntheticGate.Options), new SessionRecorderOptions { HasThread = false, Open = disk.Open });
        using var recording = new SessionRecording(engine, recorder, RecordFailureRule.Disarm, isToldEvents: false, hasThread: false);
        var state = GateState.Disarmed;
        engine.Arm();
        engine.Start();
        Go(5_000);
        recorder.Save().Should().BeTrue();
        state.Should().Be(GateState.Ready);
        recording.Trouble.Should().BeNull();

        disk.IsFull = true;
        Go(100);
        recorder.Save().Should().BeFalse();
        recording.Carry();
        recording.Trouble.Should().Contain("free space").And.Contain("no pulse without a record of it");
        Go(100);
        state.Should().Be(GateState.Disarmed);

        // A host that arms all the same is disarmed again.
        engine.Arm();
        recording.Carry();
        Go(5_000);
        state.Should().Be(GateState.Disarmed);

        disk.IsFull = false;
        recorder.Save().Should().BeTrue();
        engine.Arm();
        Go(5_000);
        state.Should().Be(GateState.Ready);
        engine.Stop();
        recording.Close().Should().BeTrue();

        // All that went on meanwhile is in the record, too.
        var check = SessionVerification.Of(RecordedSession.Open(scratch["s"]));
        check.Problems.Should().BeEmpty();
        check.Verdict.Should().Be(SessionVerdict.Verified);
        check.Samples.Should().Be(15_200);

        void Go(int samples)
        {
            var until = engine.Samples + samples;
            source.Give(samples);
            Until(() => engine.Samples == until);
            recording.Carry();
            while (recording.TryReadEvent(out var gateEvent))
            {
                state = gateEvent.State;
            }
        }
    }

    [Fact]
    public void Whoever_asks_for_it_gates_on_while_the_record_fails_and_is_told()
    {
        using var scratch = new Scratch();
        using var disk = new FaultyDisk();
        using var source = new DosedSource();
        using var engine = Engine(source);
        var recorder = SessionRecorder.Create(scratch["s"], SessionHeader.Of(engine, SyntheticGate.Options), new SessionRecorderOptions { HasThread = false, Open = disk.Open });
        using var recording = new SessionRecording(engine, recorder, RecordFailureRule.GoOn, isToldEvents: false, hasThread: false);
        engine.Arm();
        engine.Start();
        disk.IsFull = true;
        source.Give(8_000);
        Until(() => engine.Samples == 8_000);
        recording.Carry();
        recorder.Save().Should().BeFalse();
        recording.Carry();
        recording.Trouble.Should().Contain("Gating goes on without it");
        engine.Stop();
        disk.IsFull = false;
        recording.Close().Should().BeTrue();

        var session = RecordedSession.Open(scratch["s"]);
        session.Beats.Should().Contain(beat => beat.Outcome == Outcome.Fired || beat.Outcome == Outcome.Missed);
        session.GateEvents.Should().NotContain(one => one.State == GateState.Disarmed);
        SessionVerification.Of(session).Verdict.Should().Be(SessionVerdict.Verified);
    }

    [Fact]
    public void Events_and_inputs_that_the_engine_could_not_hand_over_are_in_the_record_as_lost_and_verify_tells_where()
    {
        using var scratch = new Scratch();
        using var source = new DosedSource();
        using var engine = Engine(source, eventCapacity: 4);
        var recorder = SessionRecorder.Create(scratch["s"], SessionHeader.Of(engine, SyntheticGate.Options), new SessionRecorderOptions { HasThread = false });
        using (var recording = new SessionRecording(engine, recorder, RecordFailureRule.Disarm, isToldEvents: false, hasThread: false))
        {
            engine.Arm();
            engine.Start();
            Go(600);
            Go(4_000);
            Go(600);
            engine.Stop();
            recording.Close().Should().BeTrue();

            void Go(int samples)
            {
                var until = engine.Samples + samples;
                source.Give(samples);
                Until(() => engine.Samples == until);
                recording.Carry();
            }
        }

        engine.DroppedEvents.Should().BePositive();
        engine.DroppedInputs.Should().Be(0);
        var session = RecordedSession.Open(scratch["s"]);
        session.LostEvents.Should().Be(engine.DroppedEvents);
        var check = SessionVerification.Of(session);
        check.Verdict.Should().Be(SessionVerdict.Incomplete);
        check.Problems.Should().Contain(problem => problem.Contains("events after sample", StringComparison.Ordinal));
        check.EqualEvents.Should().Be(check.Events, "all that is there is as the replay has it");
    }

    private static GateEngine Engine(DosedSource source, int eventCapacity = 4096, int inputCapacity = 1 << 14) => new(
        source,
        new NullPulseLine(),
        SyntheticGate.Options,
        new GateEngineOptions
        {
            InputCapacity = inputCapacity,
            EventCapacity = eventCapacity,
            CoreThread = RealtimeOptions.Ordinary,
            Timer = new PulseTimerOptions { Realtime = RealtimeOptions.Ordinary },
        });

    private static void Until(Func<bool> reached) => SpinWait.SpinUntil(reached, Patience).Should().BeTrue();

    /// <summary>A source that gives as many samples as it is told to, stamped as if they had come in time.</summary>
    private sealed class DosedSource : IEcgSource
    {
        private readonly SemaphoreSlim _given = new(0);
        private readonly MonotonicTime _zero = MonotonicClock.Now - TimeSpan.FromMinutes(2);
        private long _index;
        private volatile bool _interrupted;

        public EcgSourceInfo Info { get; } = SyntheticGate.Source with { Name = "dosed" };

        public void Give(int samples) => _given.Release(samples);

        public EcgBlock Read(Span<EcgSample> destination)
        {
            _given.Wait();
            if (_interrupted)
            {
                return default;
            }

            destination[0] = new EcgSample(_index, SyntheticGate.Wave(_index));
            return new EcgBlock(1, _zero.AddNanoseconds((long)(_index++ * 1e9 / SyntheticGate.Rate)));
        }

        public void Interrupt()
        {
            _interrupted = true;
            _given.Release();
        }

        public void Dispose() => _given.Dispose();
    }
}
