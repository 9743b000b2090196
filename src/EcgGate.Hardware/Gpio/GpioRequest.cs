using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace EcgGate.Hardware.Gpio;

/// <summary>Requests one line from its chip, and says in words why it cannot be had.</summary>
internal static unsafe class GpioRequest
{
    private const int NameBytes = 32;

    /// <summary>Requests the line.</summary>
    /// <param name="calls">The system.</param>
    /// <param name="uri">Which line.</param>
    /// <param name="flags">Direction and edges; the active level is added.</param>
    /// <param name="consumer">Who wants it, shown by <c>gpioinfo</c>; at most 31 letters.</param>
    /// <returns>The line's own file.</returns>
    /// <exception cref="GpioException">It cannot be had.</exception>
    public static SafeFileHandle Open(IGpioCalls calls, GpioUri uri, ulong flags, string consumer)
    {
        if (!OperatingSystem.IsLinux() && calls is LinuxGpioCalls)
        {
            throw new GpioException($"{uri}: GPIO lines are opened on Linux only; this is {Environment.OSVersion}.");
        }

        if (calls.Open(uri.Chip, out var chip) is var error and not 0)
        {
            throw Refused(uri, error);
        }

        using (chip)
        {
            CheckLine(calls, chip!, uri);
            GpioAbi.LineRequest request = default;
            request.Offsets[0] = (uint)uri.Line;
            request.LineCount = 1;
            request.Config.Flags = flags | (uri.IsActiveLow ? GpioAbi.FlagActiveLow : 0);
            Encoding.ASCII.GetBytes(consumer, new Span<byte>(request.Consumer, NameBytes - 1));
            if ((flags & GpioAbi.FlagOutput) != 0)
            {
                // Inactive from the first moment, whichever level that is.
                request.Config.AttributeCount = 1;
                request.Config.Attributes[0] = new GpioAbi.ConfigAttribute { Id = GpioAbi.AttributeOutputValues, Values = 0, Mask = 1 };
            }

            error = calls.Control(chip!, GpioAbi.GetLine, &request);
            return error == 0 ? calls.Adopt(request.FileDescriptor) : throw Refused(uri, error, Consumer(calls, chip!, uri));
        }
    }

    private static void CheckLine(IGpioCalls calls, SafeFileHandle chip, GpioUri uri)
    {
        GpioAbi.ChipInfo info;
        var error = calls.Control(chip, GpioAbi.GetChipInfo, &info);
        if (error != 0)
        {
            throw new GpioException($"{uri}: {uri.Chip} is no GPIO chip ({Describe(error)}); 'gpiodetect' lists those that there are.");
        }

        if (uri.Line >= info.Lines)
        {
            throw new GpioException($"{uri}: {uri.Chip} ({Text(info.Label)}) has lines 0 to {info.Lines - 1}, and line is {uri.Line}; 'gpioinfo' lists them.");
        }
    }

    private static string? Consumer(IGpioCalls calls, SafeFileHandle chip, GpioUri uri)
    {
        GpioAbi.LineInfo info = default;
        info.Offset = (uint)uri.Line;
        return calls.Control(chip, GpioAbi.GetLineInfo, &info) == 0 && (info.Flags & GpioAbi.FlagUsed) != 0 && Text(info.Consumer) is { Length: > 0 } user
            ? user
            : null;
    }

    private static GpioException Refused(GpioUri uri, int error, string? user = null) => new(error switch
    {
        GpioErrors.NoEntry or GpioErrors.NoDevice => $"{uri}: there is no {uri.Chip}: check that the GPIO driver is loaded, and the chip's number with 'gpiodetect'.",
        GpioErrors.AccessDenied or GpioErrors.NotPermitted => $"{uri}: no permission for {uri.Chip}: add the user to group gpio (sudo usermod -aG gpio $USER) and log in again.",
        GpioErrors.Busy => $"{uri}: line {uri.Line} of {uri.Chip} is in use{(user is null ? "" : $" by '{user}'")}: end that program, or choose another line.",
        GpioErrors.NotATerminal => $"{uri}: this kernel has no second version of the GPIO character device; Linux 5.10 or later is needed.",
        GpioErrors.InvalidArgument => $"{uri}: line {uri.Line} of {uri.Chip} cannot be used so (EINVAL): the chip does not offer this direction, level or edge on it, or the kernel is older than 5.10; 'gpioinfo' lists what it offers.",
        _ => $"{uri}: line {uri.Line} of {uri.Chip} cannot be had ({Describe(error)}).",
    });

    private static string Describe(int error) => Marshal.GetPInvokeErrorMessage(error).TrimEnd('.');

    private static string Text(byte* name) => Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(name));
}
