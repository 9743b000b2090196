using Microsoft.Win32.SafeHandles;

namespace EcgGate.Hardware.Gpio;

/// <summary>The few calls of the system that GPIO lines need: the seam at which tests put a chip of their own.</summary>
/// <remarks>Each returns 0 or an errno, never throws. <see cref="Control"/> allocates nothing.</remarks>
internal unsafe interface IGpioCalls
{
    /// <summary>open(2), for reading and writing.</summary>
    int Open(string path, out SafeFileHandle? file);

    /// <summary>ioctl(2).</summary>
    int Control(SafeFileHandle file, uint request, void* argument);

    /// <summary>read(2) of one event without waiting; EAGAIN if there is none.</summary>
    int Read(SafeFileHandle file, GpioAbi.LineEvent* gpioEvent);

    /// <summary>poll(2): 0 once there is an event to read, EAGAIN when the time is over. Allocates nothing.</summary>
    int Wait(SafeFileHandle file, int milliseconds);

    /// <summary>Takes over a file that <see cref="GpioAbi.GetLine"/> opened.</summary>
    SafeFileHandle Adopt(int fileDescriptor);
}
