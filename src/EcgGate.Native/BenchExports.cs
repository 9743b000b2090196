using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using EcgGate.Emulator.Punctuality;
using EcgGate.Hardware.Gpio;
using EcgGate.Timing;

namespace EcgGate.Native;

/// <summary>
/// <c>ecggate bench</c> within the native library's own runtime. Not part of <c>ecggate.h</c>: only for the command line of the
/// same build. No exception leaves a call. One thread calls; none blocks for longer than the start takes.
/// </summary>
internal static unsafe class BenchExports
{
    /// <summary>Begins a run; 0 where it cannot be had. Lines are GPIO addresses, or empty for emulated ones.</summary>
    /// <param name="pulses">How many.</param>
    /// <param name="pipelineNanoseconds">How long samples are measured before.</param>
    /// <param name="priority">SCHED_FIFO of the pulse thread; 0 for ordinary threads.</param>
    /// <param name="processor">Its processor.</param>
    /// <param name="hasLoopback">Not 0 to measure by an input.</param>
    /// <param name="line">UTF-8, ended by 0.</param>
    /// <param name="loopback">UTF-8, ended by 0.</param>
    [UnmanagedCallersOnly(EntryPoint = "ecggate_bench_start", CallConvs = [typeof(CallConvCdecl)])]
    public static nint Start(int pulses, long pipelineNanoseconds, int priority, int processor, int hasLoopback, byte* line, byte* loopback)
    {
        IPulseLine? output = null;
        IEdgeInput? input = null;
        try
        {
            var (outputName, inputName) = (Marshal.PtrToStringUTF8((nint)line), Marshal.PtrToStringUTF8((nint)loopback));
            var emulated = hasLoopback != 0 && string.IsNullOrEmpty(outputName) ? new LoopbackLine() : null;
            output = string.IsNullOrEmpty(outputName) ? emulated : GpioUri.Parse(outputName).OpenLine();
            input = hasLoopback == 0 ? null : emulated ?? GpioUri.Parse(inputName ?? string.Empty).OpenInput();
            var run = new Measured(
                new PunctualityRun(new PunctualityOptions
                {
                    Pulses = pulses,
                    PipelineTime = TimeSpan.FromTicks(pipelineNanoseconds / 100),
                    PulseThread = new RealtimeOptions { Priority = priority, Processor = processor },
                    CoreThread = new RealtimeOptions { Priority = Math.Max(0, priority - 5) },
                    Line = output,
                    Loopback = input,
                }),
                output,
                input);
            run.Run.Start();
            return GCHandle.ToIntPtr(GCHandle.Alloc(run));
        }
        catch (Exception)
        {
            output?.Dispose();
            input?.Dispose();
            return 0;
        }
    }

    /// <summary>Pulses answered so far; −1 once it has ended.</summary>
    [UnmanagedCallersOnly(EntryPoint = "ecggate_bench_answered", CallConvs = [typeof(CallConvCdecl)])]
    public static int Answered(nint handle) => Of(handle).Run is var run && run.IsFinished ? -1 : run.Answered;

    /// <summary>Ends it early, in order.</summary>
    [UnmanagedCallersOnly(EntryPoint = "ecggate_bench_stop", CallConvs = [typeof(CallConvCdecl)])]
    public static void Stop(nint handle) => Of(handle).Run.Stop();

    /// <summary>Copies the result once it has ended, as far as there is room.</summary>
    /// <returns>How many bytes it has; 0 where there is none.</returns>
    [UnmanagedCallersOnly(EntryPoint = "ecggate_bench_result", CallConvs = [typeof(CallConvCdecl)])]
    public static nint Result(nint handle, byte* buffer, nint size)
    {
        try
        {
            var bytes = Of(handle).Bytes;
            bytes.AsSpan(0, (int)Math.Min(bytes.Length, size)).CopyTo(new Span<byte>(buffer, (int)size));
            return bytes.Length;
        }
        catch (Exception)
        {
            return 0;
        }
    }

    /// <summary>Gives everything back. The handle is void.</summary>
    [UnmanagedCallersOnly(EntryPoint = "ecggate_bench_free", CallConvs = [typeof(CallConvCdecl)])]
    public static void Free(nint handle)
    {
        try
        {
            Of(handle).Dispose();
            GCHandle.FromIntPtr(handle).Free();
        }
        catch (Exception)
        {
            // There is nothing left that could be given back.
        }
    }

    private static Measured Of(nint handle) => (Measured)GCHandle.FromIntPtr(handle).Target!;

    private sealed class Measured(PunctualityRun run, IPulseLine? line, IEdgeInput? loopback) : IDisposable
    {
        private byte[]? _bytes;

        public PunctualityRun Run { get; } = run;

        public byte[] Bytes => _bytes ??= PunctualityMemory.Write(Run.TakeResult());

        public void Dispose()
        {
            Run.Dispose();
            line?.Dispose();
            loopback?.Dispose();
        }
    }
}
