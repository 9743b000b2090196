using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using EcgGate.Gating;
using EcgGate.Signals;
using EcgGate.Timing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace EcgGate.Hosting;

/// <summary>Runs the engine for as long as the host runs, and hands its events on.</summary>
internal sealed class EcgGateService : BackgroundService, IEcgGate
{
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(5);

    private readonly IServiceProvider _services;
    private readonly EcgGateHostOptions _options;
    private readonly IHostApplicationLifetime _lifetime;
    private readonly ILogger<EcgGateService> _log;
    private readonly GateMetrics _metrics;
    private readonly Lock _sync = new();
    private readonly List<GateEventSubscription> _subscriptions = [];

    private IEcgSource? _source;
    private IPulseLine? _line;
    private volatile GateEngine? _engine;
    private double _rate;
    private GateCounts _counts;
    private BeatOutcome? _lastBeat;
    private GateState _state = GateState.Disarmed;
    private Reason _reason;
    private long _lostTold;
    private bool _hasEnded;

    public EcgGateService(IServiceProvider services, IOptions<EcgGateHostOptions> options, IHostApplicationLifetime lifetime, IMeterFactory meters, ILogger<EcgGateService> log)
    {
        ArgumentNullException.ThrowIfNull(options);
        _services = services;
        _options = options.Value;
        _lifetime = lifetime;
        _log = log;
        _metrics = new GateMetrics(meters, this);
    }

    public GateState State
    {
        get
        {
            lock (_sync)
            {
                return _state;
            }
        }
    }

    public Reason StateReason
    {
        get
        {
            lock (_sync)
            {
                return _reason;
            }
        }
    }

    public bool IsRunning => _engine?.IsRunning ?? false;

    public Exception? Failure => _engine?.Failure;

    public GateCounts Counts
    {
        get
        {
            lock (_sync)
            {
                return _counts with { DroppedEvents = DroppedEvents };
            }
        }
    }

    public BeatOutcome? LastBeat
    {
        get
        {
            lock (_sync)
            {
                return _lastBeat;
            }
        }
    }

    public long Samples => _engine?.Samples ?? 0;

    public long MissingSamples => _engine?.MissingSamples ?? 0;

    public long DroppedEvents => _engine?.DroppedEvents ?? 0;

    public bool Arm() => _engine?.Arm() ?? false;

    public void Disarm() => _engine?.Disarm();

    public GateEventSubscription Subscribe()
    {
        var subscription = new GateEventSubscription(_options.SubscriberCapacity, Unsubscribe);
        lock (_sync)
        {
            if (_hasEnded)
            {
                subscription.Complete();
            }
            else
            {
                _subscriptions.Add(subscription);
            }
        }

        return subscription;
    }

    public IAsyncEnumerable<GateEvent> ReadEventsAsync(CancellationToken cancellation = default)
    {
        // Subscribed here, not with the first MoveNext: the caller may arm in between.
        var subscription = Subscribe();
        return Read(subscription, cancellation);

        static async IAsyncEnumerable<GateEvent> Read(GateEventSubscription subscription, [EnumeratorCancellation] CancellationToken cancellation)
        {
            using (subscription)
            {
                await foreach (var gateEvent in subscription.Reader.ReadAllAsync(cancellation).ConfigureAwait(false))
                {
                    yield return gateEvent;
                }
            }
        }
    }

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            var engine = OpenEngine();
            _engine = engine;
            _rate = engine.Source.SamplingRateHertz;
            engine.Start();
            _log.Started(engine.Source.Name, _rate, engine.Runtime);
            foreach (var warning in Warnings(engine))
            {
                _log.Degraded(warning);
            }

