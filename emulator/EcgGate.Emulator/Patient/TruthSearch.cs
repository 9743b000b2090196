namespace EcgGate.Emulator.Patient;

/// <summary>Finds beats among beats in order of time.</summary>
internal static class TruthSearch
{
    public static IReadOnlyList<TruthBeat> Between(ReadOnlySpan<TruthBeat> beats, double fromSeconds, double toSeconds)
    {
        var first = FirstFrom(beats, fromSeconds);
        var end = FirstFrom(beats, toSeconds);
        return end > first ? beats[first..end].ToArray() : [];
    }

    public static bool TryFindNearest(ReadOnlySpan<TruthBeat> beats, double seconds, double withinSeconds, out TruthBeat beat)
    {
        var after = FirstFrom(beats, seconds);
        if (beats.IsEmpty)
        {
            beat = default;
            return false;
        }

        beat = beats[Math.Min(after, beats.Length - 1)];
        if (after > 0 && after < beats.Length && seconds - beats[after - 1].RSeconds < beat.RSeconds - seconds)
        {
            beat = beats[after - 1];
        }

        return Math.Abs(beat.RSeconds - seconds) <= withinSeconds;
    }

    public static bool TryFindAtOrBefore(ReadOnlySpan<TruthBeat> beats, double seconds, out TruthBeat beat)
    {
        var after = FirstFrom(beats, seconds);
        if (after < beats.Length && beats[after].RSeconds == seconds)
        {
            after++;
        }

        beat = after > 0 ? beats[after - 1] : default;
        return after > 0;
    }

    private static int FirstFrom(ReadOnlySpan<TruthBeat> beats, double seconds)
    {
        var low = 0;
        var high = beats.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (beats[middle].RSeconds < seconds)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
