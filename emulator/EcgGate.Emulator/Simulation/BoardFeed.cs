using EcgGate.Emulator.Boards;
using EcgGate.Signals;
using EcgGate.Timing;

namespace EcgGate.Emulator.Simulation;

/// <summary>Samples through the emulated board and a driver, both on a clock that the driver's waiting moves.</summary>
internal sealed class BoardFeed : ISampleFeed
{
    private const double CountedRateHertz = 500;

    private readonly EmulatedBench _bench;
    private readonly IEcgSource _source;
    private readonly EcgSample[] _one = new EcgSample[1];

    public BoardFeed(EmulatedBench bench, IEcgSource source)
    {
        _bench = bench;
        _source = source;
    }

    public double SamplingRateHertz => _source.Info.SamplingRateHertz;

    public TimeSpan FixedDelay => _source.Info.FixedDelay;

    public MonotonicTime NextSampledAt => _bench.Clock.Now;

    public bool TryNext(out EcgSample sample, out MonotonicTime ready)
    {
        var block = _source.Read(_one);
        sample = _one[0];
        ready = block.LastSampleTime;
        return block.Count > 0;
    }

    public bool Take(in SimulatedFault fault)
    {
        var board = _bench.Board;
        switch (fault.Kind)
        {
            case SimulatedFaultKind.DataReadyLost:
                board.SuppressConversions(board.Conversions + 1, Math.Max(1, (long)(fault.Seconds * CountedRateHertz)));
                return true;
            case SimulatedFaultKind.SpiErrors:
                board.CorruptStatusOf(board.Conversions + 1);
                return true;
            default:
                return false;
        }
    }

    public void Dispose() => _source.Dispose();
}
