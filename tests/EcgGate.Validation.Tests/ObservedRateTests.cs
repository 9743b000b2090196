namespace EcgGate.Validation.Tests;

public sealed class ObservedRateTests
{
    [Theory]
    [InlineData(0, 71_234, "0 of 71,234 (< 0.0042 %)")]
    [InlineData(12, 71_234, "12 of 71,234 (0.017 %)")]
    [InlineData(1, 8, "1 of 8 (12.5 %)")]
    [InlineData(8, 8, "8 of 8 (100 %)")]
    [InlineData(0, 2, "0 of 2 (< 100 %)")]
    [InlineData(0, 40, "0 of 40 (< 7.5 %)")]
    [InlineData(1, 1_000_000_000, "1 of 1,000,000,000 (0.0000001 %)")]
    [InlineData(0, 0, "0 of 0 (nothing to judge)")]
    public void Every_rate_is_printed_with_its_N_and_a_zero_with_its_bound(long count, long of, string text) =>
        new ObservedRate(count, of).ToString().Should().Be(text);
}
