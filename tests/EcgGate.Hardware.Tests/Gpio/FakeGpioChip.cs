using System.Text;
using EcgGate.Hardware.Gpio;
using Microsoft.Win32.SafeHandles;

namespace EcgGate.Hardware.Tests.Gpio;

/// <summary>A chip of 54 lines behind the driver's few calls: answers as the kernel does, and notes what it was asked.</summary>
internal sealed unsafe class FakeGpioChip : IGpioCalls
{
    public const int Lines = 54;

    public int OpenError { get; init; }

    public int ChipError { get; init; }

    public int LineError { get; init; }

    /// <summary>Who has the line already.</summary>
    public string? User { get; init; }

    /// <summary>What an edge answers.</summary>
    public int SetError { get; set; }

    /// <summary>The physical level, as the active one.</summary>
    public bool IsActive { get; set; }

    /// <summary>What waiting answers, where it fails.</summary>
    public int WaitError { get; set; }

    public int Sets { get; private set; }

    public string? OpenedPath { get; private set; }

    public GpioAbi.LineRequest Requested { get; private set; }

    public Queue<GpioAbi.LineEvent> Events { get; } = new();

    /// <summary>What happens while somebody waits.</summary>
    public Action? Waiting { get; set; }

    public int Open(string path, out SafeFileHandle? file)
    {
        OpenedPath = path;
        file = OpenError == 0 ? Handle() : null;
        return OpenError;
    }

    public int Control(SafeFileHandle file, uint request, void* argument)
    {
        switch (request)
        {
            case GpioAbi.GetChipInfo:
                var info = (GpioAbi.ChipInfo*)argument;
                *info = default;
                info->Lines = Lines;
                Encoding.ASCII.GetBytes("pinctrl-fake", new Span<byte>(info->Label, 31));
                return ChipError;
            case GpioAbi.GetLineInfo:
                var line = (GpioAbi.LineInfo*)argument;
                line->Flags = User is null ? 0 : GpioAbi.FlagUsed;
                Encoding.ASCII.GetBytes(User ?? "", new Span<byte>(line->Consumer, 31));
                return 0;
            case GpioAbi.GetLine:
                Requested = *(GpioAbi.LineRequest*)argument;
                ((GpioAbi.LineRequest*)argument)->FileDescriptor = 99;
                return LineError;
            case GpioAbi.SetValues:
                Sets++;
                var values = (GpioAbi.LineValues*)argument;
                if (SetError == 0 && (values->Mask & 1) != 0)
                {
                    IsActive = (values->Bits & 1) != 0;
                }

                return SetError;
            case GpioAbi.GetValues:
                ((GpioAbi.LineValues*)argument)->Bits = IsActive ? 1UL : 0;
                return 0;
            default:
                return GpioErrors.NotATerminal;
        }
    }

    public int Wait(SafeFileHandle file, int milliseconds)
    {
        Waiting?.Invoke();
        return WaitError != 0 ? WaitError : Events.Count > 0 ? 0 : GpioErrors.TryAgain;
    }

    public int Read(SafeFileHandle file, GpioAbi.LineEvent* gpioEvent)
    {
        if (!Events.TryDequeue(out var next))
        {
            return GpioErrors.TryAgain;
        }

        *gpioEvent = next;
        return 0;
    }

    public SafeFileHandle Adopt(int fileDescriptor) => Handle();

    // A handle that is none of the system's and closes nothing.
    private static SafeFileHandle Handle() => new(1_000_000, ownsHandle: false);
}
