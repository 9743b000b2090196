namespace EcgGate.Records;

/// <summary>What verifying one signal found.</summary>
/// <param name="FileName">The signal file, as its header names it.</param>
/// <param name="Signal">The signal's number in its header.</param>
/// <param name="Name">The signal's description.</param>
/// <param name="Stored">The checksum in the header; null where it has none or gives no length, so that nothing can be verified.</param>
/// <param name="Computed">The checksum of the samples.</param>
/// <param name="FirstSample">The first stored sample; null where there is none.</param>
public readonly record struct SignalChecksum(string FileName, int Signal, string Name, short? Stored, short Computed, int? FirstSample)
{
    /// <summary>Whether the samples are those that the header was written for; null where it does not say.</summary>
    public bool? Holds => Stored is { } stored ? stored == Computed : null;
}

/// <summary>
/// Verifies signal files against the checksums of their headers: the sum of all stored samples modulo 65,536, the skewed
/// ones among them, as header(5) defines it. Streams the files; memory does not depend on their length.
/// </summary>
public static class WfdbChecksums
{
    /// <summary>Computes the checksum of each signal; of each segment's signals in a multi-segment record.</summary>
    /// <param name="path">Path of the record, with or without the <c>.hea</c> ending.</param>
    /// <param name="options">How to read; null for the defaults.</param>
    /// <exception cref="WfdbException">The record is missing, damaged or not supported.</exception>
    public static IReadOnlyList<SignalChecksum> Compute(string path, WfdbReadOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        var headerPath = WfdbFiles.HeaderPath(path);
        var header = WfdbHeaderParser.Read(headerPath);
        var results = new List<SignalChecksum>();
        if (!header.IsMultiSegment)
        {
            Compute(headerPath, header, options ?? WfdbReadOptions.Default, results);
            return results;
        }

        // A segment may appear more than once.
        foreach (var name in header.Segments.Where(segment => !segment.IsGap && segment.LengthFrames > 0).Select(segment => segment.RecordName).Distinct(StringComparer.Ordinal))
        {
            var segmentPath = WfdbFiles.Beside(headerPath, name + ".hea");
            Compute(segmentPath, WfdbHeaderParser.Read(segmentPath), options ?? WfdbReadOptions.Default, results);
        }

        return results;
    }

    /// <summary>Refuses a record of which a checksum does not hold.</summary>
    /// <exception cref="WfdbException">A checksum does not hold, or the record cannot be read.</exception>
    public static void Require(string path, WfdbReadOptions? options = null)
    {
        foreach (var check in Compute(path, options))
        {
            if (check.Holds == false)
            {
                throw WfdbException.InFile(
                    WfdbFiles.HeaderPath(path), $"the samples of signal {check.Signal} ({check.Name}) in '{check.FileName}' sum up to {check.Computed}, where the header says {check.Stored}; the file is damaged: fetch it again.");
            }
        }
    }

    private static void Compute(string headerPath, WfdbHeader header, WfdbReadOptions options, List<SignalChecksum> results)
    {
        var offsets = new int[header.Signals.Count];
        var frameLength = 0;
        for (var i = 0; i < offsets.Length; i++)
        {
            offsets[i] = frameLength;
            frameLength += header.Signals[i].SamplesPerFrame;
        }

        if (frameLength == 0)
        {
            return;
        }

        using var reader = new SegmentReader(header, headerPath, offsets, frameLength, options, inFileOrder: true);
        var sums = new long[offsets.Length];
        var first = new int?[offsets.Length];
        var buffer = new int[Math.Max(8_192 / frameLength, 1) * frameLength];
        while (reader.Read(buffer, native: true) is > 0 and var frames)
        {
            for (var f = 0; f < frames; f++)
            {
                for (var i = 0; i < offsets.Length; i++)
                {
                    var samples = buffer.AsSpan((f * frameLength) + offsets[i], header.Signals[i].SamplesPerFrame);
                    first[i] ??= samples[0];
                    foreach (var sample in samples)
                    {
                        sums[i] += sample;
                    }
                }
            }
        }

        for (var i = 0; i < offsets.Length; i++)
        {
            var signal = header.Signals[i];
            if (signal.Format != WfdbFormat.Null)
            {
                var stored = header.LengthFrames is null ? null : signal.Checksum;
                results.Add(new SignalChecksum(signal.FileName, i, signal.NameOr(i), stored, unchecked((short)sums[i]), first[i]));
            }
        }
    }
}
