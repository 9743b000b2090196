using EcgGate.Emulator.Patient;
using EcgGate.Signals;
using EcgGate.Timing;

namespace EcgGate.Hosting.Tests;

/// <summary>
/// A patient whose samples come as fast as they are read, stamped as if live; waits, fails or ends where a test says.
/// </summary>
internal sealed class HurriedPatient : IEcgSource
{
    private const double Rate = 500;

    private readonly PatientSource _patient;
    private readonly MonotonicTime _zero = MonotonicClock.Now - TimeSpan.FromHours(1);
    private readonly ManualResetEventSlim _go = new();
    private readonly long _waitAt;
    private readonly long _failAt;

    public HurriedPatient(string scenario, double waitAtSeconds = double.PositiveInfinity, double failAtSeconds = double.PositiveInfinity)
    {
        _patient = new PatientSource(new VirtualPatient(ScenarioCatalog.Get(scenario)), Rate);
        _waitAt = double.IsInfinity(waitAtSeconds) ? long.MaxValue : (long)(waitAtSeconds * Rate);
        _failAt = double.IsInfinity(failAtSeconds) ? long.MaxValue : (long)(failAtSeconds * Rate);
        Info = _patient.Info with { IsLive = true };
    }

    public EcgSourceInfo Info { get; }

    public bool IsDisposed { get; private set; }

    public void GoOn() => _go.Set();

    public EcgBlock Read(Span<EcgSample> destination)
    {
        var block = _patient.Read(destination[..1]);
        if (block.Count == 0)
        {
            return block;
        }

        var index = destination[0].Index;
        if (index == _waitAt)
        {
            _go.Wait();
        }

        return index == _failAt
            ? throw new EcgSourceException("The patient's cable was pulled; plug it in again.")
            : new EcgBlock(1, _zero.AddNanoseconds((long)(index * 1e9 / Rate)));
    }

    public void Interrupt()
    {
        _patient.Interrupt();
        _go.Set();
    }

    public void Dispose()
    {
        IsDisposed = true;
        _patient.Dispose();
    }
}
