using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using EcgGate.Isolated;
using EcgGate.Timing;

namespace EcgGate.Native;

/// <summary>
/// The calls that <c>ecggate.h</c> declares, and documents. No exception leaves one: it becomes a status and the text
/// of <c>ecggate_last_error</c>.
/// </summary>
internal static unsafe class Exports
{
    private static readonly byte* Version = ToStaticText(typeof(GateCore).Assembly.GetName().Version!.ToString(3));

    [UnmanagedCallersOnly(EntryPoint = "ecggate_abi_version", CallConvs = [typeof(CallConvCdecl)])]
    public static uint AbiVersion() => Abi.Version;

    [UnmanagedCallersOnly(EntryPoint = "ecggate_version", CallConvs = [typeof(CallConvCdecl)])]
    public static byte* LibraryVersion() => Version;

    [UnmanagedCallersOnly(EntryPoint = "ecggate_now_ns", CallConvs = [typeof(CallConvCdecl)])]
    public static long Now() => MonotonicClock.Now.Nanoseconds;

    [UnmanagedCallersOnly(EntryPoint = "ecggate_last_error", CallConvs = [typeof(CallConvCdecl)])]
    public static nuint LastErrorText(byte* buffer, nuint size)
    {
        try
        {
            return Copy(LastError.Text, buffer, size);
        }
        catch (Exception)
        {
            // Out of memory at the worst: there is no text then.
            return 0;
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "ecggate_options_default", CallConvs = [typeof(CallConvCdecl)])]
    public static AbiStatus OptionsDefault(AbiOptions* options)
    {
        try
        {
            return Give(AbiConversion.ToAbi(new GateOptions(), new GateEngineOptions()) with { BoardRateHz = 500 }, options);
        }
        catch (Exception error)
        {
            return LastError.Set(error);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "ecggate_create", CallConvs = [typeof(CallConvCdecl)])]
    public static AbiStatus Create(uint abiVersion, AbiOptions* options, nint* engine)
    {
        try
        {
            if (engine is null)
            {
                return LastError.Set(AbiStatus.BadArgument, "engine is NULL.");
            }

            *engine = 0;
            if (abiVersion != Abi.Version)
            {
                return LastError.Set(AbiStatus.AbiMismatch, $"The caller was built for interface {abiVersion}, this library has {Abi.Version}: build the caller with the library's own ecggate.h.");
            }

            if (!TryTake(options, out AbiOptions given, out var problem))
            {
                return LastError.Set(AbiStatus.BadArgument, problem);
            }

            var made = Make(in given);
            try
            {
                *engine = Engines.Add(made);
            }
            catch
            {
                made.Dispose();
                throw;
            }

            return AbiStatus.Ok;
        }
        catch (Exception error)
        {
            return LastError.Set(error);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "ecggate_start", CallConvs = [typeof(CallConvCdecl)])]
    public static AbiStatus Start(nint engine)
    {
        try
        {
            if (Engines.Find(engine) is not { } found)
            {
                return NoEngine();
            }

            found.Start();
            return AbiStatus.Ok;
        }
        catch (Exception error)
        {
            return LastError.Set(error);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "ecggate_arm", CallConvs = [typeof(CallConvCdecl)])]
    public static AbiStatus Arm(nint engine)
    {
        try
        {
            if (Engines.Find(engine) is not { } found)
            {
                return NoEngine();
            }

            return found.Arm() ? AbiStatus.Ok : LastError.Set(AbiStatus.BadState, "The engine has stopped or ended: it cannot be armed any more.");
        }
        catch (Exception error)
        {
            return LastError.Set(error);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "ecggate_permit", CallConvs = [typeof(CallConvCdecl)])]
    public static AbiStatus Permit(nint engine, long upToPulses, long validForNs)
    {
        try
        {
            if (Engines.Find(engine) is not { } found)
            {
                return NoEngine();
            }

            if (upToPulses < 0)
            {
                return LastError.Set(AbiStatus.BadArgument, "up_to_pulses is a count: at least 0.");
            }

            var validFor = AbiConversion.ToTimeSpan("valid_for_ns", validForNs);
            if (validFor <= TimeSpan.Zero || validFor > TimeSpan.FromDays(1))
            {
                return LastError.Set(AbiStatus.BadArgument, "valid_for_ns must lie above 0 and be at most a day.");
            }

            return found.Permit(upToPulses, validFor) ? AbiStatus.Ok : LastError.Set(AbiStatus.BadState, "The engine is not armed: a permit is for the arming that holds.");
        }
        catch (Exception error)
        {
            return LastError.Set(error);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "ecggate_disarm", CallConvs = [typeof(CallConvCdecl)])]
    public static AbiStatus Disarm(nint engine)
    {
        try
        {
            if (Engines.Find(engine) is not { } found)
            {
                return NoEngine();
            }

            found.Disarm();
            return AbiStatus.Ok;
        }
        catch (Exception error)
        {
            return LastError.Set(error);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "ecggate_stop", CallConvs = [typeof(CallConvCdecl)])]
    public static AbiStatus Stop(nint engine)
    {
        try
        {
            if (Engines.Find(engine) is not { } found)
            {
                return NoEngine();
            }

            return found.Stop() ? AbiStatus.Ok : LastError.Set(AbiStatus.TimedOut, found.Failure);
        }
        catch (Exception error)
        {
            return LastError.Set(error);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "ecggate_wait", CallConvs = [typeof(CallConvCdecl)])]
    public static AbiStatus Wait(nint engine, long timeoutNanoseconds)
    {
        try
        {
            if (Engines.Find(engine) is not { } found)
            {
                return NoEngine();
            }

            // A wait has milliseconds; at the longest 24 days, which is without end to whoever waits.
            var milliseconds = timeoutNanoseconds < 0 ? -1 : Math.Min(int.MaxValue, (timeoutNanoseconds + 999_999) / 1_000_000);
            return found.Wait(TimeSpan.FromMilliseconds(milliseconds)) ? AbiStatus.Ok : AbiStatus.TimedOut;
        }
        catch (Exception error)
        {
            return LastError.Set(error);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "ecggate_destroy", CallConvs = [typeof(CallConvCdecl)])]
    public static AbiStatus Destroy(nint engine)
    {
        try
        {
            if (Engines.Remove(engine) is not { } found)
            {
                return NoEngine();
            }

            found.Dispose();
            return found.IsRunning
                ? LastError.Set(AbiStatus.TimedOut, $"{found.Failure} The event memory must not be freed: a thread may still write into it.")
                : AbiStatus.Ok;
        }
        catch (Exception error)
        {
            return LastError.Set(error);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "ecggate_push", CallConvs = [typeof(CallConvCdecl)])]
    public static AbiStatus Push(nint engine, AbiSample* samples, nuint count, long lastTimeNanoseconds)
    {
        try
        {
            if (Engines.Find(engine) is not { } found)
            {
                return NoEngine();
            }

            return samples is null && count > 0
                ? LastError.Set(AbiStatus.BadArgument, "samples is NULL.")
                : found.Push(samples, count, lastTimeNanoseconds);
        }
        catch (Exception error)
        {
            return LastError.Set(error);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "ecggate_next_event", CallConvs = [typeof(CallConvCdecl)])]
    public static AbiStatus NextEvent(nint engine, AbiEvent* gateEvent)
    {
        try
        {
            if (Engines.Find(engine) is not { } found)
            {
                return NoEngine();
            }

            if (gateEvent is null || gateEvent->Size < sizeof(uint))
            {
                return NoRoom();
            }

            return found.TryReadEvent(out var next) ? Give(in next, gateEvent) : AbiStatus.Empty;
        }
        catch (Exception error)
        {
            return LastError.Set(error);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "ecggate_next_inputs", CallConvs = [typeof(CallConvCdecl)])]
    public static AbiStatus NextInputs(nint engine, AbiInput* inputs, nuint capacity, nuint* count)
    {
        try
        {
            if (Engines.Find(engine) is not { } found)
            {
                return NoEngine();
            }

            if (count is null)
            {
                return LastError.Set(AbiStatus.BadArgument, "count is NULL.");
            }

            if (!found.KeepsInputs)
            {
                return LastError.Set(AbiStatus.BadState, "No inputs are kept: options.input_memory was NULL.");
            }

            *count = (nuint)found.ReadInputs(SpanOf(inputs, capacity));
            return AbiStatus.Ok;
        }
        catch (Exception error)
        {
            return LastError.Set(error);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "ecggate_get_statistics", CallConvs = [typeof(CallConvCdecl)])]
    public static AbiStatus GetStatistics(nint engine, AbiStatistics* statistics)
    {
        try
        {
            return Engines.Find(engine) is { } found ? Give(found.GetStatistics(), statistics) : NoEngine();
        }
        catch (Exception error)
        {
            return LastError.Set(error);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "ecggate_get_info", CallConvs = [typeof(CallConvCdecl)])]
    public static AbiStatus GetInfo(nint engine, AbiInfo* info)
    {
        try
        {
            return Engines.Find(engine) is { } found ? Give(found.GetInfo(), info) : NoEngine();
        }
        catch (Exception error)
        {
            return LastError.Set(error);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "ecggate_get_text", CallConvs = [typeof(CallConvCdecl)])]
    public static AbiStatus GetText(nint engine, AbiText which, byte* buffer, nuint size, nuint* length)
    {
        try
        {
            if (Engines.Find(engine) is not { } found)
            {
                return NoEngine();
            }

            if (length is null)
            {
                return LastError.Set(AbiStatus.BadArgument, "length is NULL.");
            }

            var text = which switch
            {
                AbiText.Failure => found.Failure,
                AbiText.CoreWarnings => found.CoreWarnings,
                AbiText.PulseWarnings => found.PulseWarnings,
                AbiText.SourceName => found.SourceName,
                _ => throw new ArgumentException($"There is no text {(int)which}."),
            };
            *length = Copy(text, buffer, size);
            return AbiStatus.Ok;
        }
        catch (Exception error)
        {
            return LastError.Set(error);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "ecggate_get_histogram", CallConvs = [typeof(CallConvCdecl)])]
    public static AbiStatus GetHistogram(nint engine, AbiHistogram which, AbiBucket* buckets, nuint capacity, nuint* count)
    {
        try
        {
            if (Engines.Find(engine) is not { } found)
            {
                return NoEngine();
            }

            if (count is null)
            {
                return LastError.Set(AbiStatus.BadArgument, "count is NULL.");
            }

            *count = found.CopyHistogram(which, SpanOf(buckets, capacity));
            return AbiStatus.Ok;
        }
        catch (Exception error)
        {
            return LastError.Set(error);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "ecggate_get_pulses", CallConvs = [typeof(CallConvCdecl)])]
    public static AbiStatus GetPulses(nint engine, AbiPulse* pulses, nuint capacity, nuint* count)
    {
        try
        {
            if (Engines.Find(engine) is not { } found)
            {
                return NoEngine();
            }

            if (count is null)
            {
                return LastError.Set(AbiStatus.BadArgument, "count is NULL.");
            }

            if (found.GetPulses() is not { } seen)
            {
                return LastError.Set(AbiStatus.BadState, "There is no emulated generator.");
            }

            var room = SpanOf(pulses, capacity);
            for (var i = 0; i < Math.Min(room.Length, seen.Count); i++)
            {
                room[i] = seen[i];
            }

            *count = (nuint)seen.Count;
            return AbiStatus.Ok;
        }
        catch (Exception error)
        {
            return LastError.Set(error);
        }
    }

