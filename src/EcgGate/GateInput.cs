using EcgGate.Gating;
using EcgGate.Signals;
using EcgGate.Timing;

namespace EcgGate;

/// <summary>What kind of thing entered the core.</summary>
public enum GateInputKind
{
    /// <summary>A sample: <see cref="GateCore.Process"/>, and its order was taken.</summary>
    Sample,

    /// <summary><see cref="GateCore.Arm"/>, a renewal included.</summary>
    Arm,

    /// <summary><see cref="GateCore.Disarm"/>.</summary>
    Disarm,

    /// <summary><see cref="GateCore.Stop"/>.</summary>
    Stop,

    /// <summary><see cref="GateCore.Fault"/>.</summary>
    Fault,

    /// <summary>The timer's answer: <see cref="GateCore.Report"/>.</summary>
    Report,

    /// <summary>An order that the timer did not take: <see cref="GateCore.ReportRefused"/>.</summary>
    Refusal,

    /// <summary><see cref="GateCore.Permit"/>.</summary>
    Permit,

    /// <summary>
    /// So many inputs (<see cref="GateInput.Number"/>) found the ring full here: what follows cannot be replayed.
    /// </summary>
    Lost,
}

/// <summary>
/// One thing that entered the core. All of them, in order, make an equal core give equal events, bit for bit:
/// <see cref="GateReplay.Apply"/>. A plain value, for a ring.
/// </summary>
/// <param name="Kind">What it is.</param>
/// <param name="Code">The <see cref="SampleStatus"/>, the <see cref="PulseResult"/> or the <see cref="Gating.Reason"/>.</param>
/// <param name="Number">The sample's index, the beat's number, how many pulses are permitted, or how many inputs were lost.</param>
/// <param name="Edge">Of a report: the edge on the source's time axis; NaN where none was made.</param>
/// <param name="Nanoseconds">Of a report: edge, or drop, minus deadline. Of a permit: for how long it holds.</param>
/// <param name="Lead0Millivolts">Of a sample.</param>
/// <param name="Lead1Millivolts">Of a sample.</param>
public readonly record struct GateInput(GateInputKind Kind, int Code, long Number, double Edge, long Nanoseconds, float Lead0Millivolts, float Lead1Millivolts)
{
    /// <summary>The sample, of <see cref="GateInputKind.Sample"/>.</summary>
    public EcgSample Sample => new(Number, Lead0Millivolts, Lead1Millivolts, (SampleStatus)Code);

    /// <summary>What became of the order, of <see cref="GateInputKind.Report"/>.</summary>
    public PulseResult Result => (PulseResult)Code;

    /// <summary>Why the order was refused, of <see cref="GateInputKind.Refusal"/>.</summary>
    public Reason Reason => (Reason)Code;

    /// <summary>A sample.</summary>
    public static GateInput Of(in EcgSample sample) => new(GateInputKind.Sample, (int)sample.Status, sample.Index, 0, 0, sample.Lead0Millivolts, sample.Lead1Millivolts);

    /// <summary>A call without arguments.</summary>
    public static GateInput Of(GateInputKind kind) => new(kind, 0, 0, 0, 0, 0, 0);

    /// <summary>The timer's answer to an order.</summary>
    public static GateInput OfReport(long beatNumber, PulseResult result, SampleTime edge, long latenessNanoseconds) =>
        new(GateInputKind.Report, (int)result, beatNumber, edge.Samples, latenessNanoseconds, 0, 0);

    /// <summary>An order that the timer did not take.</summary>
    public static GateInput OfRefusal(long beatNumber, Reason reason) => new(GateInputKind.Refusal, (int)reason, beatNumber, 0, 0, 0, 0);

    /// <summary>A permit.</summary>
    public static GateInput OfPermit(long upToPulses, TimeSpan validFor) => new(GateInputKind.Permit, 0, upToPulses, 0, validFor.Ticks * 100, 0, 0);

    /// <summary>So many inputs are missing here.</summary>
    public static GateInput OfLost(long count) => new(GateInputKind.Lost, 0, count, 0, 0, 0, 0);
}

/// <summary>Takes the core's inputs, on the thread that runs the core. Must not block, allocate or throw.</summary>
public interface IGateInputSink
{
    /// <summary>Takes one input, just before it takes effect.</summary>
    void OnInput(in GateInput input);
}