            // The line first: other services may take their time to stop.
            _ = _lifetime.ApplicationStopping.Register(Disarm);
            if (_options.ArmAtStart)
            {
                _ = engine.Arm();
            }
        }
        catch
        {
            Close();
            throw;
        }

        return base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        Disarm();
        if (_engine is { } engine)
        {
            await Task.Run(engine.Stop, CancellationToken.None).ConfigureAwait(false);
        }

        await base.StopAsync(cancellationToken).ConfigureAwait(false);

        // A host that stops as soon as it has started may never have come to collecting.
        if (_engine is { IsRunning: false } ended && ExecuteTask is not { IsCompleted: false })
        {
            Collect(ended);
            End(ended);
        }
    }

    public override void Dispose()
    {
        // A host that is disposed without having been stopped: the line first, then whoever collects, who reads the engine.
        _engine?.Stop();
        base.Dispose();
        if (ExecuteTask is { } collecting)
        {
            _ = Task.WaitAny([collecting], StopPatience);
        }

        Close();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var engine = _engine!;
        using var pace = new PeriodicTimer(_options.CollectEvery);
        try
        {
            while (engine.IsRunning)
            {
                Collect(engine);
                await pace.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopped by the host, which has waited for the engine: the last events are there.
        }
        catch
        {
            // Nobody would see its events any more.
            engine.Disarm();
            throw;
        }

        Collect(engine);
        End(engine);
    }

    private GateEngine OpenEngine()
    {
        if (_options.Target is not { } target)
        {
            _source = _options.Source!(_services);
            _line = _options.Line!(_services);
            return new GateEngine(_source, _line, _options.Gate, _options.Engine);
        }

        return GateEngine.Open(target with { ConnectInProcess = target.ConnectInProcess is { } connect ? Connect : null }, _options.Gate, _options.Engine);

        GateConnection Connect()
        {
            var connection = connect();
            (_source, _line) = (connection.Source, connection.Line);
            return connection;
        }
    }

    private static IEnumerable<string> Warnings(GateEngine engine) =>
        [.. engine.RuntimeWarning is { } warning ? [warning] : Array.Empty<string>(), .. engine.PulseThreadStatus.Warnings, .. engine.CoreThreadStatus?.Warnings ?? []];

    private void Collect(GateEngine engine)
    {
        while (engine.TryReadEvent(out var gateEvent))
        {
            Take(in gateEvent);
        }

        var lost = engine.DroppedEvents;
        if (lost > _lostTold)
        {
            _log.EventsLost(lost - _lostTold);
            _lostTold = lost;
        }
    }

    private void Take(in GateEvent gateEvent)
    {
        _metrics.Count(in gateEvent, _rate);
        lock (_sync)
        {
            _state = gateEvent.State;
            if (gateEvent.Kind == GateEventKind.StateChanged)
            {
                _reason = gateEvent.Reason;
            }
            else if (gateEvent.Kind == GateEventKind.BeatOutcome)
            {
                _lastBeat = gateEvent.Beat;
                _counts = gateEvent.Beat.Outcome switch
                {
                    Outcome.Fired => _counts with { Beats = _counts.Beats + 1, Fired = _counts.Fired + 1 },
                    Outcome.Withheld => _counts with { Beats = _counts.Beats + 1, Withheld = _counts.Withheld + 1 },
                    _ => _counts with { Beats = _counts.Beats + 1, Missed = _counts.Missed + 1 },
                };
            }

            foreach (var subscription in _subscriptions)
            {
                subscription.Write(in gateEvent);
            }
        }

        Log(in gateEvent);
    }

    private void Log(in GateEvent gateEvent)
    {
        switch (gateEvent.Kind)
        {
            case GateEventKind.StateChanged when gateEvent.State == GateState.Inhibited:
                _log.Inhibited(gateEvent.Reason, gateEvent.SampleIndex);
                break;
            case GateEventKind.StateChanged when gateEvent.State == GateState.Faulted:
                _log.Faulted(gateEvent.SampleIndex);
                break;
            case GateEventKind.StateChanged:
                _log.Changed(gateEvent.State, gateEvent.Reason, gateEvent.SampleIndex);
                break;
            case GateEventKind.BeatRefuted:
                _log.Refuted(gateEvent.Beat.Beat.RTime.Samples);
                break;
            default:
                _log.Beat(gateEvent.Beat.BeatNumber, gateEvent.Beat.Outcome, gateEvent.Beat.Reason, gateEvent.Beat.RRIntervalMilliseconds);
                break;
        }
    }

    private void End(GateEngine engine)
    {
        lock (_sync)
        {
            if (_hasEnded)
            {
                return;
            }

            _hasEnded = true;
        }

        if (engine.Failure is { } failure)
        {
            _log.Failed(failure.Message, failure);
        }

        var counts = Counts;
        _log.Ended(counts.Beats, counts.Fired, counts.Withheld, counts.Missed);
        lock (_sync)
        {
            foreach (var subscription in _subscriptions)
            {
                subscription.Complete();
            }

            _subscriptions.Clear();
        }

        if (_options.StopHostAtEnd)
        {
            _lifetime.StopApplication();
        }
    }

    private void Unsubscribe(GateEventSubscription subscription)
    {
        lock (_sync)
        {
            _subscriptions.Remove(subscription);
        }
    }

    private void Close()
    {
        _engine?.Dispose();
        _source?.Dispose();
        _line?.Dispose();
        (_source, _line) = (null, null);
    }
}
