using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text;

namespace EcgGate.Isolated;

/// <summary>The loaded native library: its calls. Loaded once and never unloaded, since its runtime lives on.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed unsafe class NativeCore
{
    private const string FileName = "libecggate.so";

    private static readonly Lock Loading = new();
    private static readonly Dictionary<string, NativeCore> Loaded = new(StringComparer.Ordinal);

    private NativeCore(nint handle)
    {
        AbiVersion = (delegate* unmanaged[Cdecl]<uint>)Export(handle, "ecggate_abi_version");
        LibraryVersion = (delegate* unmanaged[Cdecl]<byte*>)Export(handle, "ecggate_version");
        LastError = (delegate* unmanaged[Cdecl]<byte*, nuint, nuint>)Export(handle, "ecggate_last_error");
        Create = (delegate* unmanaged[Cdecl]<uint, AbiOptions*, nint*, AbiStatus>)Export(handle, "ecggate_create");
        Start = (delegate* unmanaged[Cdecl]<nint, AbiStatus>)Export(handle, "ecggate_start");
        Arm = (delegate* unmanaged[Cdecl]<nint, AbiStatus>)Export(handle, "ecggate_arm");
        Permit = (delegate* unmanaged[Cdecl]<nint, long, long, AbiStatus>)Export(handle, "ecggate_permit");
        Disarm = (delegate* unmanaged[Cdecl]<nint, AbiStatus>)Export(handle, "ecggate_disarm");
        Stop = (delegate* unmanaged[Cdecl]<nint, AbiStatus>)Export(handle, "ecggate_stop");
        Wait = (delegate* unmanaged[Cdecl]<nint, long, AbiStatus>)Export(handle, "ecggate_wait");
        Destroy = (delegate* unmanaged[Cdecl]<nint, AbiStatus>)Export(handle, "ecggate_destroy");
        Push = (delegate* unmanaged[Cdecl]<nint, AbiSample*, nuint, long, AbiStatus>)Export(handle, "ecggate_push");
        NextEvent = (delegate* unmanaged[Cdecl]<nint, AbiEvent*, AbiStatus>)Export(handle, "ecggate_next_event");
        NextInputs = (delegate* unmanaged[Cdecl]<nint, AbiInput*, nuint, nuint*, AbiStatus>)Export(handle, "ecggate_next_inputs");
        GetStatistics = (delegate* unmanaged[Cdecl]<nint, AbiStatistics*, AbiStatus>)Export(handle, "ecggate_get_statistics");
        GetInfo = (delegate* unmanaged[Cdecl]<nint, AbiInfo*, AbiStatus>)Export(handle, "ecggate_get_info");
        GetText = (delegate* unmanaged[Cdecl]<nint, AbiText, byte*, nuint, nuint*, AbiStatus>)Export(handle, "ecggate_get_text");
        GetHistogram = (delegate* unmanaged[Cdecl]<nint, AbiHistogram, AbiBucket*, nuint, nuint*, AbiStatus>)Export(handle, "ecggate_get_histogram");
        GetPulses = (delegate* unmanaged[Cdecl]<nint, AbiPulse*, nuint, nuint*, AbiStatus>)Export(handle, "ecggate_get_pulses");
    }

    public delegate* unmanaged[Cdecl]<uint> AbiVersion { get; }

    public delegate* unmanaged[Cdecl]<byte*> LibraryVersion { get; }

    public delegate* unmanaged[Cdecl]<byte*, nuint, nuint> LastError { get; }

    public delegate* unmanaged[Cdecl]<uint, AbiOptions*, nint*, AbiStatus> Create { get; }

    public delegate* unmanaged[Cdecl]<nint, AbiStatus> Start { get; }

    public delegate* unmanaged[Cdecl]<nint, AbiStatus> Arm { get; }

    public delegate* unmanaged[Cdecl]<nint, long, long, AbiStatus> Permit { get; }

    public delegate* unmanaged[Cdecl]<nint, AbiStatus> Disarm { get; }

    public delegate* unmanaged[Cdecl]<nint, AbiStatus> Stop { get; }

    public delegate* unmanaged[Cdecl]<nint, long, AbiStatus> Wait { get; }

    public delegate* unmanaged[Cdecl]<nint, AbiStatus> Destroy { get; }

    public delegate* unmanaged[Cdecl]<nint, AbiSample*, nuint, long, AbiStatus> Push { get; }

    public delegate* unmanaged[Cdecl]<nint, AbiEvent*, AbiStatus> NextEvent { get; }

    public delegate* unmanaged[Cdecl]<nint, AbiInput*, nuint, nuint*, AbiStatus> NextInputs { get; }

    public delegate* unmanaged[Cdecl]<nint, AbiStatistics*, AbiStatus> GetStatistics { get; }

    public delegate* unmanaged[Cdecl]<nint, AbiInfo*, AbiStatus> GetInfo { get; }

    public delegate* unmanaged[Cdecl]<nint, AbiText, byte*, nuint, nuint*, AbiStatus> GetText { get; }

    public delegate* unmanaged[Cdecl]<nint, AbiHistogram, AbiBucket*, nuint, nuint*, AbiStatus> GetHistogram { get; }

    public delegate* unmanaged[Cdecl]<nint, AbiPulse*, nuint, nuint*, AbiStatus> GetPulses { get; }

    /// <summary>The version of the library that this assembly belongs to.</summary>
    private static string OwnVersion => typeof(NativeCore).Assembly.GetName().Version!.ToString(3);

    /// <summary>Finds and loads the library.</summary>
    /// <param name="path">Where it is; null looks beside the application.</param>
    /// <param name="core">Its calls.</param>
    /// <param name="problem">One sentence that says why not, and the cure; empty where it worked.</param>
    public static bool TryLoad(string? path, [NotNullWhen(true)] out NativeCore? core, out string problem)
    {
        core = null;
        if (!OperatingSystem.IsLinux())
        {
            problem = "The isolated runtime is built for Linux only.";
            return false;
        }

        var found = path is not null ? Path.GetFullPath(path) : Candidates().FirstOrDefault(File.Exists);
        if (found is null)
        {
            problem = $"There is no {FileName} beside the application: it is built where a C linker (gcc or clang) is found; install one and build again, or ask for the in-process runtime.";
            return false;
        }

        lock (Loading)
        {
            if (Loaded.TryGetValue(found, out core))
            {
                problem = string.Empty;
                return true;
            }

            try
            {
                core = new NativeCore(NativeLibrary.Load(found));
            }
            catch (Exception error) when (error is DllNotFoundException or BadImageFormatException or EntryPointNotFoundException)
            {
                problem = $"{found} cannot be loaded ({error.Message.Split('\n')[0]}): build it anew for this machine.";
                return false;
            }

            // Decisions must be those of this version: a library of another one might read as well, and decide otherwise.
            var version = Marshal.PtrToStringUTF8((nint)core.LibraryVersion());
            if (core.AbiVersion() != Abi.Version || version != OwnVersion)
            {
                problem = $"{found} is version {version} with interface {core.AbiVersion()}; {OwnVersion} with interface {Abi.Version} is needed: build it anew.";
                core = null;
                return false;
            }

            Loaded[found] = core;
            problem = string.Empty;
            return true;
        }
    }

    /// <summary>The text of the last error on this thread.</summary>
    public string TakeLastError()
    {
        var length = (int)LastError(null, 0);
        var bytes = new byte[length + 1];
        fixed (byte* buffer = bytes)
        {
            _ = LastError(buffer, (nuint)bytes.Length);
        }

        return Encoding.UTF8.GetString(bytes, 0, length);
    }

    private static IEnumerable<string> Candidates()
    {
        yield return Path.Combine(AppContext.BaseDirectory, FileName);
        yield return Path.Combine(AppContext.BaseDirectory, "runtimes", RuntimeInformation.RuntimeIdentifier, "native", FileName);
#pragma warning disable CA1308 // The names of platforms are in lower case.
        yield return Path.Combine(AppContext.BaseDirectory, "runtimes", $"linux-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}", "native", FileName);
#pragma warning restore CA1308
    }

    private static void* Export(nint handle, string name) => (void*)NativeLibrary.GetExport(handle, name);
}
