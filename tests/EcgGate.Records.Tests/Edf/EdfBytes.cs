using System.Text;

namespace EcgGate.Records.Tests.Edf;

/// <summary>Puts EDF files together byte by byte, without any code of the product.</summary>
internal sealed class EdfBytes
{
    public sealed record Signal(string Label, string Dimension, string PhysicalMin, string PhysicalMax, string DigitalMin, string DigitalMax, int PerRecord);

    public string Version { get; init; } = "0";

    public string Reserved { get; init; } = "";

    public string Seconds { get; init; } = "1";

    public string? Count { get; init; }

    public int SampleBytes { get; init; } = 2;

    public Signal[] Signals { get; init; } = [];

    /// <summary>Each data record: for each signal its samples, or the text of an annotation signal.</summary>
    public List<object[]> Records { get; } = [];

    public byte[] ToArray()
    {
        var text = new StringBuilder()
            .Append(Version.PadRight(8)).Append("X F X Somebody".PadRight(80)).Append("Startdate 02-MAR-2002 X X X".PadRight(80))
            .Append("02.03.02").Append("14.25.59").Append($"{256 * (Signals.Length + 1)}".PadRight(8)).Append(Reserved.PadRight(44))
            .Append((Count ?? $"{Records.Count}").PadRight(8)).Append(Seconds.PadRight(8)).Append($"{Signals.Length}".PadRight(4));
        Array.ForEach(Signals, s => text.Append(s.Label.PadRight(16)));
        Array.ForEach(Signals, _ => text.Append("electrode".PadRight(80)));
        Array.ForEach(Signals, s => text.Append(s.Dimension.PadRight(8)));
        Array.ForEach(Signals, s => text.Append(s.PhysicalMin.PadRight(8)));
        Array.ForEach(Signals, s => text.Append(s.PhysicalMax.PadRight(8)));
        Array.ForEach(Signals, s => text.Append(s.DigitalMin.PadRight(8)));
        Array.ForEach(Signals, s => text.Append(s.DigitalMax.PadRight(8)));
        Array.ForEach(Signals, _ => text.Append("HP:0.05Hz".PadRight(80)));
        Array.ForEach(Signals, s => text.Append($"{s.PerRecord}".PadRight(8)));
        Array.ForEach(Signals, _ => text.Append("".PadRight(32)));
        var bytes = Encoding.Latin1.GetBytes(text.ToString()).ToList();
        foreach (var record in Records)
        {
            for (var i = 0; i < Signals.Length; i++)
            {
                if (record[i] is string list)
                {
                    var annotations = Encoding.UTF8.GetBytes(list);
                    bytes.AddRange(annotations);
                    bytes.AddRange(new byte[(Signals[i].PerRecord * SampleBytes) - annotations.Length]);
                }
                else
                {
                    foreach (var sample in (int[])record[i])
                    {
                        for (var b = 0; b < SampleBytes; b++)
                        {
                            bytes.Add((byte)(sample >> (8 * b)));
                        }
                    }
                }
            }
        }

        return [.. bytes];
    }

    public static Signal Lead(string label, int perRecord, string dimension = "mV") => new(label, dimension, "-10", "10", "-1000", "1000", perRecord);

    public static Signal Annotations(int perRecord, string label = "EDF Annotations") => new(label, "", "-1", "1", "-32768", "32767", perRecord);
}
