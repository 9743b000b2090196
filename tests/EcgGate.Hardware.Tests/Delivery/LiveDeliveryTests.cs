using EcgGate.Delivery;
using EcgGate.Emulator;
using EcgGate.Emulator.Generator;
using EcgGate.Emulator.Patient;
using EcgGate.Hardware.Ads1292R;
using EcgGate.Signals;
using EcgGate.Timing;

namespace EcgGate.Hardware.Tests.Delivery;

/// <summary>A procedure in real time: board, driver, engine, generator and session on their own threads.</summary>
public sealed class LiveDeliveryTests
{
    private const int Attempts = 5;

    private static readonly PulseProtocol Plan = new()
    {
        Name = "short",
        Pairs = [new PlannedPair { Name = "A-B", SpacingCm = 1.5, ExposureMm = 15 }],
        Test = new PlannedTest { Pulses = 2, Volts = 100, WidthMicroseconds = 90, MinimumOhms = 50, MaximumOhms = 1500 },
        Treatment = new PlannedTreatment { FieldVoltsPerCm = 1000, WidthMicroseconds = 90, PulsesPerPair = 3, CurrentLimitAmperes = 50, MinimumIntervalMilliseconds = 500 },
    };

    [Fact]
    public void A_procedure_runs_live_to_its_last_pulse()
    {
        var live = new Live();
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            live.Run(session =>
            {
                if (session.State == DeliveryState.AwaitingConfirmation)
                {
                    session.Confirm();
                }
            });

            // Where a busy host took the processor away in the very microseconds of an edge, aborting is right, and no answer here.
            if (live.Runner.Session.GetProgress().Reason != DeliveryReason.GateFaulted || attempt == Attempts)
            {
                break;
            }

            live.Dispose();
            live = new Live();
        }

        using var last = live;
        live.Runner.Session.State.Should().Be(DeliveryState.Completed, "{0}", live.Runner.Session.GetProgress().Reason);
        live.HighVoltage.PulseCount.Should().Be(5);
        live.Bench.Generator.PulseCount.Should().Be(5);
        live.Runner.Session.GetProgress().Pairs[0].Delivered.Should().Be(3);
        live.Bench.Judge().Pulses.Should().OnlyContain(pulse => pulse.Verdict == PulseVerdict.Safe);
        live.Events.Select(each => each.Kind).Should().Contain([DeliveryEventKind.TestPulse, DeliveryEventKind.ImpedanceVerdict, DeliveryEventKind.Confirmed, DeliveryEventKind.TreatmentPulse]);
    }

    [Fact]
    public void Cancelling_from_another_thread_aborts_and_no_pulse_follows()
    {
        using var live = new Live();
        var made = 0L;
        live.Run(session =>
        {
            if (session.State == DeliveryState.Testing && live.HighVoltage.PulseCount == 1)
            {
                live.Stop.Cancel();
                made = live.HighVoltage.PulseCount;
            }
        });

        live.Runner.Session.State.Should().Be(DeliveryState.Aborted);
        live.HighVoltage.PulseCount.Should().Be(made).And.Be(1);
        live.HighVoltage.State.Should().Be(GeneratorState.Off);
    }

    [Fact]
    public void An_engine_that_fires_without_permits_is_no_gate_for_a_procedure()
    {
        using var live = new Live();
        using var line = new NullPulseLine();
        using var engine = new GateEngine(live.Source, line, new GateOptions(), Live.EngineOptions);
        var make = () => new EngineGate(engine, Plan);

        make.Should().Throw<ArgumentException>().WithMessage("*without permits*");
    }

    private sealed class Live : IDeliverySink, IDisposable
    {
        private readonly GateEngine _engine;

        public Live()
        {
            Bench = EmulatedBench.Start(new VirtualPatient(ScenarioCatalog.Get("sinus-100")), highVoltage: VirtualProcedure.For(Plan));
            Source = Ads1292RSource.Open(Bench.Spi, Bench.Gpio, new Ads1292ROptions { DataReadyPin = Bench.DataReadyPin });
            _engine = new GateEngine(Source, Bench.Generator, Plan.ApplyTo(new GateOptions()), EngineOptions);
            Runner = new DeliveryRunner(Plan, new EngineGate(_engine, Plan), HighVoltage, this);
        }

        public static GateEngineOptions EngineOptions { get; } = new() { Runtime = GateRuntime.InProcess };

        public EmulatedBench Bench { get; }

        public Ads1292RSource Source { get; }

        public EmulatedHighVoltage HighVoltage => Bench.HighVoltage!;

        public DeliveryRunner Runner { get; }

        public CancellationTokenSource Stop { get; } = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

        public List<DeliveryEvent> Events { get; } = [];

        public void OnDelivery(in DeliveryEvent deliveryEvent) => Events.Add(deliveryEvent);

        /// <summary>The host's thread runs the procedure; this one is the operator.</summary>
        public void Run(Action<DeliverySession> operate)
        {
            _engine.Start();
            var host = Task.Run(() => Runner.Run(Stop.Token), TestContext.Current.CancellationToken);
            while (!host.IsCompleted)
            {
                Runner.Session.Heartbeat(MonotonicClock.Now);
                operate(Runner.Session);
                MonotonicClock.SleepUntil(MonotonicClock.Now + TimeSpan.FromMilliseconds(5));
            }

            host.GetAwaiter().GetResult();
        }

        public void Dispose()
        {
            _engine.Dispose();
            Source.Dispose();
            Bench.Dispose();
            Stop.Dispose();
        }
    }
}
