using EcgGate.Hardware.Converters;
using EcgGate.Timing;
using Microsoft.Win32.SafeHandles;

namespace EcgGate.Hardware.Gpio;

/// <summary>
/// A ready line on the kernel's GPIO character device: each pulse is stamped in the interrupt, on CLOCK_MONOTONIC, however
/// short it is and whoever waits, and kept until it is taken.
/// </summary>
/// <remarks>Allocates nothing once open. The kernel keeps 16 pulses a line.</remarks>
public sealed class LinuxGpioReadyPulses : IReadyPulses, IDisposable
{
    // How long an interruption may go unseen; the wait itself ends with the edge.
    private const int LookMilliseconds = 10;

    private readonly IGpioCalls _calls;
    private readonly SafeFileHandle _file;
    private volatile bool _interrupted;

    private LinuxGpioReadyPulses(IGpioCalls calls, SafeFileHandle file)
    {
        _calls = calls;
        _file = file;
    }

    /// <summary>Requests the line as an input that reports falling edges.</summary>
    /// <param name="chip">Such as /dev/gpiochip0.</param>
    /// <param name="line">Its number on the chip.</param>
    /// <exception cref="GpioException">It cannot be had; one sentence says why and what to do.</exception>
    public static LinuxGpioReadyPulses Open(string chip, int line) => Open(chip, line, LinuxGpioCalls.Instance);

    /// <inheritdoc/>
    /// <exception cref="GpioException">The line failed.</exception>
    public bool Wait(MonotonicTime until, out MonotonicTime pulse)
    {
        while (!_interrupted)
        {
            if (TryTake(out pulse))
            {
                return true;
            }

            var left = until.NanosecondsSince(MonotonicClock.Now);
            if (left <= 0)
            {
                break;
            }

            var error = _calls.Wait(_file, (int)Math.Clamp((left + 999_999) / 1_000_000, 1, LookMilliseconds));
            if (error is not (0 or GpioErrors.TryAgain or GpioErrors.Interrupted))
            {
                throw new GpioException($"The ready line cannot be waited for (errno {error}): is the GPIO chip still there?");
            }
        }

        pulse = default;
        return false;
    }

    /// <inheritdoc/>
    public unsafe bool TryTake(out MonotonicTime pulse)
    {
        GpioAbi.LineEvent read = default;
        if (_file.IsClosed || _calls.Read(_file, &read) != 0)
        {
            pulse = default;
            return false;
        }

        pulse = new MonotonicTime((long)read.TimestampNanoseconds);
        return true;
    }

    /// <inheritdoc/>
    public void Interrupt() => _interrupted = true;

    /// <inheritdoc/>
    public void Dispose()
    {
        Interrupt();
        _file.Dispose();
    }

    internal static LinuxGpioReadyPulses Open(string chip, int line, IGpioCalls calls) =>
        new(calls, GpioRequest.Open(calls, GpioUri.Parse($"{GpioUri.Scheme}{chip}?line={line}&active=low"), GpioAbi.FlagInput | GpioAbi.FlagEdgeRising, "ecggate ready"));
}
