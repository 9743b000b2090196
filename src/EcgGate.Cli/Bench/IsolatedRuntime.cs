using System.Runtime.InteropServices;
using System.Text;
using EcgGate.Emulator.Punctuality;

namespace EcgGate.Cli.Bench;

/// <summary>
/// The real-time part in a runtime of its own, in the native library beside the program, which the collections of this one do
/// not halt.
/// </summary>
internal sealed unsafe class IsolatedRuntime : IBenchRuntime
{
    private const string Library = "libecggate.so";
    private static readonly TimeSpan ProgressPeriod = TimeSpan.FromMilliseconds(250);

    private readonly delegate* unmanaged[Cdecl]<int, long, int, int, int, byte*, byte*, nint> _start;
    private readonly delegate* unmanaged[Cdecl]<nint, int> _answered;
    private readonly delegate* unmanaged[Cdecl]<nint, void> _stop;
    private readonly delegate* unmanaged[Cdecl]<nint, byte*, nint, nint> _result;
    private readonly delegate* unmanaged[Cdecl]<nint, void> _free;
    private readonly string? _line;
    private readonly bool _hasLoopback;
    private readonly string? _loopback;

    /// <summary>Looks for the library.</summary>
    /// <param name="line">A GPIO address; null for an emulated line.</param>
    /// <param name="hasLoopback">Whether to measure by an input.</param>
    /// <param name="loopback">A GPIO address; null for the emulated line's input.</param>
    public IsolatedRuntime(string? line, bool hasLoopback, string? loopback)
    {
        _line = line;
        _hasLoopback = hasLoopback;
        _loopback = loopback;
        if (!NativeLibrary.TryLoad(Path.Combine(AppContext.BaseDirectory, Library), out var library))
        {
            return;
        }

        nint Find(string name) => NativeLibrary.TryGetExport(library, $"ecggate_bench_{name}", out var export) ? export : 0;
        _start = (delegate* unmanaged[Cdecl]<int, long, int, int, int, byte*, byte*, nint>)Find("start");
        _answered = (delegate* unmanaged[Cdecl]<nint, int>)Find("answered");
        _stop = (delegate* unmanaged[Cdecl]<nint, void>)Find("stop");
        _result = (delegate* unmanaged[Cdecl]<nint, byte*, nint, nint>)Find("result");
        _free = (delegate* unmanaged[Cdecl]<nint, void>)Find("free");
    }

    public string Name => "isolated";

    public string? Unavailable => _start is not null && _answered is not null && _stop is not null && _result is not null && _free is not null
        ? null
        : $"The isolated runtime is not available in this build ({Library} is not beside the program, or is an older one): what is measured is the in-process one, which each collection of its host halts.";

    public PunctualityResult Measure(PunctualityOptions options, Action<int> progress, CancellationToken cancellation)
    {
        nint run;
        fixed (byte* line = Text(_line))
        fixed (byte* loopback = Text(_loopback))
        {
            run = _start(
                options.Pulses,
                options.PipelineTime.Ticks * 100,
                options.PulseThread.Priority,
                options.PulseThread.Processor ?? 0,
                _hasLoopback ? 1 : 0,
                line,
                loopback);
        }

        if (run == 0)
        {
            throw new CliException("The isolated runtime could not begin to measure; with --runtime in-process the reason would show.");
        }

        try
        {
            while (_answered(run) is var answered and >= 0)
            {
                progress(answered);
                Thread.Sleep(ProgressPeriod);
                if (cancellation.IsCancellationRequested)
                {
                    _stop(run);
                }
            }

            var bytes = new byte[_result(run, null, 0)];
            fixed (byte* buffer = bytes)
            {
                _ = _result(run, buffer, bytes.Length);
            }

            return PunctualityMemory.Read(bytes);
        }
        catch (FormatException problem)
        {
            throw new CliException($"{Library}: {problem.Message} Build the whole anew.", problem);
        }
        finally
        {
            _free(run);
        }
    }

    private static byte[] Text(string? text) => Encoding.UTF8.GetBytes((text ?? string.Empty) + '\0');
}
