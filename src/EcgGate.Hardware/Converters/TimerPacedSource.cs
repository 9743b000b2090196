using EcgGate.Signals;
using EcgGate.Timing;

namespace EcgGate.Hardware.Converters;

/// <summary>An ECG from a converter that samples when it is read, such as an MCP3208: the host's clock paces it.</summary>
/// <remarks>
/// <para>Sample k is read at start + k / rate, an absolute moment of the monotonic clock, on the thread that calls
/// <see cref="Read"/>: nothing adds up, and the rate has no error but the clock's own. A read that begins later than the
/// tolerance is left out, and so is one that took longer, since nobody knows when within it the converter sampled. Their
/// moments are lost: <see cref="EcgSample.Index"/> goes by the clock, and the next sample is marked
/// <see cref="SampleStatus.GapBefore"/>.</para>
/// <para>A block's time is the middle of the read of lead 0, so a host that always comes a little late is followed by the
/// engine's sample clock. Lead 1 is read after lead 0.</para>
/// <para>One thread reads; <see cref="Interrupt"/> may be called from any and is seen within a sample. Allocates nothing
/// but where a channel throws.</para>
/// </remarks>
public sealed class TimerPacedSource : IEcgSource
{
    private static readonly TimeSpan FirstRead = TimeSpan.FromMilliseconds(2);

    private readonly TimerPacedOptions _options;
    private readonly HostClock _clock;
    private readonly IDisposable? _owned;
    private readonly ConverterReader _reader;
    private readonly double _period;
    private readonly long _tolerance;
    private readonly long _silenceLimit;
    private MonotonicTime _start;
    private MonotonicTime _lastGood;
    private long _slot = -1;
    private long _lateReads;
    private long _doubtfulReads;
    private long _worstLateness;
    private bool _failed;
    private volatile bool _interrupted;
    private volatile bool _disposed;

    /// <summary>Creates the source; the first read starts its clock.</summary>
    /// <param name="leads">One or two leads, lead 0 first.</param>
    /// <param name="options">How to read; null for the default.</param>
    /// <param name="clock">The clock to pace and stamp with; null for the host's.</param>
    /// <param name="owned">What is disposed with the source, such as the bus; null for nothing.</param>
    /// <exception cref="EcgSourceException">The options cannot be used; the message says why.</exception>
    public TimerPacedSource(IReadOnlyList<ConverterLead> leads, TimerPacedOptions? options = null, HostClock? clock = null, IDisposable? owned = null)
    {
        ArgumentNullException.ThrowIfNull(leads);
        _options = options ?? new TimerPacedOptions();
        if (_options.Validate() is [var problem, ..])
        {
            throw new EcgSourceException($"{_options.Name}: {problem}");
        }

        if (leads.Count is not (1 or 2))
        {
            throw new EcgSourceException($"{_options.Name}: {leads.Count} leads are given; it must be 1 or 2.");
        }

        _clock = clock ?? HostClock.Monotonic;
        _owned = owned;
        _period = 1e9 / _options.RateHertz;
        _tolerance = _options.EffectiveLateTolerance.Ticks * 100;
        _silenceLimit = _options.SilenceLimit.Ticks * 100;
        _reader = new ConverterReader(_options.Name, _options.Check, leads, _options.FailureLimit, _clock.Now);
        Info = new EcgSourceInfo
        {
            Name = _options.Name,
            SamplingRateHertz = _options.RateHertz,
            LeadNames = [.. leads.Select(lead => lead.Name)],
            FixedDelay = _options.FixedDelay,
            IsLive = true,
        };
    }

    /// <inheritdoc/>
    public EcgSourceInfo Info { get; }

    /// <summary>What was seen so far. Read it from the reading thread, or after it has ended.</summary>
    public ConverterStatistics Statistics =>
        new(_reader.Samples, _reader.LostSamples, _reader.FailedReads, _lateReads, _doubtfulReads, 0, _worstLateness);

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
            while (!_interrupted)
            {
                var due = NextSlot();
                _clock.SleepUntil(due);
                if (_interrupted)
                {
                    break;
                }

                var late = _clock.Now().NanosecondsSince(due);
                if (late > _tolerance)
                {
                    _lateReads++;
                }
                else if (_reader.TryRead() && IsCertain())
                {
                    _worstLateness = Math.Max(_worstLateness, late);
                    _lastGood = _reader.After;
                    destination[0] = _reader.Give(_slot);
                    return new EcgBlock(1, _reader.Before.AddNanoseconds(_reader.After.NanosecondsSince(_reader.Before) / 2));
                }

                CheckSilence();
            }

            return default;
        }
        catch (Exception) when (!_interrupted)
        {
            _failed = true;
            throw;
        }
        catch (Exception) when (_interrupted)
        {
            // Whoever interrupts may take the bus away at once: that is the end, not a fault.
            return default;
        }
    }

    /// <inheritdoc/>
    public void Interrupt() => _interrupted = true;

    /// <summary>Ends the source. Not while another thread reads: interrupt it first.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        Interrupt();
        _disposed = true;
        try
        {
            _owned?.Dispose();
        }
        catch (IOException)
        {
            // The part is being let go of; that it no longer answers changes nothing.
        }
    }

    /// <summary>Goes on to the first moment that can still be kept, and says when it is.</summary>
    private MonotonicTime NextSlot()
    {
        if (_slot < 0)
        {
            // Some time ahead, so that the first read is as punctual as the others.
            _start = _clock.Now() + FirstRead;
            _lastGood = _start;
            _slot = 0;
            return _start;
        }

        var overdue = _clock.Now().NanosecondsSince(_start) - _tolerance;
        var next = Math.Max(_slot + 1, (long)Math.Ceiling(overdue / _period));
        _lateReads += next - _slot - 1;
        _slot = next;
        return _start.AddNanoseconds((long)Math.Round(_slot * _period));
    }

    private bool IsCertain()
    {
        if (_reader.After.NanosecondsSince(_reader.Before) <= _tolerance)
        {
            return true;
        }

        _doubtfulReads++;
        return false;
    }

    private void CheckSilence()
    {
        var silence = _clock.Now().NanosecondsSince(_lastGood);
        if (silence > _silenceLimit)
        {
            throw new EcgSourceException($"{_options.Name}: no good sample for {silence / 1e6:0} ms ({_lateReads} reads came too late, {_doubtfulReads} took too long, {_reader.FailedReads} failed): give the reading thread real-time priority, or read more slowly.");
        }
    }
}
