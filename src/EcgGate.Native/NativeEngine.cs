using EcgGate.Isolated;
using EcgGate.Timing;

namespace EcgGate.Native;

/// <summary>An engine as the C interface sees it.</summary>
/// <remarks>
/// Threads as <c>ecggate.h</c> states them. What is called while gating allocates nothing; what may throw says so, and the
/// exports turn it into a status.
/// </remarks>
internal abstract class NativeEngine(EventMemory events, InputMemory? inputs) : IDisposable
{
    private readonly HdrHistogram.LongHistogram _copy = PulseTimer.NewHistogram();
    private readonly Lock _copying = new();
    private int _collectionsBefore;
    private TimeSpan _pauseBefore;

    /// <summary>Whether a thread may still write an event: a driver hangs.</summary>
    public abstract bool IsRunning { get; }

    /// <summary>Why it stopped by itself; empty where it did not.</summary>
    public abstract string Failure { get; }

    public abstract string SourceName { get; }

    public abstract string CoreWarnings { get; }

    public string PulseWarnings => Timer is null ? string.Empty : string.Join('\n', Timer.RealtimeStatus.Warnings);

    /// <summary>What makes the edges; null in virtual time.</summary>
    protected abstract PulseTimer? Timer { get; }

    /// <exception cref="InvalidOperationException">Started before.</exception>
    public void Start()
    {
        // Making an engine takes some megabytes and may well be worth a collection; running it is not.
        _collectionsBefore = GC.CollectionCount(0);
        _pauseBefore = GC.GetTotalPauseDuration();
        Begin();
    }

    public abstract bool Arm();

    public abstract bool Permit(long upToPulses, TimeSpan validFor);

    public abstract void Disarm();

    /// <returns>False if it did not end in time.</returns>
    public abstract bool Stop();

    public abstract bool Wait(TimeSpan timeout);

    /// <summary>Takes samples from the host.</summary>
    public abstract unsafe AbiStatus Push(AbiSample* samples, nuint count, long lastTimeNanoseconds);

    /// <summary>What the source is.</summary>
    public abstract AbiInfo GetInfo();

    /// <summary>What the emulated generator saw; null where there is none.</summary>
    public virtual IReadOnlyList<AbiPulse>? GetPulses() => null;

    public bool TryReadEvent(out AbiEvent gateEvent) => events.TryRead(out gateEvent);

    /// <summary>Whether the caller gave memory for inputs.</summary>
    public bool KeepsInputs => inputs is not null;

    public int ReadInputs(Span<AbiInput> destination) => inputs?.Read(destination) ?? 0;

    public AbiStatistics GetStatistics()
    {
        var figures = new AbiStatistics
        {
            Size = AbiConversion.SizeOf<AbiStatistics>(),
            IsRunning = IsRunning ? 1 : 0,
            DroppedEvents = events.Dropped,
            DroppedInputs = inputs?.Dropped ?? 0,
            Collections = GC.CollectionCount(0) - _collectionsBefore,
            CollectionPauseNs = AbiConversion.ToNanoseconds(GC.GetTotalPauseDuration() - _pauseBefore),
            CoreProcessor = -1,
            PulseProcessor = -1,
        };
        if (Timer is { } timer)
        {
            timer.CopyStatistics(out var counts);
            figures.Fault = (int)timer.Fault;
            figures.PulsesFired = counts.Fired;
            figures.PulsesDroppedLate = counts.DroppedLate;
            figures.PulsesCancelled = counts.Cancelled;
            figures.PulsesFaulted = counts.Faults;
            figures.WokeAfterDeadline = counts.WokeAfterDeadline;
            figures.LargestSpinGapNs = counts.LargestSpinGapNanoseconds;
            figures.SpinMarginNs = counts.SpinMarginNanoseconds;
            figures.PulseAllocatedBytes = timer.AllocatedBytes;
            var status = timer.RealtimeStatus;
            figures.PulsePriority = status.FifoPriority;
            figures.PulseProcessor = status.Processor ?? -1;
            figures.PulseFlags = AbiConversion.FlagsOf(status);
        }

        AddTo(ref figures);
        return figures;
    }

    /// <summary>Copies what a histogram holds. Allocates a little.</summary>
    /// <returns>How many values it holds, copied or not.</returns>
    public nuint CopyHistogram(AbiHistogram which, Span<AbiBucket> buckets)
    {
        if (Timer is not { } timer)
        {
            return 0;
        }

        lock (_copying)
        {
            switch (which)
            {
                case AbiHistogram.Lateness:
                    timer.CopyStatistics(out _, lateness: _copy);
                    break;
                case AbiHistogram.WakeUpLateness:
                    timer.CopyStatistics(out _, wakeUpLateness: _copy);
                    break;
                default:
                    throw new ArgumentException($"There is no histogram {(int)which}.");
            }

            var count = 0;
            foreach (var value in _copy.RecordedValues())
            {
                if (count < buckets.Length)
                {
                    buckets[count] = new AbiBucket { Size = AbiConversion.SizeOf<AbiBucket>(), ValueNs = value.ValueIteratedTo, Count = value.CountAtValueIteratedTo };
                }

                count++;
            }

            return (nuint)count;
        }
    }

    public abstract void Dispose();

    /// <exception cref="InvalidOperationException">Started before.</exception>
    protected abstract void Begin();

    /// <summary>Adds what the core and its thread know.</summary>
    protected abstract void AddTo(ref AbiStatistics figures);

    protected static void AddTo(ref AbiStatistics figures, GateCore core)
    {
        figures.State = (int)core.State;
        figures.Beats = core.Ledger.Beats;
        figures.BeatsFired = core.Ledger.Fired;
        figures.BeatsWithheld = core.Ledger.Withheld;
        figures.BeatsMissed = core.Ledger.Missed;
    }
}
