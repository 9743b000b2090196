using System.Runtime.CompilerServices;
using EcgGate.Timing;
using HdrHistogram;

namespace EcgGate.Emulator.Punctuality;

/// <summary>
/// The two references, between the pulses on the pulse thread's processor: a sleep until a moment and nothing else, as
/// cyclictest does, and a watch that only reads the clock and notes each step of it.
/// </summary>
internal sealed class ReferenceProbe
{
    private const long HighestRecorded = 10_000_000_000;

    // After the pulse's end, and over long before the next order comes.
    private const long SlotBegin = 2_500_000;
    private const long LatestSleep = 4_000_000;
    private const long Watch = 1_000_000;
    private const long SlotEnd = 9_000_000;

    private readonly long[] _slots;
    private readonly long[] _lateness;
    private readonly long[] _jitter;
    private int _count;
    private volatile bool _stopped;

    /// <param name="dueNanoseconds">When pulses are due, counted from the start.</param>
    /// <param name="intervalNanoseconds">From one to the next.</param>
    /// <param name="widthNanoseconds">How long each lasts.</param>
    public ReferenceProbe(long[] dueNanoseconds, long intervalNanoseconds, long widthNanoseconds)
    {
        _slots = Array.ConvertAll(dueNanoseconds, due => due + widthNanoseconds + SlotBegin);
        _lateness = new long[_slots.Length];
        var random = new Random(1);
        _jitter = [.. _slots.Select(_ => random.NextInt64(Math.Clamp(intervalNanoseconds / 5, 1, LatestSleep)))];
    }

    /// <summary>Each step of the clock while it was watched, in nanoseconds.</summary>
    public LongHistogram Gaps { get; } = new(HighestRecorded, 3);

    /// <summary>How late each sleep ended, against the moment that was asked for, in nanoseconds.</summary>
    public long[] Lateness() => _lateness[..Volatile.Read(ref _count)];

    /// <summary>Ends <see cref="Run"/> at the next slot.</summary>
    public void Stop() => _stopped = true;

    /// <summary>Goes through the slots of a run that begins at <paramref name="start"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(MonotonicTime start)
    {
        for (var i = 0; i < _slots.Length && !_stopped; i++)
        {
            var target = start.AddNanoseconds(_slots[i] + _jitter[i]);
            MonotonicClock.SleepUntil(target);
            var now = MonotonicClock.Now;
            _lateness[i] = now.NanosecondsSince(target);
            Volatile.Write(ref _count, i + 1);

            // Whoever wakes too late leaves the processor to the pulse.
            var end = Math.Min(now.Nanoseconds + Watch, start.Nanoseconds + _slots[i] + SlotEnd);
            while (now.Nanoseconds < end)
            {
                var next = MonotonicClock.Now;
                Gaps.RecordValue(Math.Min(next.NanosecondsSince(now), HighestRecorded));
                now = next;
            }
        }
    }
}
