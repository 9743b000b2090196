using System.Runtime.InteropServices;
using EcgGate.Hardware.Alsa;
using EcgGate.Hardware.LineIn;
using EcgGate.Signals;

namespace EcgGate.Hardware.Tests.Alsa;

/// <summary>
/// The real libasound with a device of its own making: its file plugin plays a file into a capture device. It does not keep
/// time, so that the reads are paced here, by reading no more than a block.
/// </summary>
/// <remarks>
/// libasound reads its configuration once a process, at the first open. The file named by ALSA_CONFIG_PATH is set for the C
/// library, whose environment .NET does not change, before that; a static constructor makes sure of it.
/// </remarks>
public sealed partial class FilePluginTests
{
    private const int Rate = 48_000;
    private const int Frames = 4 * Rate;
    private static readonly string Folder = Directory.CreateTempSubdirectory("ecggate-alsa-").FullName;

    static FilePluginTests()
    {
        foreach (var (name, bytes) in new[] { ("s16", S16()), ("s32", S32()), ("f32", F32()) })
        {
            File.WriteAllBytes(Path.Combine(Folder, name), bytes);
            File.AppendAllText(Path.Combine(Folder, "asound.conf"), $$"""
                pcm.ecg_{{name}} {
                  type file
                  slave.pcm { type null }
                  file "/dev/null"
                  infile "{{Path.Combine(Folder, name)}}"
                  format "raw"
                }

                """);
        }

        if (OperatingSystem.IsLinux())
        {
            _ = SetEnvironment("ALSA_CONFIG_PATH", Path.Combine(Folder, "asound.conf"), 1);
        }
    }

    [Theory]
    [InlineData("s16")]
    [InlineData("s32")]
    [InlineData("f32")]
    public void What_the_library_plays_comes_out_scaled_filtered_and_in_time(string format)
    {
        Assert.SkipUnless(LibAsound.IsInstalled, "libasound.so.2 is not installed (apt-get install libasound2 or libasound2t64)");
        using var source = AlsaUri.Parse($"alsa:ecg_{format}?rate={Rate}&format={format}&fullscale=2&channel=1&lead1=0").Open();

        source.Info.SamplingRateHertz.Should().Be(1000);
        source.Info.BlockDelay.TotalMilliseconds.Should().BeInRange(0.5, 5);
        var block = new EcgSample[8];
        var samples = new List<EcgSample>();
        while (samples.Count < 1_500)
        {
            var read = source.Read(block);
            samples.AddRange(block.AsSpan(0, read.Count));
        }

        // Channel 1 is a sine of 5 Hz, channel 0 its negative half.
        for (var i = 0; i < samples.Count; i++)
        {
            var seconds = ((((i + 3) * 48) - 1) / (double)Rate) - source.Info.FixedDelay.TotalSeconds;
            var expected = Math.Sin(2 * Math.PI * 5 * seconds);
            samples[i].Index.Should().Be(i);
            ((double)samples[i].Lead0Millivolts).Should().BeApproximately(expected, 0.002);
            ((double)samples[i].Lead1Millivolts).Should().BeApproximately(-0.5 * expected, 0.002);
        }
    }

    [Fact]
    public void A_device_without_a_clock_is_found_out_before_anything_is_gated_on_it()
    {
        Assert.SkipUnless(LibAsound.IsInstalled, "libasound.so.2 is not installed (apt-get install libasound2 or libasound2t64)");
        using var source = AlsaUri.Parse("alsa:ecg_s16?format=s16&channel=1").Open();
        var block = new EcgSample[64];
        var reading = () =>
        {
            for (var i = 0; i < 100_000; i++)
            {
                source.Read(block);
            }
        };

        reading.Should().Throw<EcgSourceException>().WithMessage("*no device that keeps time*");
    }

    [Fact]
    public void A_period_that_is_too_long_for_the_gate_is_refused_by_the_real_library_s_answer()
    {
        Assert.SkipUnless(LibAsound.IsInstalled, "libasound.so.2 is not installed (apt-get install libasound2 or libasound2t64)");
        var opening = () => AlsaUri.Parse("alsa:ecg_s16?format=s16&channel=1&period=40ms").Open();

        opening.Should().Throw<EcgSourceException>().WithMessage("*block 40.0 ms + decimator 1.5 ms*");
    }

    private static double Value(int index) => 0.5 * Math.Sin(2 * Math.PI * 5 * (index / 2) / Rate) * (index % 2 == 0 ? -0.5 : 1);

    private static byte[] S16() => MemoryMarshal.AsBytes<short>([.. Enumerable.Range(0, 2 * Frames).Select(i => (short)Math.Round(Value(i) * 32768))]).ToArray();

    private static byte[] S32() => MemoryMarshal.AsBytes<int>([.. Enumerable.Range(0, 2 * Frames).Select(i => (int)Math.Round(Value(i) * 2147483648))]).ToArray();

    private static byte[] F32() => MemoryMarshal.AsBytes<float>([.. Enumerable.Range(0, 2 * Frames).Select(i => (float)Value(i))]).ToArray();

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);
}
