using EcgGate.Timing;

namespace EcgGate.Delivery;

/// <summary>
/// Pulses by a clock, for phantoms: the same permits, the same timer, no ECG. A plan needs
/// <see cref="PulseProtocol.IsPhantom"/> for it, and the session <see cref="DeliverySessionOptions.AllowFixedRate"/>.
/// </summary>
/// <remarks>Thread-safe, by a short lock; <see cref="Disarm"/> disarms the timer before it waits for that.</remarks>
public sealed class FixedRateGate : IDeliveryGate
{
    /// <summary>An edge may be so late, and not later.</summary>
    private const long ToleranceNanoseconds = 5_000_000;

    /// <summary>An order needs some time until it is due.</summary>
    private const long LeadNanoseconds = 5_000_000;

    private readonly IPulseTimer _timer;
    private readonly Func<MonotonicTime> _clock;
    private readonly long _interval;
    private readonly long _width;
    private readonly Lock _lock = new();
    private ArmToken _token;
    private MonotonicTime? _lastEdge;
    private long _ordered;
    private long _edges;
    private long _told;
    private bool _isPending;
    private bool _isFaulted;

    /// <summary>Takes a timer that nobody else orders from.</summary>
    /// <param name="timer">Not disposed.</param>
    /// <param name="protocol">The plan, for the interval.</param>
    /// <param name="clock">The clock that the timer runs by; null for the host's.</param>
    /// <param name="pulseWidth">How long the line stays active; null for 1 ms.</param>
    public FixedRateGate(IPulseTimer timer, PulseProtocol protocol, Func<MonotonicTime>? clock = null, TimeSpan? pulseWidth = null)
    {
        ArgumentNullException.ThrowIfNull(timer);
        ArgumentNullException.ThrowIfNull(protocol);
        _timer = timer;
        _clock = clock ?? (static () => MonotonicClock.Now);
        _interval = protocol.MinimumInterval.Ticks * 100;
        _width = (pulseWidth ?? TimeSpan.FromMilliseconds(1)).Ticks * 100;
    }

    /// <inheritdoc/>
    public bool Arm()
    {
        lock (_lock)
        {
            if (!_timer.IsArmed)
            {
                TakeReports();
                _token = _timer.Arm();
            }

            return _token != default;
        }
    }

    /// <inheritdoc/>
    public void Disarm()
    {
        _timer.Disarm();
        lock (_lock)
        {
            _timer.Disarm();
        }
    }

    /// <inheritdoc/>
    public bool Permit(long upToPulses, TimeSpan validFor)
    {
        lock (_lock)
        {
            TakeReports();
            if (!_timer.IsArmed)
            {
                return false;
            }

            if (_isPending)
            {
                if (upToPulses <= _edges)
                {
                    _timer.Cancel(_ordered);
                }

                return true;
            }

            var now = _clock();
            var due = now.AddNanoseconds(LeadNanoseconds);
            if (_lastEdge is { } last && last.AddNanoseconds(_interval) > due)
            {
                due = last.AddNanoseconds(_interval);
            }

            if (upToPulses > _edges && due <= now + validFor)
            {
                _isPending = _timer.TrySchedule(new PulseOrder(_token, ++_ordered, due, due.AddNanoseconds(ToleranceNanoseconds), _width));
            }

            return true;
        }
    }

    /// <inheritdoc/>
    public void Report(DeliverySession session)
    {
        ArgumentNullException.ThrowIfNull(session);
        long edges;
        lock (_lock)
        {
            TakeReports();
            edges = _edges - _told;
            _told = _edges;
            _isFaulted |= _timer.Fault != PulseTimerFault.None;
        }

        for (var i = 0L; i < edges; i++)
        {
            session.OnEdge();
        }

        if (_isFaulted)
        {
            session.OnGateEnded(EngineEnd.Describe(_timer.Fault));
        }
    }

    private void TakeReports()
    {
        while (_timer.TryTakeReport(out var report))
        {
            _isPending = false;
            if (report.EdgeTime != default)
            {
                _edges++;
                _lastEdge = report.EdgeTime;
            }
        }
    }
}
