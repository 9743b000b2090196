using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EcgGate.Timing;

/// <summary>A thread that asks the operating system to be woken and run before all others.</summary>
/// <remarks>
/// What the system refuses becomes a warning in <see cref="Status"/>, never an exception: the thread then runs with
/// what it got. Priority and processor hold for this thread only. On Linux through libc; on Windows through the multimedia
/// class, not tested there yet; elsewhere the thread gets the highest ordinary priority. Members are safe from any thread.
/// </remarks>
public sealed partial class RealtimeThread
{
    private const int SchedulerFifo = 1;
    private const int SetTimerSlack = 29;
    private const int LockCurrent = 1;
    private const int LockFuture = 2;
    private const int LockOnFault = 4;
    private const int OperationNotPermitted = 1;
    private const int OutOfMemory = 12;
    private const int InvalidArgument = 22;
    private const int IpcLockCapability = 14;
    private const int StackBytesToTouch = 128 * 1024;

    private static readonly Lock MemoryLock = new();
    private static bool _memoryLocked;

    private readonly Thread _thread;
    private readonly RealtimeOptions _options;
    private readonly Action _body;
    private readonly TaskCompletionSource _ready = new();
    private RealtimeStatus _status = new();
    private LatencyRequest? _latency;
    private nint _multimediaTask;

