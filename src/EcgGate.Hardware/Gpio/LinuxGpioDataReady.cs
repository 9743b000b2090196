using Microsoft.Win32.SafeHandles;

namespace EcgGate.Hardware.Gpio;

/// <summary>
/// The data-ready line on the kernel's GPIO character device: waits without allocating, so that a real-time thread of
/// a runtime that must never collect can wait for its board.
/// </summary>
/// <remarks>One thread uses it. Allocates nothing once open.</remarks>
public sealed class LinuxGpioDataReady : IDataReady, IDisposable
{
    // How long a cancellation may go unseen; the wait itself ends with the edge.
    private const int LookMilliseconds = 10;

    // The kernel keeps so many edges; a line that brings more while they are read floats.
    private const int MostKept = 16;

    private readonly IGpioCalls _calls;
    private readonly SafeFileHandle _file;

    private LinuxGpioDataReady(IGpioCalls calls, SafeFileHandle file)
    {
        _calls = calls;
        _file = file;
    }

    /// <summary>Requests the line, active low, as an input that reports edges.</summary>
    /// <param name="chip">Such as /dev/gpiochip0.</param>
    /// <param name="line">Its number on the chip.</param>
    /// <exception cref="GpioException">It cannot be had; one sentence says why and what to do.</exception>
    public static LinuxGpioDataReady Open(string chip, int line) => Open(chip, line, LinuxGpioCalls.Instance);

    /// <inheritdoc/>
    public unsafe bool IsReady()
    {
        var values = new GpioAbi.LineValues { Mask = 1 };
        return _calls.Control(_file, GpioAbi.GetValues, &values) == 0 && (values.Bits & 1) != 0;
    }

    /// <inheritdoc/>
    /// <exception cref="GpioException">The line failed.</exception>
    public unsafe bool WaitForEdge(CancellationToken cancellationToken)
    {
        // The kernel keeps edges from before, of conversions that were read without waiting.
        GpioAbi.LineEvent edge;
        for (var i = 0; i < MostKept && _calls.Read(_file, &edge) == 0; i++)
        {
        }

        // One of them may have come since the caller looked: it is as good as one waited for.
        if (IsReady())
        {
            return true;
        }

        while (!cancellationToken.IsCancellationRequested)
        {
            var error = _calls.Wait(_file, LookMilliseconds);
            error = error == 0 ? _calls.Read(_file, &edge) : error;
            if (error == 0)
            {
                return true;
            }

            if (error is not (GpioErrors.TryAgain or GpioErrors.Interrupted))
            {
                throw new GpioException($"The data-ready line cannot be waited for (errno {error}): is the GPIO chip still there?");
            }
        }

        return false;
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    internal static LinuxGpioDataReady Open(string chip, int line, IGpioCalls calls) =>
        new(calls, GpioRequest.Open(calls, GpioUri.Parse($"{GpioUri.Scheme}{chip}?line={line}&active=low"), GpioAbi.FlagInput | GpioAbi.FlagEdgeRising, "ecggate drdy"));
}
