using EcgGate.Emulator.Patient;
using EcgGate.Gating;
using EcgGate.Signals;
using EcgGate.Timing;

namespace EcgGate.Tests;

public sealed class GateEngineTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public void Disarming_and_arming_at_once_forgets_what_was_learnt()
    {
        using var source = new HaltingSource(haltAt: 7_500);
        using var line = new NullPulseLine();
        using var engine = new GateEngine(source, line, new GateOptions(), new GateEngineOptions { CoreThread = RealtimeOptions.Ordinary, Timer = new PulseTimerOptions { Realtime = RealtimeOptions.Ordinary } });
        engine.Arm();
        engine.Start();
        source.Halted.Wait(Patience, TestContext.Current.CancellationToken).Should().BeTrue();
        engine.Disarm();
        engine.Arm();
        source.Resume.Set();
        engine.Wait(Patience).Should().BeTrue();

        var states = new List<GateState>();
        while (engine.TryReadEvent(out var gateEvent))
        {
            if (gateEvent.Kind == GateEventKind.StateChanged)
            {
                states.Add(gateEvent.State);
            }
        }

        engine.Failure.Should().BeNull();
        states.Should().ContainInOrder(GateState.Ready, GateState.Disarmed, GateState.Armed, GateState.Learning, GateState.Stopped);
    }

    [Fact]
    public void An_engine_may_be_disposed_and_stopped_again_but_not_started()
    {
        using var source = new HaltingSource(haltAt: long.MaxValue);
        using var line = new NullPulseLine();
        var engine = new GateEngine(source, line, new GateOptions(), new GateEngineOptions { Timer = new PulseTimerOptions { Realtime = RealtimeOptions.Ordinary } });
        engine.Dispose();
        engine.Dispose();
        engine.Stop();

        engine.Invoking(one => one.Start()).Should().Throw<ObjectDisposedException>();
    }

    /// <summary>A patient of 20 s whose samples come at once, stamped as if live, and who halts at one of them.</summary>
    private sealed class HaltingSource : IEcgSource
    {
        private const double Rate = 500;
        private readonly PatientSource _patient = Patient();
        private readonly MonotonicTime _zero = MonotonicClock.Now - TimeSpan.FromSeconds(30);
        private readonly long _haltAt;

        public HaltingSource(long haltAt)
        {
            _haltAt = haltAt;
            Info = _patient.Info with { IsLive = true };
        }

        public ManualResetEventSlim Halted { get; } = new();

        public ManualResetEventSlim Resume { get; } = new();

        public EcgSourceInfo Info { get; }

        public EcgBlock Read(Span<EcgSample> destination)
        {
            var block = _patient.Read(destination[..1]);
            if (block.Count == 1 && destination[0].Index == _haltAt)
            {
                Halted.Set();
                Resume.Wait(Patience);
            }

            return new EcgBlock(block.Count, _zero.AddNanoseconds((long)(destination[0].Index * 1e9 / Rate)));
        }

        public void Interrupt() => _patient.Interrupt();

        public void Dispose()
        {
            _patient.Dispose();
            Halted.Dispose();
            Resume.Dispose();
        }

        private static PatientSource Patient()
        {
            ScenarioCatalog.TryParse("patient:sinus-75?duration=20", out var scenario, out var problem).Should().BeTrue(problem);
            return new PatientSource(new VirtualPatient(scenario!), Rate);
        }
    }
}
