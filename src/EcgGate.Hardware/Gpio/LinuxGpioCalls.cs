using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace EcgGate.Hardware.Gpio;

/// <summary>The calls as the C library has them.</summary>
internal sealed unsafe partial class LinuxGpioCalls : IGpioCalls
{
    private const int ReadWrite = 2;
    private const int CloseOnExec = 0x80000;
    private const short PollIn = 1;
    private const short PollFailed = 0x8 | 0x10 | 0x20;

    public static LinuxGpioCalls Instance { get; } = new();

    public int Open(string path, out SafeFileHandle? file)
    {
        var descriptor = OpenFile(path, ReadWrite | CloseOnExec);
        var error = descriptor < 0 ? Marshal.GetLastPInvokeError() : 0;
        file = descriptor < 0 ? null : Adopt(descriptor);
        return error;
    }

    public int Control(SafeFileHandle file, uint request, void* argument) =>
        ControlFile(file, request, argument) < 0 ? Marshal.GetLastPInvokeError() : 0;

    public int Wait(SafeFileHandle file, int milliseconds)
    {
        var poll = new PollFile { Descriptor = (int)file.DangerousGetHandle(), Events = PollIn };
        var ready = Poll(&poll, 1, milliseconds);
        GC.KeepAlive(file);
        return ready < 0 ? Marshal.GetLastPInvokeError()
            : (poll.Returned & PollIn) != 0 ? 0
            : (poll.Returned & PollFailed) != 0 ? GpioErrors.NoDevice : GpioErrors.TryAgain;
    }

    public int Read(SafeFileHandle file, GpioAbi.LineEvent* gpioEvent)
    {
        // A line's file cannot be opened without blocking: ask first.
        if (Wait(file, 0) is var error and not 0)
        {
            return error;
        }

        var read = ReadFile(file, gpioEvent, (nuint)sizeof(GpioAbi.LineEvent));
        return read < 0 ? Marshal.GetLastPInvokeError() : read == sizeof(GpioAbi.LineEvent) ? 0 : GpioErrors.TryAgain;
    }

    public SafeFileHandle Adopt(int fileDescriptor) => new(fileDescriptor, ownsHandle: true);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFile(string path, int flags);

    // ioctl is variadic; integers and pointers go the same way on the processors that .NET runs Linux on.
    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int ControlFile(SafeFileHandle file, nuint request, void* argument);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint ReadFile(SafeFileHandle file, void* buffer, nuint length);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(PollFile* files, nuint count, int milliseconds);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollFile
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }
}
