using EcgGate.Detection;

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
        var total = RecordingTally.OnLudb(rate => new RWaveDetector(rate), channel, lead);

        total.Sensitivity.Should().BeGreaterThan(0.985);
        total.PositivePredictivity.Should().BeGreaterThan(0.965);
    }
}
