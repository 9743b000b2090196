namespace EcgGate.Detection;

/// <summary>Sorts a handful of values in place, by insertion.</summary>
/// <remarks>
/// Compiled ahead of time, the library's own sort makes a delegate with each call; this allocates nothing anywhere.
/// </remarks>
internal static class SmallSort
{
    public static void Sort<T>(Span<T> values)
        where T : struct, IComparable<T>
    {
        for (var i = 1; i < values.Length; i++)
        {
            var value = values[i];
            var j = i - 1;
            while (j >= 0 && values[j].CompareTo(value) > 0)
            {
                values[j + 1] = values[j];
                j--;
            }

            values[j + 1] = value;
        }
    }
}
