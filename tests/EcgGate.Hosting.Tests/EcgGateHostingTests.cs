using System.Diagnostics;
using EcgGate.Gating;
using EcgGate.TestSupport;
using EcgGate.Timing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace EcgGate.Hosting.Tests;

public sealed class EcgGateHostingTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly GateEngineOptions Ordinary = new()
    {
        Runtime = GateRuntime.InProcess,
        CoreThread = RealtimeOptions.Ordinary,
        Timer = new PulseTimerOptions { Realtime = RealtimeOptions.Ordinary },
        EventCapacity = 1 << 14,
    };

    [Fact]
    public async Task Every_beat_reaches_the_subscriber_the_counts_and_the_metrics()
    {
        var exported = new List<Metric>();
        using var meters = Sdk.CreateMeterProviderBuilder().AddMeter(EcgGateMeter.Name).AddInMemoryExporter(exported).Build();
        var patient = new HurriedPatient("sinus-75?duration=60", waitAtSeconds: 0.1);
        using var host = Host(o => o.Source = _ => patient);
        await host.StartAsync(TestContext.Current.CancellationToken);
        var gate = host.Services.GetRequiredService<IEcgGate>();
        var events = gate.ReadEventsAsync(TestContext.Current.CancellationToken);
        gate.Arm().Should().BeTrue();
        patient.GoOn();

        var seen = new List<GateEvent>();
        await foreach (var gateEvent in events)
        {
            seen.Add(gateEvent);
        }

        var outcomes = seen.Where(e => e.Kind == GateEventKind.BeatOutcome).Select(e => e.Beat).ToList();
        outcomes.Should().HaveCountGreaterThan(70);
        outcomes.Select(o => o.BeatNumber).Should().OnlyHaveUniqueItems();
        var counts = gate.Counts;
        counts.Beats.Should().Be(outcomes.Count).And.Be(counts.Fired + counts.Withheld + counts.Missed);
        gate.LastBeat.Should().Be(outcomes[^1]);
        gate.State.Should().Be(GateState.Stopped);
        gate.IsRunning.Should().BeFalse();

        meters.ForceFlush().Should().BeTrue();
        Total(exported, EcgGateMeter.Beats).Should().Be(outcomes.Count);
        Total(exported, EcgGateMeter.Samples).Should().Be(30_000);
        exported.Select(m => m.Name).Should().Contain([EcgGateMeter.DecisionLatency, EcgGateMeter.DroppedEvents, EcgGateMeter.MissingSamples, EcgGateMeter.Ready]);
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Nothing_that_is_wrong_with_the_options_starts_a_host_and_each_problem_is_named()
    {
        using var host = Host(o =>
        {
            o.Gate = new GateOptions { TargetDelay = TimeSpan.FromMilliseconds(90) };
            o.Line = null;
            o.CollectEvery = TimeSpan.Zero;
            o.SubscriberCapacity = 0;
        });

        var refused = await host.Awaiting(h => h.StartAsync()).Should().ThrowAsync<OptionsValidationException>();
        refused.Which.Failures.Should().HaveCount(5)
            .And.Contain(f => f.Contains("beyond the cut-off", StringComparison.Ordinal))
            .And.Contain(f => f.Contains("Source is not set", StringComparison.Ordinal))
            .And.Contain(f => f.Contains("Line is not set", StringComparison.Ordinal))
            .And.Contain(f => f.Contains("CollectEvery", StringComparison.Ordinal))
            .And.Contain(f => f.Contains("SubscriberCapacity", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_source_is_opened_by_its_address_or_as_an_object_and_never_both()
    {
        var target = new GateTarget { SourceUri = "patient:sinus-75?duration=1", ConnectInProcess = () => new GateConnection(new HurriedPatient("sinus-75?duration=5"), new NullPulseLine()) };
        using var both = Host(o => o.Target = target);
        (await both.Awaiting(h => h.StartAsync()).Should().ThrowAsync<OptionsValidationException>()).Which.Failures.Should().ContainSingle(f => f.Contains("set either", StringComparison.Ordinal));

        var log = new Lines();
        using var host = Host(
            o =>
            {
                o.Line = null;
                o.Target = target;
                o.Engine = Ordinary with { Runtime = GateRuntime.Isolated, NativeLibraryPath = "/nowhere/libecggate.so" };
            },
            log);
        await host.StartAsync(TestContext.Current.CancellationToken);
        await Until(() => !host.Services.GetRequiredService<IEcgGate>().IsRunning);
        await host.StopAsync(TestContext.Current.CancellationToken);

        log.All.Should().Contain(l => l.Level == LogLevel.Warning && l.Text.Contains("/nowhere/libecggate.so", StringComparison.Ordinal), "what is lost without the library must be said");
        host.Services.GetRequiredService<IEcgGate>().Counts.Beats.Should().BePositive();
    }

    [Fact]
    public void Options_come_from_a_configuration_too()
    {
        var builder = new HostApplicationBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["EcgGate:Gate:TargetDelay"] = "00:00:00.045",
            ["EcgGate:Gate:LearningBeats"] = "12",
        });
        builder.Services.AddEcgGate(o => o.Line = _ => new NullPulseLine()).BindConfiguration("EcgGate");
        using var host = builder.Build();

        var options = host.Services.GetRequiredService<IOptionsMonitor<EcgGateHostOptions>>();
        var refused = options.Invoking(o => o.CurrentValue).Should().Throw<OptionsValidationException>().Which;
        refused.Failures.Should().ContainSingle("only the source is missing");
    }

    [Fact]
    public async Task A_source_that_fails_is_told_to_the_log_the_health_check_and_the_host()
    {
        var log = new Lines();
        using var host = Host(o =>
        {
            o.Source = _ => new HurriedPatient("sinus-75", failAtSeconds: 20);
            o.ArmAtStart = true;
            o.StopHostAtEnd = true;
        }, log);
        await host.StartAsync(TestContext.Current.CancellationToken);
        await host.WaitForShutdownAsync(TestContext.Current.CancellationToken).WaitAsync(Patience, TestContext.Current.CancellationToken);

        host.Services.GetRequiredService<IEcgGate>().Failure!.Message.Should().Contain("cable was pulled");
        log.All.Should().Contain(l => l.Level == LogLevel.Critical && l.Text.Contains("cable was pulled", StringComparison.Ordinal))
            .And.Contain(l => l.Level == LogLevel.Error && l.Text.Contains("faulted", StringComparison.Ordinal));
        var report = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(TestContext.Current.CancellationToken);
        report.Status.Should().Be(HealthStatus.Unhealthy);
        report.Entries[EcgGateHosting.HealthCheckName].Description.Should().Contain("cable was pulled");
    }

    [Fact]
    public async Task Health_follows_the_gate_from_running_to_inhibited()
    {
        var patient = new HurriedPatient("sinus-75?leadoff=0@20-60&duration=60", waitAtSeconds: 30);
        using var host = Host(o =>
        {
            o.Source = _ => patient;
            o.ArmAtStart = true;
        });
        var health = host.Services.GetRequiredService<HealthCheckService>();
        (await health.CheckHealthAsync(TestContext.Current.CancellationToken)).Status.Should().Be(HealthStatus.Unhealthy, "nothing runs yet");

        await host.StartAsync(TestContext.Current.CancellationToken);
        var gate = host.Services.GetRequiredService<IEcgGate>();

        // The first half second is inhibited too, as any unknown signal is: it is the pulled electrode that stays.
        await Until(() => gate.State == GateState.Inhibited && gate.StateReason == Reason.LeadOff);
        var report = await health.CheckHealthAsync(TestContext.Current.CancellationToken);
        report.Status.Should().Be(HealthStatus.Degraded);
        report.Entries[EcgGateHosting.HealthCheckName].Description.Should().Contain(nameof(Reason.LeadOff));

        gate.Disarm();
        patient.GoOn();
        await Until(() => !gate.IsRunning);
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Stopping_the_host_stops_the_engine_and_disposes_source_and_line()
    {
        var patient = new HurriedPatient("sinus-75?duration=3600", waitAtSeconds: 10);
        var line = new CountedLine();
        using (var host = Host(o =>
        {
            o.Source = _ => patient;
            o.Line = _ => line;
            o.ArmAtStart = true;
        }))
        {
            await host.StartAsync(TestContext.Current.CancellationToken);
            var gate = host.Services.GetRequiredService<IEcgGate>();
            using var subscription = gate.Subscribe();
            await host.StopAsync(TestContext.Current.CancellationToken);

            gate.IsRunning.Should().BeFalse();
            gate.Failure.Should().BeNull();
            gate.Arm().Should().BeFalse();
            while (await subscription.Reader.WaitToReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Patience, TestContext.Current.CancellationToken))
            {
                subscription.Reader.TryRead(out _).Should().BeTrue();
            }

            using var late = gate.Subscribe();
            late.Reader.Completion.IsCompleted.Should().BeTrue();
        }

        patient.IsDisposed.Should().BeTrue();
        line.IsDisposed.Should().BeTrue();
        line.IsHigh.Should().BeFalse();
    }

    [Fact]
    public async Task The_gate_is_disarmed_before_any_service_is_stopped()
    {
        using var host = Host(
            o =>
            {
                o.Source = _ => new HurriedPatient("sinus-75");
                o.Gate = new GateOptions { ArmedFor = TimeSpan.Zero };
                o.ArmAtStart = true;
            },
            services: s => s.AddSingleton<IHostedService, LastToStart>());
        await host.StartAsync(TestContext.Current.CancellationToken);
        var gate = host.Services.GetRequiredService<IEcgGate>();
        await Until(() => gate.State == GateState.Ready);
        await host.StopAsync(TestContext.Current.CancellationToken);

        host.Services.GetServices<IHostedService>().OfType<LastToStart>().Single().StateWhenStopped.Should().Be(GateState.Disarmed);
    }

    [Fact]
    public async Task A_host_that_is_disposed_without_being_stopped_leaves_no_engine_running()
    {
        var patient = new HurriedPatient("sinus-75");
        IEcgGate gate;
        GateEventSubscription subscription;
        using (var host = Host(o =>
        {
            o.Source = _ => patient;
            o.ArmAtStart = true;
        }))
        {
            await host.StartAsync(TestContext.Current.CancellationToken);
            gate = host.Services.GetRequiredService<IEcgGate>();
            subscription = gate.Subscribe();
            await Until(() => gate.State == GateState.Ready);
        }

        gate.IsRunning.Should().BeFalse();
        gate.State.Should().Be(GateState.Stopped, "the last events are collected");
        patient.IsDisposed.Should().BeTrue();
        subscription.Dispose();
    }

    [Fact]
    public async Task A_slow_subscriber_loses_the_oldest_events_and_knows_how_many()
    {
        var patient = new HurriedPatient("sinus-75?duration=60", waitAtSeconds: 0.1);
        using var host = Host(o =>
        {
            o.Source = _ => patient;
            o.SubscriberCapacity = 4;
        });
        await host.StartAsync(TestContext.Current.CancellationToken);
        var gate = host.Services.GetRequiredService<IEcgGate>();
        using var subscription = gate.Subscribe();
        patient.GoOn();
        await Until(() => !gate.IsRunning);
        await host.StopAsync(TestContext.Current.CancellationToken);

        var left = 0;
        while (subscription.Reader.TryRead(out _))
        {
            left++;
        }

        left.Should().Be(4);
        subscription.Dropped.Should().BeGreaterThan(60);
    }

    [Fact]
    public void A_second_gate_in_one_process_is_refused()
    {
        var services = new ServiceCollection();
        services.AddEcgGate(_ => { });

        services.Invoking(s => s.AddEcgGate(_ => { })).Should().Throw<InvalidOperationException>();
    }

    [Fact]
    public async Task The_sample_host_fires_on_an_emulated_patient_and_ends()
    {
        var folder = Path.Combine(Recordings.Repository, "samples", "EcgGate.SampleHost");
        var configuration = AppContext.BaseDirectory.Contains($"{Path.DirectorySeparatorChar}Release{Path.DirectorySeparatorChar}", StringComparison.Ordinal) ? "Release" : "Debug";
        File.ReadLines(Path.Combine(folder, "Program.cs")).Count().Should().BeLessThanOrEqualTo(60);
        using var sample = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(folder, "bin", configuration, "net10.0", "EcgGate.SampleHost.dll"), "3"])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!;
        var output = await sample.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await sample.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Patience, TestContext.Current.CancellationToken);

        output.Should().Contain("3 pulses");
        sample.ExitCode.Should().Be(0);
    }

    private static long Total(IEnumerable<Metric> metrics, string name)
    {
        var sum = 0L;
        foreach (ref readonly var point in metrics.Last(m => m.Name == name).GetMetricPoints())
        {
            sum += point.GetSumLong();
        }

        return sum;
    }

    private static async Task Until(Func<bool> condition)
    {
        var patience = MonotonicClock.Now + Patience;
        while (!condition())
        {
            (MonotonicClock.Now < patience).Should().BeTrue("what is waited for should come");
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }

    private static IHost Host(Action<EcgGateHostOptions> configure, ILoggerProvider? log = null, Action<IServiceCollection>? services = null)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        if (log is not null)
        {
            builder.Logging.AddProvider(log);
        }

        builder.Services.AddEcgGate(o =>
        {
            o.Line = _ => new NullPulseLine();
            o.Engine = Ordinary;
            configure(o);
        });
        builder.Services.AddHealthChecks().AddEcgGate();
        services?.Invoke(builder.Services);
        return builder.Build();
    }

    /// <summary>Added after the gate, so stopped before it; takes its time.</summary>
    private sealed class LastToStart(IEcgGate gate) : IHostedService
    {
        public GateState StateWhenStopped { get; private set; }

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public async Task StopAsync(CancellationToken cancellationToken)
        {
            for (var i = 0; i < 200 && gate.State != GateState.Disarmed; i++)
            {
                await Task.Delay(5, CancellationToken.None);
            }

            StateWhenStopped = gate.State;
        }
    }

    private sealed class CountedLine : IPulseLine
    {
        public bool IsHigh { get; private set; }

        public bool IsDisposed { get; private set; }

        public bool TryRaise() => IsHigh = true;

        public bool TryLower()
        {
            IsHigh = false;
            return true;
        }

        public void Dispose() => IsDisposed = true;
    }

    private sealed class Lines : ILoggerProvider, ILogger
    {
        private readonly Lock _sync = new();
        private readonly List<(LogLevel Level, string Text)> _lines = [];

        public IReadOnlyList<(LogLevel Level, string Text)> All
        {
            get
            {
                lock (_sync)
                {
                    return [.. _lines];
                }
            }
        }

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (_sync)
            {
                _lines.Add((logLevel, formatter(state, exception)));
            }
        }

        public void Dispose()
        {
        }
    }
}
