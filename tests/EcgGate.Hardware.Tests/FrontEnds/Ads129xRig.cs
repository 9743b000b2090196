using EcgGate.Emulator;
using EcgGate.Emulator.Boards;
using EcgGate.Emulator.Generator;
using EcgGate.Hardware.Ads129x;
using EcgGate.Signals;

namespace EcgGate.Hardware.Tests.FrontEnds;

/// <summary>A part of the ADS129x family on an emulated bench.</summary>
internal sealed class Ads129xRig : FrontEndRig
{
    private readonly Func<EmulatedBench, HostClock, TimeSpan?, IDataReady?, Ads129xSource> _open;

    public Ads129xRig(FunctionEcg ecg, EmulatedAds129xOptions options, double fullScaleMillivolts, Func<EmulatedBench, HostClock, TimeSpan?, IDataReady?, Ads129xSource> open)
    {
        _open = open;
        Bench = EmulatedBench.Start(ecg, new ListTruth([]), options, Pace);
        TooManyMillivolts = 2 * fullScaleMillivolts;

        // Half a step, and the rounding of a float.
        StepMillivolts = (0.5 * fullScaleMillivolts / 0x7FFFFF) + 1e-6;
    }

    public EmulatedBench Bench { get; }

    public EmulatedAds129x Board => Bench.Board;

    public override PatientTime PatientTime => Bench.PatientTime;

    public override double TooManyMillivolts { get; }

    public override double StepMillivolts { get; }

    public override bool HoldsLines => Bench.Gpio.IsPinOpen(25);

    public override IEcgSource Open(TimeSpan? dataReadyTimeout = null, bool allocationFree = false) =>
        _open(Bench, Host, dataReadyTimeout, allocationFree ? new BoardDataReady(Board) : null);

    public override double SampledSecondsOf(long conversion) => Board.SampledSecondsOf(conversion);

    public override void Lose(long first, long count) => Board.SuppressConversions(first, count);

    public override long LostOf(IEcgSource source) => ((Ads129xSource)source).Statistics.LostFrames;

    public override void OnEnded(Action handler) => Bench.Ended += (_, _) => handler();

    public override void Dispose() => Bench.Dispose();
}

/// <summary>DRDY without the allocation that a wait through a GPIO controller costs.</summary>
internal sealed class BoardDataReady(EmulatedAds129x board) : IDataReady
{
    public bool IsReady() => board.IsDataReady;

    public bool WaitForEdge(CancellationToken cancellationToken) => board.WaitForDataReady(cancellationToken);
}