    private static NativeEngine Make(in AbiOptions options)
    {
        var sourceUri = Marshal.PtrToStringUTF8((nint)options.SourceUri) ?? throw new ArgumentException("source_uri is NULL.");
        var lineUri = Marshal.PtrToStringUTF8((nint)options.LineUri) ?? Abi.NullLineUri;
        var name = Marshal.PtrToStringUTF8((nint)options.SourceName);
        var gate = AbiConversion.ToGateOptions(in options);
        var problems = gate.Validate();
        if (problems.Count > 0)
        {
            throw new ArgumentException(string.Join(' ', problems));
        }

        var engineOptions = AbiConversion.ToEngineOptions(in options);
        var events = new EventMemory(options.EventMemory, options.EventMemoryBytes);
        var inputs = options.InputMemory is null && options.InputMemoryBytes == 0 ? null : new InputMemory(options.InputMemory, options.InputMemoryBytes);
        if (sourceUri == Abi.PushUri)
        {
            var line = NativeConnection.OpenLine(lineUri, null, in options);
            try
            {
                return new PushEngine(name ?? sourceUri, in options, line, gate, engineOptions, events, inputs);
            }
            catch
            {
                line.Dispose();
                throw;
            }
        }

        if (options.Clock != (int)AbiClock.Host)
        {
            throw new ArgumentException($"clock is {options.Clock}; only the source {Abi.PushUri} may go by another clock than the host's, 0.");
        }

        var connection = NativeConnection.Open(sourceUri, name, lineUri, in options);
        try
        {
            return new SourceEngine(connection, gate, engineOptions, events, inputs);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static AbiStatus NoEngine() => LastError.Set(AbiStatus.BadHandle, "This is no engine, or one that was destroyed.");

    private static AbiStatus NoRoom() => LastError.Set(AbiStatus.BadArgument, "The struct is NULL, or its size is not set.");

    private static Span<T> SpanOf<T>(T* first, nuint capacity)
        where T : unmanaged => first is null ? default : new Span<T>(first, (int)Math.Min(capacity, int.MaxValue));

    /// <summary>Takes a struct of the caller's, which may be of an earlier or a later version of this interface.</summary>
    /// <remarks>Of a later one, what is not known here must not be set: it would be ignored else, unnoticed.</remarks>
    private static bool TryTake(AbiOptions* given, out AbiOptions taken, out string problem)
    {
        taken = default;
        AbiOptions known;
        var first = (byte*)&known.NeedsPermits - (byte*)&known;
        if (given is null || given->Size < first)
        {
            problem = given is null ? "options is NULL." : $"options.size is {given->Size}; sizeof(ecggate_options) is {sizeof(AbiOptions)}.";
            return false;
        }

        for (var i = sizeof(AbiOptions); i < given->Size; i++)
        {
            if (((byte*)given)[i] != 0)
            {
                problem = $"options has a field at byte {i} that this library does not know: leave it 0, or use the newer library.";
                return false;
            }
        }

        fixed (AbiOptions* to = &taken)
        {
            Unsafe.CopyBlockUnaligned(to, given, Math.Min(given->Size, (uint)sizeof(AbiOptions)));
        }

        problem = string.Empty;
        return true;
    }

    /// <summary>Gives a struct to the caller, as much of it as he has room for; size says how much that was.</summary>
    private static AbiStatus Give<T>(in T value, T* to)
        where T : unmanaged
    {
        // Each struct begins with its size.
        if (to is null || *(uint*)to < sizeof(uint))
        {
            return NoRoom();
        }

        var room = *(uint*)to;
        var length = Math.Min(room, (uint)sizeof(T));
        fixed (T* from = &value)
        {
            Unsafe.CopyBlockUnaligned(to, from, length);
        }

        if (room > length)
        {
            Unsafe.InitBlockUnaligned((byte*)to + length, 0, room - length);
        }

        *(uint*)to = length;
        return AbiStatus.Ok;
    }

    private static nuint Copy(string text, byte* buffer, nuint size)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        if (buffer is not null && size > 0)
        {
            var written = (int)Math.Min(size - 1, (nuint)bytes.Length);
            bytes.AsSpan(0, written).CopyTo(new Span<byte>(buffer, written));
            buffer[written] = 0;
        }

        return (nuint)bytes.Length;
    }

    private static byte* ToStaticText(string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        var bytes = (byte*)NativeMemory.AllocZeroed((nuint)length + 1);
        _ = Encoding.UTF8.GetBytes(text, new Span<byte>(bytes, length));
        return bytes;
    }
}
