using System.Runtime.InteropServices;

namespace EcgGate.Isolated;

/// <summary>The C interface of the native library, as <c>ecggate.h</c> declares it; both sides of it use these.</summary>
/// <remarks>
/// A test compares each field's place with the C compiler's. Whatever changes a struct that is there already, or what a
/// call means, raises <see cref="Version"/>; appending a field does not, since each struct tells its size.
/// </remarks>
internal static class Abi
{
    /// <summary>ECGGATE_ABI_VERSION.</summary>
    public const uint Version = 1;

    public const string PushUri = "push:";
    public const string SamplesUri = "samples:";
    public const string NullLineUri = "null:";
    public const string CallbackLineUri = "callback:";
    public const string EmulatedLineUri = "emulated:";

    /// <summary>Bits of the thread flags.</summary>
    public const int LockMemory = 1;
    public const int HoldProcessorAwake = 2;
    public const int TimerSlackRemoved = 4;
}

/// <summary>ecggate_status: what a call came to.</summary>
internal enum AbiStatus
{
    Ok = 0,
    Empty = 1,
    TimedOut = 2,
    BadArgument = -1,
    BadState = -2,
    BadHandle = -3,
    SourceFailed = -4,
    Busy = -5,
    AbiMismatch = -6,
    Internal = -7,
}

/// <summary>ecggate_clock: whose time goes by.</summary>
internal enum AbiClock
{
    /// <summary>The machine's; pulses are made by the pulse thread.</summary>
    Host = 0,

    /// <summary>That of the samples, at their nominal rate: replay, on the pushing thread.</summary>
    Samples = 1,

    /// <summary>That of the stamps pushed with the samples: simulation, on the pushing thread.</summary>
    Stamps = 2,
}

/// <summary>ecggate_text: which text.</summary>
internal enum AbiText
{
    Failure = 1,
    CoreWarnings = 2,
    PulseWarnings = 3,
    SourceName = 4,
}

/// <summary>ecggate_histogram: which histogram.</summary>
internal enum AbiHistogram
{
    Lateness = 1,
    WakeUpLateness = 2,
}

/// <summary>ecggate_sample.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct AbiSample
{
    public uint Size;
    public uint Status;
    public long Index;
    public float Lead0Mv;
    public float Lead1Mv;
}

/// <summary>ecggate_line: a pulse line of the host's.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct AbiLine
{
    public uint Size;
    public uint Reserved;
    public delegate* unmanaged[Cdecl]<void*, int> Raise;
    public delegate* unmanaged[Cdecl]<void*, int> Lower;
    public void* User;
}

/// <summary>ecggate_event.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct AbiEvent
{
    public uint Size;
    public int Kind;
    public long SampleIndex;
    public int State;
    public int Reason;
    public long BeatNumber;
    public double RSample;
    public long DecisionSample;
    public double PulseSample;
    public long LatenessNs;
    public int BeatClass;
    public int Outcome;
    public int BeatReason;
    public int IsLate;
    public float Confidence;
    public float TemplateResidual;
    public float AmplitudeMv;
    public float RrIntervalMs;
}

/// <summary>ecggate_input.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct AbiInput
{
    public uint Size;
    public int Kind;
    public long Number;
    public int Code;
    public uint Reserved;
    public double EdgeSample;
    public long LatenessNs;
    public float Lead0Mv;
    public float Lead1Mv;
}

/// <summary>ecggate_event_memory: the head of the caller's memory; the events, or the inputs, follow it.</summary>
[StructLayout(LayoutKind.Explicit, Size = 192)]
internal struct AbiEventMemory
{
    [FieldOffset(0)]
    public uint Size;

    [FieldOffset(4)]
    public uint EventSize;

    [FieldOffset(8)]
    public ulong Capacity;

    [FieldOffset(64)]
    public ulong Written;

    [FieldOffset(72)]
    public ulong Dropped;

    [FieldOffset(128)]
    public ulong Taken;
}

/// <summary>ecggate_info: what the source is.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct AbiInfo
{
    public uint Size;
    public int LeadCount;
    public double SamplingRateHz;
    public long FixedDelayNs;
    public long ZeroTimeNs;
    public double DurationS;
    public long BlockDelayNs;
}

/// <summary>ecggate_pulse: a pulse as the emulated generator saw it.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct AbiPulse
{
    public uint Size;
    public uint Reserved;
    public long EdgeNs;
    public long WidthNs;
}

/// <summary>ecggate_bucket: one value of a histogram and how often it came.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct AbiBucket
{
    public uint Size;
    public uint Reserved;
    public long ValueNs;
    public long Count;
}

/// <summary>ecggate_statistics.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct AbiStatistics
{
    public uint Size;
    public int IsRunning;
    public int State;
    public int Fault;
    public long Samples;
    public long MissingSamples;
    public long DroppedEvents;
    public long Beats;
    public long BeatsFired;
    public long BeatsWithheld;
    public long BeatsMissed;
    public long PulsesFired;
    public long PulsesDroppedLate;
    public long PulsesCancelled;
    public long PulsesFaulted;
    public long WokeAfterDeadline;
    public long LargestSpinGapNs;
    public long SpinMarginNs;
    public long CoreAllocatedBytes;
    public long PulseAllocatedBytes;
    public long Collections;
    public long CollectionPauseNs;
    public int CorePriority;
    public int CoreProcessor;
    public int CoreFlags;
    public int PulsePriority;
    public int PulseProcessor;
    public int PulseFlags;
    public long DroppedInputs;
}

/// <summary>ecggate_options.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct AbiOptions
{
    public uint Size;
    public int Clock;
    public byte* SourceUri;
    public byte* SourceName;
    public double SamplingRateHz;
    public long FixedDelayNs;
    public int LeadCount;
    public int BoardRateHz;
    public AbiSample* Samples;
    public ulong SampleCount;
    public byte* LineUri;
    public AbiLine* Line;
    public void* EventMemory;
    public ulong EventMemoryBytes;
    public long TargetDelayNs;
    public long CutoffNs;
    public long EdgeToleranceNs;
    public long OrderLeadNs;
    public long PulseWidthNs;
    public double MinimumRatePerMinute;
    public double MaximumRatePerMinute;
    public long MinimumIntervalNs;
    public double PrematureFraction;
    public double PauseFraction;
    public double ShapeTolerance;
    public long AsystoleAfterNs;
    public long BlankingNs;
    public long ArmedForNs;
    public int LearningBeats;
    public int ReportCapacity;
    public int CorePriority;
    public int CoreProcessor;
    public int CoreFlags;
    public int PulsePriority;
    public int PulseProcessor;
    public int PulseFlags;
    public long InitialSpinMarginNs;
    public long MinimumSpinMarginNs;
    public long MaximumSpinMarginNs;

    // From here on appended: 0 where a caller does not know of it.
    public int NeedsPermits;
    public int BoardPart;
    public void* InputMemory;
    public ulong InputMemoryBytes;
}
