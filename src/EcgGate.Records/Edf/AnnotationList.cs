using System.Globalization;

namespace EcgGate.Records.Edf;

/// <summary>
/// The time-stamped annotation lists of EDF+: <c>+onset[0x15 duration]0x14 text 0x14 [text 0x14 ...] 0x00</c>, padded
/// with zero bytes.
/// </summary>
internal static class AnnotationList
{
    private const byte EndOfText = 0x14;
    private const byte BeforeDuration = 0x15;

    // A thousand years: no file has an annotation later than this.
    private const double LargestSeconds = 3.2e10;

    /// <summary>The onset of the list that begins here; false where there is none.</summary>
    public static bool TryOnset(ReadOnlySpan<byte> bytes, out double seconds)
    {
        var end = bytes.IndexOfAny(EndOfText, BeforeDuration, (byte)0);
        seconds = 0;
        return end > 0 && bytes[end] != 0 && bytes[0] is (byte)'+' or (byte)'-' && TrySeconds(bytes[..end], out seconds);
    }

    /// <summary>Adds all annotations that have a text.</summary>
    public static void Parse(ReadOnlySpan<byte> bytes, string path, long offset, List<EdfAnnotation> annotations)
    {
        var at = 0;
        while (at < bytes.Length)
        {
            if (bytes[at] == 0)
            {
                at++;
                continue;
            }

            var length = bytes[at..].IndexOf((byte)0);
            if (length < 0)
            {
                throw Error("has no closing zero byte within its data record");
            }

            ParseOne(bytes.Slice(at, length));
            at += length;
        }

        RecordException Error(string what) => RecordException.AtByte(path, offset + at, $"the annotation list that begins here {what}; the file is damaged.");

        void ParseOne(ReadOnlySpan<byte> list)
        {
            var end = list.IndexOf(EndOfText);
            if (end < 0 || list[^1] != EndOfText)
            {
                throw Error("does not end with byte 20");
            }

            var stamp = list[..end];
            var split = stamp.IndexOf(BeforeDuration);
            double? duration = null;
            if (split >= 0)
            {
                if (!TrySeconds(stamp[(split + 1)..], out var seconds) || seconds < 0)
                {
                    throw Error("has a duration that is no number of seconds");
                }

                duration = seconds;
                stamp = stamp[..split];
            }

            if (stamp.IsEmpty || stamp[0] is not ((byte)'+' or (byte)'-') || !TrySeconds(stamp, out var onset))
            {
                throw Error("does not begin with an onset such as '+12.5'");
            }

            var rest = list[(end + 1)..];
            while (!rest.IsEmpty)
            {
                var stop = rest.IndexOf(EndOfText);
                if (stop > 0)
                {
                    annotations.Add(new EdfAnnotation(onset, duration, WfdbFiles.Text(rest[..stop])));
                }

                rest = rest[(stop + 1)..];
            }
        }
    }

    private static bool TrySeconds(ReadOnlySpan<byte> text, out double seconds) =>
        double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out seconds)
        && Math.Abs(seconds) <= LargestSeconds;
}
