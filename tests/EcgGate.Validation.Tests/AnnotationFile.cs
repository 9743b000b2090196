using System.Text;

namespace EcgGate.Validation.Tests;

/// <summary>
/// Reads annotation files in MIT format, apart from <c>EcgGate.Records</c>: the two check each other. This one also takes
/// what wqrs writes for a beat before the record's start, sample -1.
/// </summary>
internal static class AnnotationFile
{
    // Symbol by code, as in the WFDB annotation code table; blanks are codes without one.
    private const string Symbols = " NLRaVFJASEj/Q~ | sT*D\"=pB^t+u?![]en@xf()r";

    public static List<AnnotationMark> Read(string path)
    {
        var bytes = File.ReadAllBytes(path);
        var marks = new List<AnnotationMark>();
        long sample = 0;
        var at = 0;
        int Word()
        {
            var word = bytes[at] | (bytes[at + 1] << 8);
            at += 2;
            return word;
        }

        while (at + 1 < bytes.Length)
        {
            var word = Word();
            var (code, delta) = (word >> 10, word & 0x3ff);
            switch (code)
            {
                case 0 when delta == 0:
                    return marks;
                case 59:
                    sample += (Word() << 16) + Word();
                    break;
                case 60 or 62:
                    break;
                case 61:
                    marks[^1] = marks[^1] with { Subtype = (sbyte)delta };
                    break;
                case 63:
                    at += delta + (delta & 1);
                    break;
                default:
                    sample += delta;
                    marks.Add(new AnnotationMark(sample, Symbols[code]));
                    break;
            }
        }

        return marks;
    }

    /// <summary>The rate and the length from a header's first line.</summary>
    public static (double SamplingRateHertz, long LengthSamples) Header(string path)
    {
        var fields = File.ReadLines(path, Encoding.ASCII).First(line => !line.StartsWith('#')).Split(' ');
        return (double.Parse(fields[2].Split('/')[0]), long.Parse(fields[3]));
    }
}
