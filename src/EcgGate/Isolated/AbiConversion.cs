using EcgGate.Detection;
using EcgGate.Gating;
using EcgGate.Signals;
using EcgGate.Timing;

namespace EcgGate.Isolated;

/// <summary>Between the managed types and those of the C interface, both ways and without loss.</summary>
internal static class AbiConversion
{
    private const int NanosecondsPerTick = 100;

    /// <summary>The options as C has them; source, line and memory are left empty.</summary>
    public static AbiOptions ToAbi(GateOptions gate, GateEngineOptions engine) => new()
    {
        Size = SizeOf<AbiOptions>(),
        LeadCount = 1,
        TargetDelayNs = ToNanoseconds(gate.TargetDelay),
        CutoffNs = ToNanoseconds(gate.Cutoff),
        EdgeToleranceNs = ToNanoseconds(gate.EdgeTolerance),
        OrderLeadNs = ToNanoseconds(gate.OrderLead),
        PulseWidthNs = ToNanoseconds(gate.PulseWidth),
        MinimumRatePerMinute = gate.MinimumRatePerMinute,
        MaximumRatePerMinute = gate.MaximumRatePerMinute,
        MinimumIntervalNs = ToNanoseconds(gate.MinimumInterval),
        PrematureFraction = gate.PrematureFraction,
        PauseFraction = gate.PauseFraction,
        ShapeTolerance = gate.ShapeTolerance,
        AsystoleAfterNs = ToNanoseconds(gate.AsystoleAfter),
        BlankingNs = ToNanoseconds(gate.Blanking),
        ArmedForNs = gate.ArmedFor == Timeout.InfiniteTimeSpan ? 0 : ToNanoseconds(gate.ArmedFor),
        LearningBeats = gate.LearningBeats,
        ReportCapacity = engine.Timer.ReportCapacity,
        CorePriority = engine.CoreThread.Priority,
        CoreProcessor = engine.CoreThread.Processor ?? -1,
        CoreFlags = FlagsOf(engine.CoreThread),
        PulsePriority = engine.Timer.Realtime.Priority,
        PulseProcessor = engine.Timer.Realtime.Processor ?? -1,
        PulseFlags = FlagsOf(engine.Timer.Realtime),
        InitialSpinMarginNs = ToNanoseconds(engine.Timer.InitialSpinMargin),
        MinimumSpinMarginNs = ToNanoseconds(engine.Timer.MinimumSpinMargin),
        MaximumSpinMarginNs = ToNanoseconds(engine.Timer.MaximumSpinMargin),
        NeedsPermits = gate.NeedsPermits ? 1 : 0,
    };

    /// <summary>How to gate.</summary>
    /// <exception cref="ArgumentException">A time is no whole multiple of 100 ns, or beyond 292 years.</exception>
    public static GateOptions ToGateOptions(in AbiOptions options) => new()
    {
        TargetDelay = ToTimeSpan("target_delay_ns", options.TargetDelayNs),
        Cutoff = ToTimeSpan("cutoff_ns", options.CutoffNs),
        EdgeTolerance = ToTimeSpan("edge_tolerance_ns", options.EdgeToleranceNs),
        OrderLead = ToTimeSpan("order_lead_ns", options.OrderLeadNs),
        PulseWidth = ToTimeSpan("pulse_width_ns", options.PulseWidthNs),
        MinimumRatePerMinute = options.MinimumRatePerMinute,
        MaximumRatePerMinute = options.MaximumRatePerMinute,
        MinimumInterval = ToTimeSpan("minimum_interval_ns", options.MinimumIntervalNs),
        PrematureFraction = options.PrematureFraction,
        PauseFraction = options.PauseFraction,
        ShapeTolerance = options.ShapeTolerance,
        AsystoleAfter = ToTimeSpan("asystole_after_ns", options.AsystoleAfterNs),
        Blanking = ToTimeSpan("blanking_ns", options.BlankingNs),
        ArmedFor = ToTimeSpan("armed_for_ns", options.ArmedForNs),
        LearningBeats = options.LearningBeats,
        NeedsPermits = options.NeedsPermits != 0,
    };

    /// <summary>How to use the host.</summary>
    /// <exception cref="ArgumentException">As above, or out of range; by the names that C has.</exception>
    public static GateEngineOptions ToEngineOptions(in AbiOptions options)
    {
        Check("core_priority", options.CorePriority, 0, 99);
        Check("core_processor", options.CoreProcessor, -1, 1023);
        Check("pulse_priority", options.PulsePriority, 0, 99);
        Check("pulse_processor", options.PulseProcessor, -1, 1023);
        Check("report_capacity", options.ReportCapacity, 2, 65_536);
        Check("maximum_spin_margin_ns", options.MaximumSpinMarginNs, 0, 10_000_000);
        Check("initial_spin_margin_ns", options.InitialSpinMarginNs, 0, options.MaximumSpinMarginNs);
        Check("minimum_spin_margin_ns", options.MinimumSpinMarginNs, 0, options.InitialSpinMarginNs);
        return new GateEngineOptions
        {
            Runtime = GateRuntime.InProcess,
            CoreThread = ToRealtime(options.CorePriority, options.CoreProcessor, options.CoreFlags),
            Timer = new PulseTimerOptions
            {
                Realtime = ToRealtime(options.PulsePriority, options.PulseProcessor, options.PulseFlags),
                ReportCapacity = options.ReportCapacity,
                InitialSpinMargin = ToTimeSpan("initial_spin_margin_ns", options.InitialSpinMarginNs),
                MinimumSpinMargin = ToTimeSpan("minimum_spin_margin_ns", options.MinimumSpinMarginNs),
                MaximumSpinMargin = ToTimeSpan("maximum_spin_margin_ns", options.MaximumSpinMarginNs),
            },
        };
    }

