using EcgGate.Timing;
using Microsoft.Win32.SafeHandles;

namespace EcgGate.Hardware.Gpio;

/// <summary>
/// A GPIO input wired to the pulse line: the kernel stamps each rising edge in its interrupt, on CLOCK_MONOTONIC. What lies
/// between the true edge and the stamp is the interrupt's latency, some microseconds; it is never early.
/// </summary>
/// <remarks>One thread reads. The kernel keeps 16 edges a line; what is lost beyond is counted.</remarks>
public sealed class LinuxGpioEdgeInput : IEdgeInput
{
    private readonly IGpioCalls _calls;
    private readonly SafeFileHandle _file;
    private uint _lastSequence;

    private LinuxGpioEdgeInput(IGpioCalls calls, SafeFileHandle file)
    {
        _calls = calls;
        _file = file;
    }

    /// <inheritdoc/>
    public long Lost { get; private set; }

    /// <summary>Requests the line as an input that reports rising edges.</summary>
    /// <exception cref="GpioException">It cannot be had; one sentence says why and what to do.</exception>
    public static LinuxGpioEdgeInput Open(GpioUri uri) => Open(uri, LinuxGpioCalls.Instance);

    /// <inheritdoc/>
    public unsafe bool TryTakeEdge(out MonotonicTime edge)
    {
        GpioAbi.LineEvent read = default;
        if (_file.IsClosed || _calls.Read(_file, &read) != 0)
        {
            edge = default;
            return false;
        }

        Lost += _lastSequence == 0 ? 0 : unchecked(read.LineSequenceNumber - _lastSequence - 1);
        _lastSequence = read.LineSequenceNumber;
        edge = new MonotonicTime((long)read.TimestampNanoseconds);
        return true;
    }

    /// <summary>Whether the line is active now.</summary>
    /// <exception cref="GpioException">The line cannot be read.</exception>
    public unsafe bool IsActive()
    {
        var values = new GpioAbi.LineValues { Mask = 1 };
        var error = _calls.Control(_file, GpioAbi.GetValues, &values);
        return error == 0 ? (values.Bits & 1) != 0 : throw new GpioException($"The GPIO input cannot be read (errno {error}).");
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    internal static LinuxGpioEdgeInput Open(GpioUri uri, IGpioCalls calls)
    {
        ArgumentNullException.ThrowIfNull(uri);
        return new LinuxGpioEdgeInput(calls, GpioRequest.Open(calls, uri, GpioAbi.FlagInput | GpioAbi.FlagEdgeRising, "ecggate loop-back"));
    }
}
