using EcgGate.Signals;

namespace EcgGate.Cli.SelfTest;

/// <summary>Passes a source on and keeps lead 0 of what passed, in memory that was there before. One thread reads.</summary>
internal sealed class TappedSource(IEcgSource inner, int capacity) : IEcgSource
{
    private readonly float[] _values = new float[capacity];
    private readonly long[] _indexes = new long[capacity];
    private int _count;

    public EcgSourceInfo Info => inner.Info;

    /// <summary>What passed, with a sample's last value standing over a gap. After the reading has ended.</summary>
    /// <param name="firstIndex">The index of the first.</param>
    public List<float> Values(out long firstIndex)
    {
        firstIndex = _count == 0 ? 0 : _indexes[0];
        var values = new List<float>(_count);
        for (var i = 0; i < _count; i++)
        {
            while (values.Count < _indexes[i] - firstIndex)
            {
                values.Add(_values[i - 1]);
            }

            values.Add(_values[i]);
        }

        return values;
    }

    public EcgBlock Read(Span<EcgSample> destination)
    {
        var block = inner.Read(destination);
        for (var i = 0; i < block.Count && _count < _values.Length; i++)
        {
            _values[_count] = destination[i].Lead0Millivolts;
            _indexes[_count++] = destination[i].Index;
        }

        return block;
    }

    public void Interrupt() => inner.Interrupt();

    public void Dispose() => inner.Dispose();
}
