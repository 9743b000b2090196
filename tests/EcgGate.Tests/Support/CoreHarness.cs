using EcgGate.Gating;
using EcgGate.Signals;
using EcgGate.Timing;

namespace EcgGate.Tests.Support;

/// <summary>Runs a core at 1,000 samples a second with a virtual timer, and keeps all that it said.</summary>
internal sealed class CoreHarness : IGateEventSink
{
    public const double Rate = 1000;

    private readonly NominalTimeline _timeline = new(Rate);
    private readonly GatePump _pump;
    private readonly ScriptedDetector _detector;

    public CoreHarness(ScriptedDetector detector, GateOptions? options = null, TimeSpan sourceDelay = default)
    {
        _detector = detector;
        Options = options ?? new GateOptions();
        Core = new GateCore(Options, Rate, detector, this, sourceDelay);
        Line = new CountingLine();
        Timer = new VirtualPulseTimer(Line);
        _pump = new GatePump(Core, Timer, _timeline, Options.PulseWidth.Ticks * 100);
    }

    public GateOptions Options { get; }

    public GateCore Core { get; }

    public VirtualPulseTimer Timer { get; }

    public CountingLine Line { get; }

    public List<BeatOutcome> Outcomes { get; } = [];

    public List<GateEvent> Events { get; } = [];

    public long NextIndex { get; private set; }

    public void Arm() => _pump.Arm();

    public void Disarm() => _pump.Disarm();

    public void Stop() => _pump.Stop();

    public CoreHarness RunTo(long index)
    {
        while (NextIndex < index)
        {
            Feed(new EcgSample(NextIndex, _detector.SignalAt(NextIndex)));
        }

        return this;
    }

    public void Feed(EcgSample sample)
    {
        Timer.AdvanceTo(_timeline.HostTimeOf(new SampleTime(sample.Index)));
        _pump.Feed(in sample);
        NextIndex = sample.Index + 1;
    }

    void IGateEventSink.OnEvent(in GateEvent gateEvent)
    {
        Events.Add(gateEvent);
        if (gateEvent.Kind == GateEventKind.BeatOutcome)
        {
            Outcomes.Add(gateEvent.Beat);
        }
    }

    internal sealed class CountingLine : IPulseLine
    {
        public int Raised { get; private set; }

        public bool IsHigh { get; private set; }

        public bool TryRaise()
        {
            Raised++;
            IsHigh = true;
            return true;
        }

        public bool TryLower()
        {
            IsHigh = false;
            return true;
        }

        public void Dispose() => IsHigh = false;
    }
}
