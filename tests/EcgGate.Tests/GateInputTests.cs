using EcgGate.Detection;
using EcgGate.Emulator.Patient;
using EcgGate.Gating;
using EcgGate.Signals;
using EcgGate.Timing;

namespace EcgGate.Tests;

/// <summary>What entered a core is enough to make another one tell the same.</summary>
public sealed class GateInputTests
{
    private const double Rate = 500;

    [Theory]
    [InlineData("patient:sinus-75", 1)]
    [InlineData("patient:sinus-pvc?noise=muscle:0.08@20-40", 2)]
    [InlineData("patient:sinus-100?leadoff=0@30-33", 3)]
    [InlineData("patient:atrial-fibrillation", 4)]
    [InlineData("patient:pvc-bigeminy", 5)]
    [InlineData("patient:sinus-75?noise=motion:1@10-60", 6)]
    public void What_entered_a_core_leads_an_equal_one_to_equal_events_bit_for_bit(string patient, int seed)
    {
        var options = new GateOptions { LearningBeats = 4, MinimumInterval = TimeSpan.Zero, ArmedFor = TimeSpan.FromSeconds(25), NeedsPermits = seed % 2 == 0 };
        var told = new Told();
        var entered = new Entered();
        var delay = TimeSpan.FromMilliseconds(3);
        Disturbed(patient, seed, new GateCore(options, Rate, new RWaveDetector(Rate), told, delay) { Inputs = entered });

        var again = new Told();
        var twin = new GateCore(options, Rate, new RWaveDetector(Rate), again, delay);
        foreach (var input in entered.Inputs)
        {
            GateReplay.Apply(twin, in input);
        }

        entered.Inputs.Select(input => input.Kind).Distinct().Should().Contain([GateInputKind.Sample, GateInputKind.Arm, GateInputKind.Disarm, GateInputKind.Stop]);
        told.Events.Should().HaveCountGreaterThan(100);
        again.Events.Should().Equal(told.Events);
    }

    [Fact]
    public void The_disturbed_runs_above_meet_every_kind_of_input_and_answer()
    {
        var entered = new Entered();
        for (var seed = 1; seed <= 6; seed++)
        {
            Disturbed("patient:sinus-75", seed, new GateCore(new GateOptions { LearningBeats = 4, MinimumInterval = TimeSpan.Zero }, Rate, new RWaveDetector(Rate), new Told()) { Inputs = entered });
        }

        entered.Inputs.Select(input => input.Kind).Distinct().Should().BeEquivalentTo(Enum.GetValues<GateInputKind>().Except([GateInputKind.Lost]));
        entered.Inputs.Where(input => input.Kind == GateInputKind.Report).Select(input => input.Result).Distinct().Should().BeEquivalentTo(Enum.GetValues<PulseResult>());
    }

    [Fact]
    public void Inputs_that_found_the_ring_full_are_counted_and_their_place_is_marked()
    {
        var ring = new GateInputRing(8);
        for (var i = 0; i < 11; i++)
        {
            ring.OnInput(GateInput.Of(new EcgSample(i, 0.5f)));
        }

        ring.Dropped.Should().Be(3);
        var read = new GateInput[16];
        ring.Read(read).Should().Be(8);
        read[7].Sample.Index.Should().Be(7);
        ring.OnInput(GateInput.Of(new EcgSample(11, 0.25f)));
        ring.Read(read).Should().Be(2);
        read[0].Should().Be(GateInput.OfLost(3));
        read[1].Sample.Should().Be(new EcgSample(11, 0.25f));
        ring.Dropped.Should().Be(3);
    }

    [Fact]
    public void A_replay_ends_where_inputs_were_lost()
    {
        var core = new GateCore(new GateOptions(), Rate, new RWaveDetector(Rate), new Told());
        var lost = GateInput.OfLost(3);
        FluentActions.Invoking(() => GateReplay.Apply(core, in lost)).Should().Throw<InvalidOperationException>().WithMessage("3 inputs were lost*");
    }

