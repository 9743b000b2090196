namespace EcgGate.Hardware.Ads129x;

/// <summary>One thing that a self-test looked at, and its verdict.</summary>
/// <param name="Name">For machines, such as <c>noise</c>.</param>
/// <param name="Description">For people: what was measured.</param>
/// <param name="Measured">What came out; NaN where nothing could be measured.</param>
/// <param name="AtLeast">The least that is good; null for no such limit.</param>
/// <param name="AtMost">The most that is good; null for no such limit.</param>
/// <param name="Unit">Of all three.</param>
public sealed record Ads129xCheck(string Name, string Description, double Measured, double? AtLeast, double? AtMost, string Unit)
{
    /// <summary>The verdict: measured, and within the limits.</summary>
    public bool Passed => !double.IsNaN(Measured) && !(Measured < AtLeast) && !(Measured > AtMost);
}
