using EcgGate.Hardware.Ads129x;
using EcgGate.Signals;
using EcgGate.Timing;

namespace EcgGate.Hardware.Converters;

/// <summary>An ECG from a converter that converts by its own clock and pulses a line each time, such as an ADS1115.</summary>
/// <remarks>
/// <para>The oscillators of such parts are off by up to a tenth, further than the engine's sample clock follows. So
/// <see cref="Open"/> measures the rate first, and <see cref="EcgSourceInfo.SamplingRateHertz"/> is what it found. A rate
/// that drifts by more than 500 ppm after that, as the part warms up, unlocks the engine's clock: it withholds, and the
/// source must be opened again.</para>
/// <para>The part keeps its latest conversion only. Where several pulses have come, the value is the last one's and those
/// before are lost; where one came during the read, nobody knows whose the value is, and it is left out.
/// <see cref="EcgSample.Index"/> goes by the time of the pulses, so that a pulse that was missed is a gap, and one too many
/// is ignored.</para>
/// <para>One thread reads; <see cref="Interrupt"/> may be called from any. Allocates nothing here, but where the channel
/// throws.</para>
/// </remarks>
public sealed class ReadyPacedSource : IEcgSource
{
    // A read that ends this far into the next conversion may have met its end.
    private const double CertainPart = 0.95;

    // Where the rate is measured: how early a pulse may come, and how far a late one moves the expectation, in periods.
    private const double CountTolerance = 0.1;
    private const double FollowedPart = 0.02;

    private readonly ReadyPacedOptions _options;
    private readonly HostClock _clock;
    private readonly IReadyPulses _pulses;
    private readonly IDisposable? _owned;
    private readonly ConverterReader _reader;
    private readonly EdgeGrid _grid;
    private readonly double _period;
    private readonly long _timeout;
    private long _index = -1;
    private bool _isPending;
    private MonotonicTime _pending;
    private long _lateReads;
    private long _doubtfulReads;
    private long _spuriousPulses;
    private long _worstLateness;
    private bool _failed;
    private volatile bool _interrupted;
    private volatile bool _disposed;

    private ReadyPacedSource(ConverterLead lead, IReadyPulses pulses, ReadyPacedOptions options, HostClock clock, IDisposable? owned, double rateHertz, MonotonicTime lastPulse)
    {
        _options = options;
        _clock = clock;
        _pulses = pulses;
        _owned = owned;
        _period = 1e9 / rateHertz;
        _timeout = options.EffectiveReadyTimeout.Ticks * 100;
        _reader = new ConverterReader(options.Name, options.Check, [lead], options.FailureLimit, clock.Now);
        _grid = new EdgeGrid(rateHertz);
        _grid.Advance(1, lastPulse, waited: true);
        Info = new EcgSourceInfo
        {
            Name = options.Name,
            SamplingRateHertz = rateHertz,
            LeadNames = [lead.Name],
            FixedDelay = TimeSpan.FromSeconds(options.DelayConversions / rateHertz) + options.FrontEndDelay,
            IsLive = true,
        };
    }

    /// <inheritdoc/>
    public EcgSourceInfo Info { get; }

    /// <summary>What was seen so far. Read it from the reading thread, or after it has ended.</summary>
    public ConverterStatistics Statistics =>
        new(_reader.Samples, _reader.LostSamples, _reader.FailedReads, _lateReads, _doubtfulReads, _spuriousPulses, _worstLateness);

    /// <summary>Measures the part's rate, and creates the source. The part must be converting already.</summary>
    /// <param name="lead">The lead; such a part has one input at a time.</param>
    /// <param name="pulses">Its ready line; disposed with the source if it can be.</param>
    /// <param name="options">How to read; null for the default.</param>
    /// <param name="clock">The clock that the pulses are stamped with; null for the host's.</param>
    /// <param name="owned">What else is disposed with the source, such as the bus; null for nothing.</param>
    /// <exception cref="EcgSourceException">No pulses, or at no rate that the part can have; or the options cannot be used.</exception>
    public static ReadyPacedSource Open(ConverterLead lead, IReadyPulses pulses, ReadyPacedOptions? options = null, HostClock? clock = null, IDisposable? owned = null)
    {
        ArgumentNullException.ThrowIfNull(lead);
        ArgumentNullException.ThrowIfNull(pulses);
        options ??= new ReadyPacedOptions();
        clock ??= HostClock.Monotonic;
        if (options.Validate() is [var problem, ..])
        {
            throw new EcgSourceException($"{options.Name}: {problem}");
        }

        var stamps = CollectPulses(pulses, options, clock);
        var rate = 1e9 / TypicalPeriod(stamps);
        if (!(Math.Abs(rate - options.NominalRateHertz) <= options.RateTolerance * options.NominalRateHertz))
        {
            throw new EcgSourceException($"{options.Name}: its ready line pulses {rate:0.#} times per second; {options.NominalRateHertz:0.#} ±{options.RateTolerance * 100:0.#} % were set: check the ready line's pull-up and wiring, and that its pulses, some 10 us long, are not lost on the way.");
        }

        return new ReadyPacedSource(lead, pulses, options, clock, owned, rate, stamps[^1]);
    }

    /// <inheritdoc/>
    public EcgBlock Read(Span<EcgSample> destination)
    {
        if (destination.IsEmpty)
        {
            throw new ArgumentException("There must be room for at least one sample.", nameof(destination));
        }

        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_failed)
        {
            throw new EcgSourceException($"{_options.Name}: the source failed before and gives no more samples; open it again.");
        }