    /// <summary>Creates the thread; <see cref="Start"/> runs it.</summary>
    /// <param name="name">Its name, shown by the system's tools up to 15 characters.</param>
    /// <param name="options">What to ask for.</param>
    /// <param name="body">What it does. Must not throw.</param>
    /// <exception cref="ArgumentOutOfRangeException">Priority or processor is out of range.</exception>
    public RealtimeThread(string name, RealtimeOptions options, Action body)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(body);
        ArgumentOutOfRangeException.ThrowIfNegative(options.Priority);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Priority, 99);
        if (options.Processor is { } processor)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(processor);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(processor, 1023);
        }

        _options = options;
        _body = body;
        _thread = new Thread(Run) { Name = name, IsBackground = true };
    }

    /// <summary>What was granted. Complete once <see cref="Start"/> has returned.</summary>
    public RealtimeStatus Status => Volatile.Read(ref _status);

    /// <summary>The managed id of the thread.</summary>
    public int ManagedThreadId => _thread.ManagedThreadId;

    /// <summary>Starts the thread and returns once it has asked for everything, just before its body.</summary>
    public void Start()
    {
        _thread.Start();
        _ready.Task.Wait();
    }

    /// <summary>Waits for the body to end.</summary>
    /// <returns>False if it has not within the time.</returns>
    public bool Join(TimeSpan timeout) => _thread.Join(timeout);

    /// <summary>
    /// Keeps all processors from deep sleep from now on, or no more, where <see cref="RealtimeStatus.ProcessorHeldAwake"/>
    /// says that this was granted. From the body only; allocates nothing.
    /// </summary>
    public void HoldProcessorAwake(bool hold) => _latency?.Hold(hold);

    private void Run()
    {
        try
        {
            Prepare();
            _ready.SetResult();
            _body();
        }
        finally
        {
            // Closing the device gives the request up.
            _latency?.Dispose();
            if (OperatingSystem.IsWindows() && _multimediaTask != 0)
            {
                WindowsRealtime.LeaveMultimediaClass(_multimediaTask);
            }
        }
    }

    private void Prepare()
    {
        var warnings = new List<string>();
        var status = new RealtimeStatus();
        try
        {
            if (OperatingSystem.IsLinux())
            {
                // Memory first: it is the slowest, and better done before the thread outranks the others.
                status = status with { MemoryLocked = _options.LockMemory && LockMemory(warnings) };
                TouchStack();
                if (_options.HoldProcessorAwake)
                {
                    _latency = LatencyRequest.Open(LatencyRequest.Device, warnings);
                }

                status = status with
                {
                    ProcessorHeldAwake = _latency is not null,
                    Processor = _options.Processor is { } processor && Bind(processor, warnings) ? processor : null,
                    TimerSlackRemoved = ProcessControl(SetTimerSlack, 1, 0, 0, 0) == 0,
                    FifoPriority = _options.Priority > 0 && SetFifo(_options.Priority, warnings) ? _options.Priority : 0,
                };
            }
            else if (OperatingSystem.IsWindows())
            {
                TouchStack();
                if (_options.Priority > 0)
                {
                    _thread.Priority = ThreadPriority.Highest;
                    _multimediaTask = WindowsRealtime.JoinMultimediaClass(warnings);
                }

                status = status with
                {
                    MultimediaClass = _multimediaTask != 0,
                    Processor = _options.Processor is { } processor && WindowsRealtime.Bind(processor, warnings) ? processor : null,
                };
            }
            else if (_options.Priority > 0)
            {
                _thread.Priority = ThreadPriority.Highest;
                warnings.Add("Real-time scheduling is asked for on Linux and Windows only: the timing thread runs at the highest ordinary priority, and pulses may be dropped as late; use Linux to gate a real generator.");
            }
        }
#pragma warning disable CA1031 // Whatever goes wrong here costs punctuality, which the warning says; it must not cost the thread.
        catch (Exception problem)
#pragma warning restore CA1031
        {
            warnings.Add($"Preparing the timing thread failed ({problem.Message}): it runs as an ordinary thread, and pulses may be dropped as late.");
        }

        Volatile.Write(ref _status, status with { Warnings = warnings });
    }

    private static bool SetFifo(int priority, List<string> warnings)
    {
        // By the thread's own handle: sched_setscheduler would do in glibc, but musl refuses it.
        var error = SetThreadScheduling(CurrentThread(), SchedulerFifo, in priority);
        if (error == 0)
        {
            return true;
        }

        warnings.Add(error == OperationNotPermitted
            ? $"SCHED_FIFO was refused (EPERM): run as root, or grant \"rtprio {priority}\" to the user in /etc/security/limits.conf and log in anew, or give the program the capability with setcap cap_sys_nice+ep."
            : $"SCHED_FIFO with priority {priority} was refused ({Describe(error)}): the timing thread runs as an ordinary thread, and pulses may be dropped as late; use a priority from 1 to 99 on a kernel with real-time scheduling.");
        return false;
    }

    private static unsafe bool Bind(int processor, List<string> warnings)
    {
        var mask = stackalloc ulong[16];
        new Span<ulong>(mask, 16).Clear();
        mask[processor / 64] = 1UL << (processor % 64);
        if (SetAffinity(0, 16 * sizeof(ulong), mask) == 0)
        {
            return true;
        }

        warnings.Add($"Binding the timing thread to processor {processor} was refused ({Describe(Marshal.GetLastPInvokeError())}): it runs on any; this machine has processors 0 to {Environment.ProcessorCount - 1}, and a container may allow fewer.");
        return false;
    }

    private static bool LockMemory(List<string> warnings)
    {
        lock (MemoryLock)
        {
            if (_memoryLocked)
            {
                return true;
            }

            // On fault: a .NET process reserves hundreds of gigabytes and touches little of them. Future mappings
            // only where nothing can refuse them, as below a limit each later allocation of the process could fail.
            var flags = LockCurrent | LockOnFault | (MayLockWithoutLimit() ? LockFuture : 0);
            if (LockAllMemory(flags) == 0)
            {
                _memoryLocked = true;
                return true;
            }

            var error = Marshal.GetLastPInvokeError();
            warnings.Add(error switch
            {
                OperationNotPermitted or OutOfMemory => $"Locking memory was refused ({Describe(error)}): a page fault may delay a pulse; run as root, or grant \"memlock unlimited\" to the user in /etc/security/limits.conf and log in anew, or give the program the capability with setcap cap_ipc_lock+ep.",
                InvalidArgument => "Locking memory was refused (EINVAL): a page fault may delay a pulse; Linux 4.4 or later is needed to lock pages as they are touched.",
                _ => $"Locking memory was refused ({Describe(error)}): a page fault may delay a pulse.",
            });
            return false;
        }
    }

    // Held by root, or granted to the program: then the limit on locked memory does not count.
    private static bool MayLockWithoutLimit()
    {
        foreach (var line in File.ReadLines("/proc/self/status"))
        {
            if (line.StartsWith("CapEff:", StringComparison.Ordinal))
            {
                return ulong.TryParse(line.AsSpan(7).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var capabilities)
                    && (capabilities & (1UL << IpcLockCapability)) != 0;
            }
        }

        return false;
    }

    // Faults the pages in now that the body's calls will use.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void TouchStack()
    {
        Span<byte> stack = stackalloc byte[StackBytesToTouch];
        for (var i = 0; i < stack.Length; i += 1024)
        {
            Volatile.Write(ref stack[i], 1);
        }
    }

    private static string Describe(int error) => error switch
    {
        OperationNotPermitted => "EPERM",
        OutOfMemory => "ENOMEM",
        InvalidArgument => "EINVAL",
        _ => Marshal.GetPInvokeErrorMessage(error),
    };

    [LibraryImport("libc", EntryPoint = "pthread_self")]
    private static partial nuint CurrentThread();

    // struct sched_param is one int, the priority.
    [LibraryImport("libc", EntryPoint = "pthread_setschedparam")]
    private static partial int SetThreadScheduling(nuint thread, int policy, in int priority);

    [LibraryImport("libc", EntryPoint = "sched_setaffinity", SetLastError = true)]
    private static unsafe partial int SetAffinity(int thread, nuint size, ulong* mask);

    [LibraryImport("libc", EntryPoint = "mlockall", SetLastError = true)]
    private static partial int LockAllMemory(int flags);

    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int ProcessControl(int option, nuint argument2, nuint argument3, nuint argument4, nuint argument5);
}
