using EcgGate.Detection;
using EcgGate.TestSupport;

namespace EcgGate.Tests.Detection;

/// <summary>Figures on real recordings, held at what was reached less a small margin. Channel 0, whole record.</summary>
public sealed class RWaveDetectorRecordingTests
{
    [Fact]
    public void On_the_MIT_BIH_records_it_is_right_and_early()
    {
        var total = RecordingTally.OnMitBih(rate => new RWaveDetector(rate));

        total.Sensitivity.Should().BeGreaterThan(0.998);
        total.PositivePredictivity.Should().BeGreaterThan(0.9975);
        ((double)total.ByR45 / (total.Found + total.Missed)).Should().BeGreaterThan(0.993);
        total.Latency(0.5).Should().BeLessThan(14);
        total.Latency(0.99).Should().BeLessThan(42);
    }

    [Theory]
    [InlineData(1, "ii")]
    [InlineData(10, "v4")]
    [InlineData(8, "v3")]
    public void On_LUDB_at_another_rate_and_with_other_leads_it_holds(int channel, string lead)
    {
        var folder = Path.Combine(Recordings.Require(), "ludb");
        var total = new RecordingTally();
        for (var patient = 1; patient <= 100; patient++)
        {
            var beats = RecordingFiles.ReadBeats(Path.Combine(folder, $"{patient}.{lead}"), "N");
            var decisions = Decisions.Of(new RWaveDetector(500), RecordingFiles.Read16(Path.Combine(folder, $"{patient}.dat"), 12, channel));

            // Ten seconds each: the first two show the scale; the annotators left out beats at both ends.
            decisions.RemoveAll(d => beats.Count == 0 || d.RTime.Samples < Math.Max(1000, beats[0] - 75) || d.RTime.Samples > beats[^1] + 75);
            total.Add(RecordingTally.Of(decisions, beats.FindAll(b => b > 1075), 500, 0.15));
        }

        total.Sensitivity.Should().BeGreaterThan(0.985);
        total.PositivePredictivity.Should().BeGreaterThan(0.965);
    }
}
