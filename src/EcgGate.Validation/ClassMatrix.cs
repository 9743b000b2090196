using System.Text.Json.Serialization;

namespace EcgGate.Validation;

/// <summary>How many beats of each reference class were paired with a test beat of each class.</summary>
/// <remarks>
/// Immutable. A row holds one reference class, its columns the test classes in the order of <see cref="AamiClass"/>:
/// N, S, V, F, Q, O, X. Columns O and X of a row are missed beats; rows O and X are extra beats.
/// </remarks>
public sealed class ClassMatrix
{
    private const int Classes = 7;
    private readonly IReadOnlyList<long>[] _rows;

    /// <summary>Takes the seven rows.</summary>
    /// <exception cref="ArgumentException">A row has not seven counts.</exception>
    [JsonConstructor]
    public ClassMatrix(IReadOnlyList<long> n, IReadOnlyList<long> s, IReadOnlyList<long> v, IReadOnlyList<long> f, IReadOnlyList<long> q, IReadOnlyList<long> o, IReadOnlyList<long> x)
    {
        _rows = [n, s, v, f, q, o, x];
        if (_rows.Any(row => row is not { Count: Classes }))
        {
            throw new ArgumentException($"Each row of a class matrix must have {Classes} counts.");
        }
    }

    private ClassMatrix(long[,] counts) =>
        _rows = [.. Enumerable.Range(0, Classes).Select(row => (IReadOnlyList<long>)[.. Enumerable.Range(0, Classes).Select(column => counts[row, column])])];

    /// <summary>Reference class N.</summary>
    public IReadOnlyList<long> N => _rows[0];

    /// <summary>Reference class S.</summary>
    public IReadOnlyList<long> S => _rows[1];

    /// <summary>Reference class V.</summary>
    public IReadOnlyList<long> V => _rows[2];

    /// <summary>Reference class F.</summary>
    public IReadOnlyList<long> F => _rows[3];

    /// <summary>Reference class Q.</summary>
    public IReadOnlyList<long> Q => _rows[4];

    /// <summary>No reference beat: extra test beats.</summary>
    public IReadOnlyList<long> O => _rows[5];

    /// <summary>No reference beat because of shutdown there: extra test beats within it.</summary>
    public IReadOnlyList<long> X => _rows[6];

    /// <summary>Beats of this reference class paired with this test class.</summary>
    [JsonIgnore]
    public long this[AamiClass reference, AamiClass test] => _rows[(int)reference][(int)test];

    /// <summary>The sum over several classes on each side.</summary>
    public long Sum(ReadOnlySpan<AamiClass> reference, ReadOnlySpan<AamiClass> test)
    {
        var sum = 0L;
        foreach (var row in reference)
        {
            foreach (var column in test)
            {
                sum += this[row, column];
            }
        }

        return sum;
    }

    /// <summary>Several matrices added up.</summary>
    public static ClassMatrix Sum(IEnumerable<ClassMatrix> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        var counter = new Counter();
        foreach (var part in parts)
        {
            for (var row = 0; row < Classes; row++)
            {
                for (var column = 0; column < Classes; column++)
                {
                    counter.Add((AamiClass)row, (AamiClass)column, part._rows[row][column]);
                }
            }
        }

        return counter.ToMatrix();
    }

    /// <summary>Counts pairs while they are found.</summary>
    internal sealed class Counter
    {
        private readonly long[,] _counts = new long[Classes, Classes];

        public void Add(AamiClass reference, AamiClass test, long count = 1) => _counts[(int)reference, (int)test] += count;

        public ClassMatrix ToMatrix() => new(_counts);
    }
}
