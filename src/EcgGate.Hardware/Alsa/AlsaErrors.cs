namespace EcgGate.Hardware.Alsa;

/// <summary>The errno values of libasound that have a meaning of their own here.</summary>
internal static class AlsaErrors
{
    public const int NotPermitted = -1;
    public const int NoEntry = -2;
    public const int Interrupted = -4;
    public const int TryAgain = -11;
    public const int AccessDenied = -13;
    public const int Busy = -16;
    public const int NoDevice = -19;
    public const int InvalidArgument = -22;
    public const int Overrun = -32;
    public const int Suspended = -86;
}