    [Fact]
    public void Handing_the_inputs_out_allocates_nothing_whether_they_are_read_or_not()
    {
        var patient = new VirtualPatient(ScenarioCatalog.Get("sinus-pvc?noise=muscle:0.05"));
        var samples = new EcgSample[60_000];
        for (var i = 0; i < samples.Length; i++)
        {
            samples[i] = new EcgSample(i, (float)patient.Millivolts(0, i / Rate));
        }

        var ring = new GateInputRing(4096);
        var core = new GateCore(new GateOptions(), Rate, new RWaveDetector(Rate), new GateEventRing(16)) { Inputs = ring };
        core.Arm();
        var read = new GateInput[64];
        var taken = 0L;
        Run(0, 30_000, drain: true);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Run(30_000, 50_000, drain: true);
        Run(50_000, 60_000, drain: false);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        allocated.Should().Be(0);
        taken.Should().BeGreaterThan(50_000);
        ring.Dropped.Should().BeGreaterThan(5_000);

        void Run(int from, int to, bool drain)
        {
            for (var i = from; i < to; i++)
            {
                core.Process(in samples[i]);
                if (core.TryTakeOrder(out var order))
                {
                    core.Report(order.BeatNumber, PulseResult.Fired, order.Deadline, 0);
                }

                while (drain && ring.Read(read) is > 0 and var count)
                {
                    taken += count;
                }
            }
        }
    }

    [Fact]
    public void The_engine_hands_out_all_that_entered_its_core()
    {
        using var source = new LiveAtOnce("patient:sinus-75?duration=30", Rate);
        using var line = new NullPulseLine();
        var ordinary = new GateEngineOptions { InputCapacity = 1 << 15, CoreThread = RealtimeOptions.Ordinary, Timer = new PulseTimerOptions { Realtime = RealtimeOptions.Ordinary } };
        using var engine = new GateEngine(source, line, new GateOptions(), ordinary);
        engine.Arm();
        engine.Start();
        engine.Wait(TimeSpan.FromSeconds(60)).Should().BeTrue();
        engine.DroppedInputs.Should().Be(0);

        var again = new Told();
        var twin = new GateCore(new GateOptions(), Rate, new RWaveDetector(Rate), again, source.Info.LargestDelay);
        var inputs = new GateInput[1000];
        long samples = 0;
        while (engine.ReadInputs(inputs) is > 0 and var count)
        {
            foreach (ref readonly var input in inputs.AsSpan(0, count))
            {
                samples += input.Kind == GateInputKind.Sample ? 1 : 0;
                GateReplay.Apply(twin, in input);
            }
        }

        var told = new List<GateEvent>();
        while (engine.TryReadEvent(out var gateEvent))
        {
            told.Add(gateEvent);
        }

        samples.Should().Be(engine.Samples).And.BePositive();
        told.Should().NotBeEmpty();
        again.Events.Should().Equal(told);
    }

    [Fact]
    public void An_engine_that_was_not_asked_to_keeps_no_inputs()
    {
        using var source = new LiveAtOnce("patient:sinus-75?duration=2", Rate);
        using var line = new NullPulseLine();
        using var engine = new GateEngine(source, line, new GateOptions(), new GateEngineOptions { Timer = new PulseTimerOptions { Realtime = RealtimeOptions.Ordinary } });
        engine.Start();
        engine.Wait(TimeSpan.FromSeconds(60)).Should().BeTrue();
        engine.ReadInputs(new GateInput[8]).Should().Be(0);
        engine.DroppedInputs.Should().Be(0);
    }

