using System.Runtime.CompilerServices;
using EcgGate.Timing;
using Microsoft.Win32.SafeHandles;

namespace EcgGate.Hardware.Gpio;

/// <summary>The trigger line on a GPIO output of the Linux character device (its second version, Linux 5.10 or later).</summary>
/// <remarks>
/// <para>
/// Requested as an output that is inactive from the first moment. Each edge is one ioctl: no allocation, no lock, no
/// exception. One thread drives it, the pulse timer's; <see cref="Dispose"/> comes after that timer has ended.
/// </para>
/// <para>
/// The line is lowered when the process ends in order while it is high, and refuses to rise from then on. No program can
/// do that when it is killed or the machine hangs: what the pin does then is up to its driver, and mostly it stays as it
/// is. So the line needs a monostable in hardware that cuts it: see <c>docs/board.md</c>.
/// </para>
/// </remarks>
public sealed class LinuxGpioPulseLine : IPulseLine
{
    private readonly IGpioCalls _calls;
    private readonly SafeFileHandle _file;
    private readonly EventHandler _onExit;
    private volatile bool _closed;

    private LinuxGpioPulseLine(IGpioCalls calls, SafeFileHandle file)
    {
        _calls = calls;
        _file = file;
        _onExit = (_, _) => Close();
        AppDomain.CurrentDomain.ProcessExit += _onExit;
    }

    /// <summary>Requests the line; it is inactive.</summary>
    /// <exception cref="GpioException">It cannot be had; one sentence says why and what to do.</exception>
    public static LinuxGpioPulseLine Open(GpioUri uri) => Open(uri, LinuxGpioCalls.Instance);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool TryRaise() => !_closed && Set(1) && Standing();

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool TryLower() => Set(0);

    /// <summary>Makes the line inactive and gives it back.</summary>
    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= _onExit;
        Close();
        _file.Dispose();
    }

    internal static LinuxGpioPulseLine Open(GpioUri uri, IGpioCalls calls)
    {
        ArgumentNullException.ThrowIfNull(uri);
        var line = new LinuxGpioPulseLine(calls, GpioRequest.Open(calls, uri, GpioAbi.FlagOutput, "ecggate pulse"));

        // The way of each later edge, compiled and its pages touched; the line is low already.
        _ = line.TryLower();
        return line;
    }

    /// <summary>The process ends: low, and never high again.</summary>
    internal void Close()
    {
        _closed = true;
        if (!_file.IsClosed)
        {
            _ = TryLower();
        }
    }

    /// <summary>An end that came while the line rose takes the edge back.</summary>
    private bool Standing()
    {
        if (_closed)
        {
            _ = TryLower();
            return false;
        }

        return true;
    }

    private unsafe bool Set(ulong value)
    {
        if (_file.IsClosed)
        {
            return false;
        }

        var values = new GpioAbi.LineValues { Bits = value, Mask = 1 };
        return _calls.Control(_file, GpioAbi.SetValues, &values) == 0;
    }
}
