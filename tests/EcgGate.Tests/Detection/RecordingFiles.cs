namespace EcgGate.Tests.Detection;

/// <summary>Reads the public recordings by means of its own, so that the readers of the project cannot hide a fault.</summary>
internal static class RecordingFiles
{
    /// <summary>The annotation codes that are beats.</summary>
    public const string BeatCodes = "NLRaVFJASEj/Qefr";

    /// <summary>Channel 0 of two in format 212, 200 units/mV around 1024, as all MIT-BIH records are.</summary>
    public static float[] Read212(string path)
    {
        var bytes = File.ReadAllBytes(path);
        var values = new float[bytes.Length / 3];
        for (var i = 0; i < values.Length; i++)
        {
            var value = bytes[3 * i] | ((bytes[(3 * i) + 1] & 15) << 8);
            values[i] = ((value > 2047 ? value - 4096 : value) - 1024) / 200f;
        }

        return values;
    }

    /// <summary>One channel in format 16, in thousands: LUDB's gain is another for each lead, and the detector must not mind.</summary>
    public static float[] Read16(string path, int channels, int channel)
    {
        var bytes = File.ReadAllBytes(path);
        var values = new float[bytes.Length / 2 / channels];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = BitConverter.ToInt16(bytes, 2 * ((i * channels) + channel)) / 1000f;
        }

        return values;
    }

    /// <summary>Times of the annotations with one of the given codes.</summary>
    public static List<long> ReadBeats(string path, string codes)
    {
        const string Codes = " NLRaVFJASEj/Q~ | sT*D\"=pB^t+u?![]en@xf()r";
        var bytes = File.ReadAllBytes(path);
        var beats = new List<long>();
        var time = 0L;
        for (var i = 0; i + 1 < bytes.Length;)
        {
            var word = bytes[i] | (bytes[i + 1] << 8);
            var (code, step) = (word >> 10, word & 1023);
            i += 2;
            switch (code)
            {
                case 0 when step == 0:
                    return beats;
                case 59:
                    time += ((bytes[i] | (bytes[i + 1] << 8)) << 16) | bytes[i + 2] | (bytes[i + 3] << 8);
                    i += 4;
                    break;
                case 63:
                    i += step + (step & 1);
                    break;
                case 60 or 61 or 62:
                    break;
                default:
                    time += step;
                    if (code < Codes.Length && codes.Contains(Codes[code], StringComparison.Ordinal))
                    {
                        beats.Add(time);
                    }

                    break;
            }
        }

        return beats;
    }
}
