namespace EcgGate.Timing;

/// <summary>
/// The timer in virtual time, for replay and simulation: edges stand exactly at their deadlines, as fast as the
/// machine computes.
/// </summary>
/// <remarks>
/// <para>
/// Deterministic: what happens depends on the calls and their order only. An order given at <see cref="Now"/> after
/// its deadline has its edge at <see cref="Now"/>, since no edge lies in the past; so advance to the samples that the
/// core has seen, not ahead of them. Other than <see cref="PulseTimer"/> it answers at the edge and not at its end; a line
/// that then refuses to fall disarms and shows in <see cref="Fault"/>.
/// </para>
/// <para>
/// One thread orders, advances and takes reports; <see cref="Disarm()"/>, and every other member, may be called from any
/// thread (a short lock, held while the line is driven). Allocates nothing after construction.
/// </para>
/// </remarks>
public sealed class VirtualPulseTimer : IPulseTimer, IDisposable
{
    /// <summary>How many reports may wait to be taken before orders are refused.</summary>
    public const int ReportCapacity = 64;

    private readonly Lock _gate = new();
    private readonly IPulseLine _line;
    private readonly SpscRing<PulseReport> _reports = new(ReportCapacity);
    private long _token;
    private bool _armed;
    private bool _disposed;
    private bool _pending;
    private bool _high;
    private PulseOrder _order;
    private MonotonicTime _orderedAt;
    private MonotonicTime _fallsAt;
    private MonotonicTime _now;
    private long _injectedLateness;

    /// <summary>Begins at time 0, not armed, and lowers the line.</summary>
    /// <param name="line">A line to drive; null for none. Not disposed by the timer.</param>
    public VirtualPulseTimer(IPulseLine? line = null)
    {
        _line = line ?? new NullPulseLine();
        if (!_line.TryLower())
        {
            Fault = PulseTimerFault.LowerRefused;
        }
    }

    /// <summary>The virtual time. While the line is being driven, the moment of that edge.</summary>
    public MonotonicTime Now
    {
        get
        {
            lock (_gate)
            {
                return _now;
            }
        }
    }

    /// <inheritdoc/>
    public PulseTimerFault Fault { get; private set; }

    /// <summary>
    /// Makes every edge this late, in nanoseconds, 0 (the default) or more: an order that it takes beyond
    /// <see cref="PulseOrder.LatestEdge"/> is dropped. Read when the order's time comes.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public long InjectedLatenessNanoseconds
    {
        get
        {
            lock (_gate)
            {
                return _injectedLateness;
            }
        }

        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            lock (_gate)
            {
                _injectedLateness = value;
            }
        }
    }

    /// <inheritdoc/>
    public bool IsArmed
    {
        get
        {
            lock (_gate)
            {
                return _armed;
            }
        }
    }

    /// <inheritdoc/>
    /// <remarks>A pending order of an earlier arming is withdrawn. Token 0, which is void, once disposed.</remarks>
    public ArmToken Arm()
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return default;
            }

            Withdraw();
            Fault = PulseTimerFault.None;
            _armed = true;
            return new ArmToken(++_token);
        }
    }

    /// <inheritdoc/>
    public void Disarm()
    {
        lock (_gate)
        {
            _armed = false;
            Withdraw();
        }
    }

    /// <inheritdoc/>
    public void Disarm(ArmToken token)
    {
        lock (_gate)
        {
            if (_token == token.Value)
            {
                _armed = false;
                Withdraw();
            }
        }
    }

    /// <inheritdoc/>
    /// <remarks>Refuses what <see cref="PulseTimer.TrySchedule"/> refuses, for the same reasons.</remarks>
    public bool TrySchedule(in PulseOrder order)
    {
        lock (_gate)
        {
            if (!_armed || order.Token.Value != _token || _pending || _high
                || order.WidthNanoseconds is <= 0 or > PulseTimer.LongestWidthNanoseconds
                || _reports.Count >= ReportCapacity)
            {
                return false;
            }

            _order = order;
            _orderedAt = _now;
            _pending = true;
            return true;
        }
    }

    /// <inheritdoc/>
    public void Cancel(long beatNumber)
    {
        lock (_gate)
        {
            if (_order.BeatNumber == beatNumber)
            {
                Withdraw();
            }
        }
    }

    /// <inheritdoc/>
    public bool TryTakeReport(out PulseReport report) => _reports.TryRead(out report);

    /// <summary>
    /// Lets time pass: makes the edges that are due by then, in their order. A time before <see cref="Now"/> is
    /// ignored.
    /// </summary>
    public void AdvanceTo(MonotonicTime now)
    {
        lock (_gate)
        {
            if (_pending)
            {
                var due = _order.Deadline > _orderedAt ? _order.Deadline : _orderedAt;
                var edge = due.AddNanoseconds(_injectedLateness);
                if (edge <= now)
                {
                    Serve(edge);
                }
                else if (due <= now && edge > _order.LatestEdge && _order.LatestEdge < now)
                {
                    // Already known to be too late: the drop is told once the last chance is over.
                    Answer(PulseResult.DroppedLate, default, edge);
                }
            }

            if (_high && _fallsAt <= now)
            {
                Lower(_fallsAt);
            }

            _now = now > _now ? now : _now;
        }
    }

    /// <summary>Disarms for good, withdraws a pending order and lowers the line. Reports can still be taken.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            _armed = false;
            Withdraw();
            Lower(_now);
        }
    }

    private void Serve(MonotonicTime edge)
    {
        if (edge > _order.LatestEdge)
        {
            Answer(PulseResult.DroppedLate, default, edge);
            return;
        }

        _now = edge > _now ? edge : _now;
        if (!_line.TryRaise())
        {
            Fail(PulseTimerFault.RaiseRefused);
            Answer(PulseResult.Fault, default, _order.Deadline);
            Lower(_now);
            return;
        }

        _high = true;
        _fallsAt = edge.AddNanoseconds(_order.WidthNanoseconds);
        Answer(PulseResult.Fired, edge, edge);
    }

    private void Lower(MonotonicTime at)
    {
        _now = at > _now ? at : _now;
        _high = !_line.TryLower();
        if (_high)
        {
            Fail(PulseTimerFault.LowerRefused);
        }
    }

    private void Withdraw()
    {
        if (_pending)
        {
            Answer(PulseResult.Cancelled, default, _order.Deadline);
        }
    }

    private void Answer(PulseResult result, MonotonicTime edge, MonotonicTime moment)
    {
        _pending = false;
        _ = _reports.TryWrite(new PulseReport(_order.BeatNumber, result, edge, moment.NanosecondsSince(_order.Deadline)));
    }

    private void Fail(PulseTimerFault fault)
    {
        Fault = fault;
        _armed = false;
    }
}
