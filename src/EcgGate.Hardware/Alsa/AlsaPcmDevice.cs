using EcgGate.Hardware.LineIn;
using EcgGate.Signals;
using EcgGate.Timing;

namespace EcgGate.Hardware.Alsa;

/// <summary>An ALSA capture device: <see cref="AlsaUri.Open"/> opens one.</summary>
/// <remarks>
/// <para>
/// The time of a block comes from the device where it gives one (snd_pcm_htimestamp): when it had how many frames. So a
/// reader that was held up, and finds several periods, still knows when each of them was converted. Without, the time of
/// the reading takes its place, which is late by the wake-up.
/// </para>
/// <para>An overrun (EPIPE) or a suspended machine begins the capture anew and is reported with the next frames.</para>
/// </remarks>
internal sealed class AlsaPcmDevice(IPcmCalls calls, PcmDeviceInfo info, HostClock clock) : IPcmDevice
{
    // A stamp further from now than this is none: some plugins fill in another clock, or nothing.
    private const long OldestStampNanoseconds = 2_000_000_000;

    private readonly Func<MonotonicTime> _now = clock.Now;
    private bool _started;
    private bool _overrun;
    private volatile bool _interrupted;

    public PcmDeviceInfo Info { get; } = info;

    public PcmBlock Read(Span<byte> destination, TimeSpan patience)
    {
        if (_interrupted || (!_started && !Start()))
        {
            return default;
        }

        var error = calls.Wait((int)Math.Ceiling(patience.TotalMilliseconds));
        if (error == 0 || _interrupted)
        {
            return default;
        }

        long frames = 0, stamp = 0;
        if (error > 0)
        {
            error = calls.Status(out frames, out stamp);
        }

        var now = _now();
        if (error >= 0 && frames > 0)
        {
            var read = calls.Read(destination, Math.Min(frames, destination.Length / Info.FrameBytes));
            if (read > 0)
            {
                // Read after the stamp: one that lies ahead is of another clock.
                var known = stamp > 0 && now.Nanoseconds - stamp is >= 0 and < OldestStampNanoseconds ? stamp : now.Nanoseconds;
                var overrun = _overrun;
                _overrun = false;
                return new PcmBlock((int)read, new MonotonicTime(known - (long)Math.Round((frames - read) * 1e9 / Info.RateHertz)), overrun);
            }

            error = (int)read;
        }

        if (error < 0)
        {
            Recover(error);
        }

        return default;
    }

    public void Interrupt() => _interrupted = true;

    public void Dispose() => calls.Dispose();

    private bool Start()
    {
        var error = calls.Start();
        if (error == AlsaErrors.TryAgain)
        {
            return false;
        }

        _started = error >= 0 ? true : throw Failure(error, "cannot be started");
        return true;
    }

    private void Recover(int error)
    {
        switch (error)
        {
            case AlsaErrors.Interrupted or AlsaErrors.TryAgain:
                return;
            case AlsaErrors.Overrun or AlsaErrors.Suspended:
                _overrun = true;
                _started = false;
                if (calls.Prepare() is var failed and < 0)
                {
                    throw Failure(failed, "cannot be started again after an overrun");
                }

                // At once: each moment of waiting is lost signal.
                _ = Start();
                return;
            default:
                throw Failure(error, "failed");
        }
    }

    private EcgSourceException Failure(int error, string what) => new(error == AlsaErrors.NoDevice
        ? $"{Info.Name}: the sound card is gone: it was unplugged, or its driver let go of it. Plug it in and start again."
        : $"{Info.Name}: the sound card {what}: {calls.Describe(error)} ({error}).");
}