    /// <summary>Two minutes with late edges, a line that fails, gaps, refused orders, and calls whenever it comes to mind.</summary>
    private static void Disturbed(string patient, int seed, GateCore core)
    {
        var random = new Random(seed);
        var timeline = new NominalTimeline(Rate);
        var line = new FailingLine();
        using var timer = new VirtualPulseTimer(line);
        var busy = new BusyTimer(timer);
        var loop = new GateLoop(core, busy, timeline, 1_000_000);
        using var source = new PatientSource(new VirtualPatient(ScenarioCatalog.Get(patient["patient:".Length..])), Rate);
        var one = new EcgSample[1];
        loop.Arm();
        for (var i = 0; i < 120 * Rate && source.Read(one).Count > 0; i++)
        {
            var sample = one[0];
            if (random.NextDouble() < 0.0005)
            {
                // A few samples lost, sometimes many.
                i += source.Read(new EcgSample[random.Next(2) == 0 ? random.Next(1, 8) : random.Next(20, 200)]).Count;
                if (source.Read(one).Count == 0)
                {
                    break;
                }

                sample = one[0];
            }

            sample = random.NextDouble() < 0.0001 ? sample with { Status = SampleStatus.GapBefore } : sample;
            switch (random.Next(4000))
            {
                case 0: loop.Disarm(); break;
                case 1 or 2: loop.Arm(); break;
                case 3: loop.Disarm(); loop.Arm(); break;
                case 4: timer.InjectedLatenessNanoseconds = random.Next(3) * 600_000; break;
                case 5: line.Fails = true; break;
                case 6: busy.IsBusy = true; break;
                case > 3990: loop.Permit(core.Pulses + random.Next(1, 4), TimeSpan.FromSeconds(1 + random.Next(4))); break;
            }

            if (core.HasPendingOrder && random.Next(15) == 0)
            {
                loop.Disarm();
            }

            if (!core.IsArmed && random.Next(1000) == 0)
            {
                line.Fails = busy.IsBusy = false;
                loop.Arm();
            }

            timer.AdvanceTo(timeline.HostTimeOf(new SampleTime(sample.Index)));
            loop.Take([sample], default);
        }

        loop.End(isFault: seed % 2 == 0);
        core.Abandon();
    }

    private sealed class Told : IGateEventSink
    {
        public List<GateEvent> Events { get; } = [];

        public void OnEvent(in GateEvent gateEvent) => Events.Add(gateEvent);
    }

    private sealed class Entered : IGateInputSink
    {
        public List<GateInput> Inputs { get; } = [];

        public void OnInput(in GateInput input) => Inputs.Add(input);
    }

    private sealed class FailingLine : IPulseLine
    {
        public bool Fails { get; set; }

        public bool TryRaise() => !Fails;

        public bool TryLower() => true;

        public void Dispose()
        {
        }
    }

    /// <summary>Now and then refuses an order.</summary>
    private sealed class BusyTimer(VirtualPulseTimer timer) : IPulseTimer
    {
        public bool IsBusy { get; set; }

        public bool IsArmed => timer.IsArmed;

        public PulseTimerFault Fault => timer.Fault;

        public ArmToken Arm() => timer.Arm();

        public void Disarm() => timer.Disarm();

        public void Disarm(ArmToken token) => timer.Disarm(token);

        public bool TrySchedule(in PulseOrder order) => !IsBusy && timer.TrySchedule(in order);

        public void Cancel(long beatNumber) => timer.Cancel(beatNumber);

        public bool TryTakeReport(out PulseReport report) => timer.TryTakeReport(out report);
    }

    /// <summary>A patient whose samples come at once, stamped as if live.</summary>
    private sealed class LiveAtOnce : IEcgSource
    {
        private readonly PatientSource _patient;
        private readonly MonotonicTime _zero = MonotonicClock.Now - TimeSpan.FromSeconds(40);

        public LiveAtOnce(string patient, double rate)
        {
            _patient = new PatientSource(new VirtualPatient(ScenarioCatalog.Get(patient["patient:".Length..])), rate);
            Info = _patient.Info with { IsLive = true, FixedDelay = TimeSpan.FromMilliseconds(2) };
        }

        public EcgSourceInfo Info { get; }

        public EcgBlock Read(Span<EcgSample> destination)
        {
            var block = _patient.Read(destination[..1]);
            return new EcgBlock(block.Count, _zero.AddNanoseconds((long)(destination[0].Index * 1e9 / Info.SamplingRateHertz)));
        }

        public void Interrupt() => _patient.Interrupt();

        public void Dispose() => _patient.Dispose();
    }
}