    public static AbiEvent ToAbi(in GateEvent gateEvent)
    {
        var beat = gateEvent.Beat;
        return new AbiEvent
        {
            Size = SizeOf<AbiEvent>(),
            Kind = (int)gateEvent.Kind,
            SampleIndex = gateEvent.SampleIndex,
            State = (int)gateEvent.State,
            Reason = (int)gateEvent.Reason,
            BeatNumber = beat.BeatNumber,
            RSample = beat.Beat.RTime.Samples,
            DecisionSample = beat.Beat.DecisionIndex,
            PulseSample = beat.PulseTime.Samples,
            LatenessNs = beat.LatenessNanoseconds,
            BeatClass = (int)beat.Beat.Class,
            Outcome = (int)beat.Outcome,
            BeatReason = (int)beat.Reason,
            IsLate = beat.Beat.IsLate ? 1 : 0,
            Confidence = beat.Beat.Confidence,
            TemplateResidual = beat.Beat.TemplateResidual,
            AmplitudeMv = beat.Beat.AmplitudeMillivolts,
            RrIntervalMs = beat.RRIntervalMilliseconds,
        };
    }

    public static GateEvent FromAbi(in AbiEvent one) => new(
        (GateEventKind)one.Kind,
        one.SampleIndex,
        (GateState)one.State,
        (Reason)one.Reason,
        new BeatOutcome(
            one.BeatNumber,
            new BeatDecision(new SampleTime(one.RSample), one.DecisionSample, (BeatClass)one.BeatClass, one.Confidence, one.TemplateResidual, one.AmplitudeMv, one.IsLate != 0),
            (Outcome)one.Outcome,
            (Reason)one.BeatReason,
            one.RrIntervalMs,
            new SampleTime(one.PulseSample),
            one.LatenessNs));

    public static AbiInput ToAbi(in GateInput input) => new()
    {
        Size = SizeOf<AbiInput>(),
        Kind = (int)input.Kind,
        Number = input.Number,
        Code = input.Code,
        EdgeSample = input.Edge,
        LatenessNs = input.Nanoseconds,
        Lead0Mv = input.Lead0Millivolts,
        Lead1Mv = input.Lead1Millivolts,
    };

    public static GateInput FromAbi(in AbiInput one) =>
        new((GateInputKind)one.Kind, one.Code, one.Number, one.EdgeSample, one.LatenessNs, one.Lead0Mv, one.Lead1Mv);

    public static AbiSample ToAbi(in EcgSample sample) => new()
    {
        Size = SizeOf<AbiSample>(),
        Status = (uint)sample.Status,
        Index = sample.Index,
        Lead0Mv = sample.Lead0Millivolts,
        Lead1Mv = sample.Lead1Millivolts,
    };

    public static EcgSample FromAbi(in AbiSample sample) => new(sample.Index, sample.Lead0Mv, sample.Lead1Mv, (SampleStatus)sample.Status);

    public static int FlagsOf(RealtimeStatus status) =>
        (status.MemoryLocked ? Abi.LockMemory : 0) | (status.ProcessorHeldAwake ? Abi.HoldProcessorAwake : 0) | (status.TimerSlackRemoved ? Abi.TimerSlackRemoved : 0);

    public static RealtimeStatus ToStatus(int priority, int processor, int flags, IReadOnlyList<string> warnings) => new()
    {
        FifoPriority = priority,
        Processor = processor < 0 ? null : processor,
        MemoryLocked = (flags & Abi.LockMemory) != 0,
        ProcessorHeldAwake = (flags & Abi.HoldProcessorAwake) != 0,
        TimerSlackRemoved = (flags & Abi.TimerSlackRemoved) != 0,
        Warnings = warnings,
    };

    public static unsafe uint SizeOf<T>()
        where T : unmanaged => (uint)sizeof(T);

    /// <summary>A time as a host gave it.</summary>
    /// <exception cref="ArgumentException">No whole multiple of 100 ns.</exception>
    public static TimeSpan ToTimeSpan(string field, long nanoseconds) => nanoseconds % NanosecondsPerTick == 0
        ? new TimeSpan(nanoseconds / NanosecondsPerTick)
        : throw new ArgumentException($"{field} is {nanoseconds} ns; times are whole multiples of {NanosecondsPerTick} ns.");

    public static long ToNanoseconds(TimeSpan time) => checked(time.Ticks * NanosecondsPerTick);

    private static void Check(string field, long value, long least, long most)
    {
        if (value < least || value > most)
        {
            throw new ArgumentException($"{field} is {value}; it must lie between {least} and {most}.");
        }
    }

    private static int FlagsOf(RealtimeOptions options) =>
        (options.LockMemory ? Abi.LockMemory : 0) | (options.HoldProcessorAwake ? Abi.HoldProcessorAwake : 0);

    private static RealtimeOptions ToRealtime(int priority, int processor, int flags) => new()
    {
        Priority = priority,
        Processor = processor < 0 ? null : processor,
        LockMemory = (flags & Abi.LockMemory) != 0,
        HoldProcessorAwake = (flags & Abi.HoldProcessorAwake) != 0,
    };
}
