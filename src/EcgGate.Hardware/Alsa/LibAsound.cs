using System.Runtime.InteropServices;

namespace EcgGate.Hardware.Alsa;

/// <summary>libasound, as far as capturing needs it.</summary>
/// <remarks>
/// The library is looked for by the name that its binary interface has had since 2000, libasound.so.2: libasound.so
/// belongs to the development package.
/// </remarks>
internal static unsafe partial class LibAsound
{
    public const int Capture = 1;
    public const int NonBlocking = 1;
    public const int Interleaved = 3;
    public const int TimeStamps = 1;
    public const int Monotonic = 1;

    private const string Library = "libasound.so.2";

    /// <summary>True where the library can be loaded.</summary>
    public static bool IsInstalled { get; } = NativeLibrary.TryLoad(Library, out _);

    public static string Describe(int error) => Marshal.PtrToStringUTF8(ErrorText(error)) ?? $"error {error}";

    [LibraryImport(Library, EntryPoint = "snd_pcm_open", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(out PcmHandle pcm, string name, int stream, int mode);

    [LibraryImport(Library, EntryPoint = "snd_pcm_close")]
    public static partial int Close(nint pcm);

    [LibraryImport(Library, EntryPoint = "snd_pcm_start")]
    public static partial int Start(PcmHandle pcm);

    [LibraryImport(Library, EntryPoint = "snd_pcm_prepare")]
    public static partial int Prepare(PcmHandle pcm);

    [LibraryImport(Library, EntryPoint = "snd_pcm_wait")]
    public static partial int Wait(PcmHandle pcm, int milliseconds);

    [LibraryImport(Library, EntryPoint = "snd_pcm_htimestamp")]
    public static partial int TimeStamp(PcmHandle pcm, out CULong frames, out TimeSpecification time);

    [LibraryImport(Library, EntryPoint = "snd_pcm_readi")]
    public static partial CLong Read(PcmHandle pcm, void* buffer, CULong frames);

    [LibraryImport(Library, EntryPoint = "snd_pcm_hw_params_malloc")]
    public static partial int NewHardware(out HardwareParameters parameters);

    [LibraryImport(Library, EntryPoint = "snd_pcm_hw_params_free")]
    public static partial void FreeHardware(nint parameters);

    [LibraryImport(Library, EntryPoint = "snd_pcm_hw_params_any")]
    public static partial int Any(PcmHandle pcm, HardwareParameters parameters);

    [LibraryImport(Library, EntryPoint = "snd_pcm_hw_params_set_rate_resample")]
    public static partial int SetResample(PcmHandle pcm, HardwareParameters parameters, uint resample);

    [LibraryImport(Library, EntryPoint = "snd_pcm_hw_params_set_access")]
    public static partial int SetAccess(PcmHandle pcm, HardwareParameters parameters, int access);

    [LibraryImport(Library, EntryPoint = "snd_pcm_hw_params_set_format")]
    public static partial int SetFormat(PcmHandle pcm, HardwareParameters parameters, int format);

    [LibraryImport(Library, EntryPoint = "snd_pcm_hw_params_set_channels_near")]
    public static partial int SetChannels(PcmHandle pcm, HardwareParameters parameters, ref uint channels);

    [LibraryImport(Library, EntryPoint = "snd_pcm_hw_params_set_rate_near")]
    public static partial int SetRate(PcmHandle pcm, HardwareParameters parameters, ref uint rate, ref int direction);

    [LibraryImport(Library, EntryPoint = "snd_pcm_hw_params_set_period_size_near")]
    public static partial int SetPeriod(PcmHandle pcm, HardwareParameters parameters, ref CULong frames, ref int direction);

    [LibraryImport(Library, EntryPoint = "snd_pcm_hw_params_set_buffer_size_near")]
    public static partial int SetBuffer(PcmHandle pcm, HardwareParameters parameters, ref CULong frames);

    [LibraryImport(Library, EntryPoint = "snd_pcm_hw_params")]
    public static partial int Apply(PcmHandle pcm, HardwareParameters parameters);

    [LibraryImport(Library, EntryPoint = "snd_pcm_sw_params_malloc")]
    public static partial int NewSoftware(out SoftwareParameters parameters);

    [LibraryImport(Library, EntryPoint = "snd_pcm_sw_params_free")]
    public static partial void FreeSoftware(nint parameters);

    [LibraryImport(Library, EntryPoint = "snd_pcm_sw_params_current")]
    public static partial int Current(PcmHandle pcm, SoftwareParameters parameters);

    [LibraryImport(Library, EntryPoint = "snd_pcm_sw_params_set_avail_min")]
    public static partial int SetWakeUp(PcmHandle pcm, SoftwareParameters parameters, CULong frames);

    [LibraryImport(Library, EntryPoint = "snd_pcm_sw_params_set_tstamp_mode")]
    public static partial int SetStampMode(PcmHandle pcm, SoftwareParameters parameters, int mode);

    [LibraryImport(Library, EntryPoint = "snd_pcm_sw_params_set_tstamp_type")]
    public static partial int SetStampClock(PcmHandle pcm, SoftwareParameters parameters, int clock);

    [LibraryImport(Library, EntryPoint = "snd_pcm_sw_params")]
    public static partial int Apply(PcmHandle pcm, SoftwareParameters parameters);

    [LibraryImport(Library, EntryPoint = "snd_strerror")]
    private static partial nint ErrorText(int error);

    [StructLayout(LayoutKind.Sequential)]
    public struct TimeSpecification
    {
        public CLong Seconds;
        public CLong Nanoseconds;
    }

    /// <summary>An opened PCM; closing it stops the capture.</summary>
    public sealed class PcmHandle : SafeHandle
    {
        public PcmHandle()
            : base(0, ownsHandle: true)
        {
        }

        public override bool IsInvalid => handle == 0;

        protected override bool ReleaseHandle() => LibAsound.Close(handle) >= 0;
    }

    /// <summary>What a device can do, and was told to do.</summary>
    public sealed class HardwareParameters : SafeHandle
    {
        public HardwareParameters()
            : base(0, ownsHandle: true)
        {
        }

        public override bool IsInvalid => handle == 0;

        protected override bool ReleaseHandle()
        {
            FreeHardware(handle);
            return true;
        }
    }

    /// <summary>When the library wakes up, and what it stamps with.</summary>
    public sealed class SoftwareParameters : SafeHandle
    {
        public SoftwareParameters()
            : base(0, ownsHandle: true)
        {
        }

        public override bool IsInvalid => handle == 0;

        protected override bool ReleaseHandle()
        {
            FreeSoftware(handle);
            return true;
        }
    }
}