        try
        {
            while (WaitForPulse(out var pulse))
            {
                var sincePulse = pulse.NanosecondsSince(_grid.Edge);
                if (sincePulse < _period / 2)
                {
                    _spuriousPulses++;
                    continue;
                }

                _grid.Count(pulse, pulse, out _, out var conversions);
                _grid.Advance(conversions, pulse, waited: true);
                _index = _index < 0 ? 0 : _index + conversions;
                if (!_reader.TryRead())
                {
                    continue;
                }

                var late = _reader.Before.NanosecondsSince(pulse);
                _isPending = _pulses.TryTake(out _pending);
                if (_isPending || _reader.After.NanosecondsSince(_grid.Edge) > CertainPart * _period)
                {
                    _doubtfulReads++;
                    continue;
                }

                _worstLateness = Math.Max(_worstLateness, late);
                destination[0] = _reader.Give(_index);
                return new EcgBlock(1, pulse);
            }

            return default;
        }
        catch (EcgSourceException)
        {
            _failed = true;
            throw;
        }
        catch (Exception error) when (!_interrupted)
        {
            _failed = true;
            throw new EcgSourceException($"{_options.Name}: the bus or the ready line failed: {error.Message} Check {_options.Check}.", error);
        }
        catch (Exception) when (_interrupted)
        {
            // Whoever interrupts may take the bus away at once: that is the end, not a fault.
            return default;
        }
    }

    /// <inheritdoc/>
    public void Interrupt()
    {
        _interrupted = true;
        _pulses.Interrupt();
    }

    /// <summary>Ends the source. Not while another thread reads: interrupt it first.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        Interrupt();
        _disposed = true;
        (_pulses as IDisposable)?.Dispose();
        try
        {
            _owned?.Dispose();
        }
        catch (IOException)
        {
            // The part is being let go of; that it no longer answers changes nothing.
        }
    }

    /// <summary>Waits for the newest pulse that there is. False if interrupted.</summary>
    private bool WaitForPulse(out MonotonicTime pulse)
    {
        pulse = _pending;
        var have = _isPending;
        _isPending = false;
        var since = _clock.Now();
        while (!have && !_interrupted)
        {
            have = _pulses.Wait(since.AddNanoseconds(_timeout), out pulse);
            if (!have && !_interrupted && _clock.Now().NanosecondsSince(since) >= _timeout)
            {
                throw new EcgSourceException($"{_options.Name}: no ready pulse for {_clock.Now().NanosecondsSince(since) / 1e6:0} ms, expected every {_period / 1e6:0.###} ms: check the ready line and the part's power.");
            }
        }

        // The part keeps the latest conversion only: those before are lost.
        while (have && !_interrupted && _pulses.TryTake(out var newer))
        {
            pulse = newer;
            _lateReads++;
        }

        return have && !_interrupted;
    }

    private static List<MonotonicTime> CollectPulses(IReadyPulses pulses, ReadyPacedOptions options, HostClock clock)
    {
        var wanted = (int)Math.Ceiling(options.RateMeasurement.TotalSeconds * options.NominalRateHertz);
        var stamps = new List<MonotonicTime>(wanted);
        var timeout = options.EffectiveReadyTimeout;
        var since = clock.Now();
        while (stamps.Count < wanted)
        {
            if (!pulses.Wait(since + timeout, out var pulse))
            {
                if (clock.Now().NanosecondsSince(since) < timeout.Ticks * 100)
                {
                    continue;
                }

                throw new EcgSourceException($"{options.Name}: no ready pulse for {timeout.TotalMilliseconds:0} ms after {stamps.Count} of them, expected {options.NominalRateHertz:0.#} per second: check the ready line, its pull-up and the part's power.");
            }

            stamps.Add(pulse);
            since = clock.Now();
        }

        return stamps;
    }

    /// <summary>
    /// The period in ns, from the median distance of pulses half the measurement apart, which some late or missing ones do
    /// not move.
    /// </summary>
    private static double TypicalPeriod(List<MonotonicTime> stamps)
    {
        // The typical step first: with it, missing pulses are counted.
        var steps = new List<long>(stamps.Count);
        for (var i = 1; i < stamps.Count; i++)
        {
            steps.Add(stamps[i].NanosecondsSince(stamps[i - 1]));
        }

        steps.Sort();
        var typical = (double)steps[steps.Count / 2];
        // Stamps are late and never early: the earliest say where the pulses are, so that a late one is not counted as two.
        var numbers = new long[stamps.Count];
        var edge = (double)0;
        for (var i = 1; i < stamps.Count; i++)
        {
            var since = stamps[i].NanosecondsSince(stamps[0]);
            var count = Math.Max(0, (long)Math.Floor(((since - edge) / typical) + CountTolerance));
            var expected = edge + (count * typical);
            edge = Math.Min(since, expected + (FollowedPart * typical));
            numbers[i] = numbers[i - 1] + count;
        }

        var half = stamps.Count / 2;
        var periods = new List<double>(half);
        for (var i = 0; i + half < stamps.Count; i++)
        {
            periods.Add((double)stamps[i + half].NanosecondsSince(stamps[i]) / Math.Max(1, numbers[i + half] - numbers[i]));
        }

        periods.Sort();
        return periods[periods.Count / 2];
    }
}
