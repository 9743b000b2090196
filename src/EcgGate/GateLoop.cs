using EcgGate.Signals;
using EcgGate.Timing;

namespace EcgGate;

/// <summary>
/// The live engine without its threads: requests to arm, disarm and stop on one side, blocks of samples on the other.
/// The engine runs it on its core thread, a simulation in virtual time.
/// </summary>
/// <remarks>
/// <para>
/// <see cref="Arm"/>, <see cref="Disarm"/> and <see cref="Close"/> may be called from any thread, the rest from the core's
/// thread. Arming issues the timer's token at once, on the caller's thread; the core takes it over with the next sample.
/// So whatever the core still believes, the timer refuses each order that carries a token taken back. Callers take a
/// short lock among each other, which samples never do.
/// </para>
/// </remarks>
/// <param name="core">The core, owned by the thread that brings samples.</param>
/// <param name="timer">Makes the edges.</param>
/// <param name="timeline">Relates samples to the timer's clock; a <see cref="SampleClock"/> is told the blocks' times.</param>
/// <param name="pulseWidthNanoseconds">How long the line stays active.</param>
internal sealed class GateLoop(GateCore core, IPulseTimer timer, ISampleTimeline timeline, long pulseWidthNanoseconds)
{
    private readonly GatePump _pump = new(core, timer, timeline, pulseWidthNanoseconds);
    private readonly SampleClock? _clock = timeline as SampleClock;
    private readonly Lock _host = new();
    private bool _closed;
    private long _requested;
    private long _renewals;

    // A permit is three numbers: odd while they are being written, so that the core never mixes two.
    private int _permitVersion;
    private long _permitArming;
    private long _permittedPulses;
    private long _permitTicks;

    // The core's thread alone.
    private long _adopted;
    private long _renewed;
    private int _permitTaken;
    private long _expected;
    private long _samples;
    private long _missingSamples;

    /// <summary>Samples taken so far. Any thread.</summary>
    public long Samples => Interlocked.Read(ref _samples);

    /// <summary>Samples that the source lost, by the jumps in their indexes. Any thread.</summary>
    public long MissingSamples => Interlocked.Read(ref _missingSamples);

    /// <summary>Arms, or renews an arming that holds. False once closed.</summary>
    public bool Arm()
    {
        lock (_host)
        {
            if (_closed)
            {
                return false;
            }

            if (_requested != 0 && timer.IsArmed)
            {
                Interlocked.Increment(ref _renewals);
                return true;
            }

            var token = timer.Arm();
            Volatile.Write(ref _requested, token.Value);
            return token != default;
        }
    }

    /// <summary>Hands a permit to the core, for the arming that holds now. False where none does.</summary>
    /// <param name="upToPulses">See <see cref="GateCore.Permit"/>.</param>
    /// <param name="validFor">See <see cref="GateCore.Permit"/>.</param>
    public bool Permit(long upToPulses, TimeSpan validFor)
    {
        lock (_host)
        {
            if (_closed || _requested == 0 || !timer.IsArmed)
            {
                return false;
            }

            Interlocked.Increment(ref _permitVersion);
            Volatile.Write(ref _permitArming, _requested);
            Volatile.Write(ref _permittedPulses, upToPulses);
            Volatile.Write(ref _permitTicks, validFor.Ticks);
            Interlocked.Increment(ref _permitVersion);
            return true;
        }
    }

    /// <summary>Disarms: no edge begins after this returned.</summary>
    public void Disarm()
    {
        // Before anything else, the wait for the lock too; and once more, as somebody may have armed during that wait.
        timer.Disarm();
        lock (_host)
        {
            timer.Disarm();
            Volatile.Write(ref _requested, 0);
        }
    }

    /// <summary>Disarms, and takes no more requests.</summary>
    public void Close()
    {
        timer.Disarm();
        lock (_host)
        {
            _closed = true;
            timer.Disarm();
            Volatile.Write(ref _requested, 0);
        }
    }

    /// <summary>Takes what the source brought.</summary>
    /// <param name="block">At least one sample.</param>
    /// <param name="lastSampleTime">When the last of them became ready; only a <see cref="SampleClock"/> looks at it.</param>
    public void Take(ReadOnlySpan<EcgSample> block, MonotonicTime lastSampleTime)
    {
        _clock?.Observe(block[^1].Index, lastSampleTime);
        foreach (ref readonly var sample in block)
        {
            if (sample.Index > _expected)
            {
                Interlocked.Add(ref _missingSamples, sample.Index - _expected);
            }

            _expected = sample.Index + 1;
            Obey();
            _pump.Feed(in sample);
        }

        Interlocked.Add(ref _samples, block.Length);
    }

    /// <summary>The source ended or failed, or the engine was stopped: no pulse any more.</summary>
    /// <param name="isFault">Whether the source or a driver failed.</param>
    public void End(bool isFault)
    {
        Close();
        if (isFault)
        {
            _pump.Fault();
        }

        _pump.Stop();
    }

    /// <summary>Takes reports without a sample: those that come after the end.</summary>
    public void TakeReports() => _pump.TakeReports();

    private void Obey()
    {
        var requested = Volatile.Read(ref _requested);
        var renewals = Interlocked.Read(ref _renewals);
        if (requested != _adopted)
        {
            _adopted = requested;
            _pump.Adopt(new ArmToken(requested));
        }
        else if (renewals != _renewed)
        {
            _pump.Renew();
        }

        _renewed = renewals;
        TakePermit();
    }

    private void TakePermit()
    {
        var version = Volatile.Read(ref _permitVersion);
        if (version == _permitTaken || (version & 1) != 0)
        {
            return;
        }

        var arming = Volatile.Read(ref _permitArming);
        var pulses = Volatile.Read(ref _permittedPulses);
        var ticks = Volatile.Read(ref _permitTicks);
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _permitVersion) != version)
        {
            // Another is being written: with the next sample.
            return;
        }

        if (arming != _adopted && arming == Volatile.Read(ref _requested))
        {
            // For an arming that came after this sample was begun: with the next one.
            return;
        }

        _permitTaken = version;

        // One that was meant for an arming before this one is void.
        if (arming == _adopted)
        {
            _pump.Permit(pulses, new TimeSpan(ticks));
        }
    }
}
