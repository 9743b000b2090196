using System.Diagnostics.Metrics;
using EcgGate.Gating;

namespace EcgGate.Hosting;

/// <summary>The instruments of the meter <see cref="EcgGateMeter.Name"/>.</summary>
internal sealed class GateMetrics
{
    private static readonly string[] OutcomeNames = Enum.GetNames<Outcome>();
    private static readonly string[] ReasonNames = Enum.GetNames<Reason>();

    private readonly Counter<long> _beats;
    private readonly Counter<long> _refuted;
    private readonly Histogram<double> _lateness;
    private readonly Histogram<double> _latency;

    public GateMetrics(IMeterFactory factory, EcgGateService gate)
    {
        ArgumentNullException.ThrowIfNull(factory);
        var meter = factory.Create(EcgGateMeter.Name);
        _beats = meter.CreateCounter<long>(EcgGateMeter.Beats, "{beat}", "Beats by outcome and reason");
        _refuted = meter.CreateCounter<long>(EcgGateMeter.RefutedBeats, "{beat}", "Beats that the verifier took back");
        _lateness = meter.CreateHistogram(
            EcgGateMeter.Lateness,
            "us",
            "Edge minus deadline of each pulse",
            tags: null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000] });
        _latency = meter.CreateHistogram(
            EcgGateMeter.DecisionLatency,
            "ms",
            "From R to the sample with which the beat was announced",
            tags: null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = [0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 100, 500] });
        _ = meter.CreateObservableCounter(EcgGateMeter.Samples, () => gate.Samples, "{sample}", "Samples taken");
        _ = meter.CreateObservableCounter(EcgGateMeter.MissingSamples, () => gate.MissingSamples, "{sample}", "Samples that the source lost");
        _ = meter.CreateObservableCounter(EcgGateMeter.DroppedEvents, () => gate.DroppedEvents, "{event}", "Events that found the engine's ring full");
        _ = meter.CreateObservableGauge(EcgGateMeter.Ready, () => gate.State == GateState.Ready ? 1 : 0, "1", "1 where the next good beat is fired on");
    }

    public void Count(in GateEvent gateEvent, double samplingRateHertz)
    {
        switch (gateEvent.Kind)
        {
            case GateEventKind.BeatOutcome:
                var beat = gateEvent.Beat;
                _beats.Add(1, new("outcome", OutcomeNames[(int)beat.Outcome]), new("reason", ReasonNames[(int)beat.Reason]));
                if (beat.Outcome == Outcome.Fired)
                {
                    _lateness.Record(beat.LatenessNanoseconds / 1000.0);
                }

                _latency.Record((beat.Beat.DecisionIndex - beat.Beat.RTime.Samples) * 1000 / samplingRateHertz);
                break;
            case GateEventKind.BeatRefuted:
                _refuted.Add(1);
                break;
        }
    }
}
