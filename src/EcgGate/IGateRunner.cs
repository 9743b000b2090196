using EcgGate.Timing;

namespace EcgGate;

/// <summary>What stands behind a <see cref="GateEngine"/>: threads of this runtime, or the native library.</summary>
internal interface IGateRunner : IDisposable
{
    RealtimeStatus PulseThreadStatus { get; }

    RealtimeStatus? CoreThreadStatus { get; }

    long Samples { get; }

    long MissingSamples { get; }

    long DroppedEvents { get; }

    long DroppedInputs { get; }

    PulseTimerStatistics TimerStatistics { get; }

    GateRuntimeStatistics RuntimeStatistics { get; }

    Exception? Failure { get; }

    bool IsRunning { get; }

    void Start();

    bool Arm();

    bool Permit(long upToPulses, TimeSpan validFor);

    void Disarm();

    void Stop();

    bool Wait(TimeSpan timeout);

    bool TryReadEvent(out GateEvent gateEvent);

    int ReadInputs(Span<GateInput> destination);
}
