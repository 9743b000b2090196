namespace EcgGate.Delivery;

/// <summary>What a procedure is told besides its plan. Immutable.</summary>
public sealed record DeliverySessionOptions
{
    /// <summary>
    /// Allows a plan that does not gate on the ECG. Default false: such a plan is refused, so that the plan's own word is
    /// never enough.
    /// </summary>
    public bool AllowFixedRate { get; init; }

    /// <summary>Heart rate that the time left is estimated from until pulses show the pace. Default 70 a minute.</summary>
    public double ExpectedRatePerMinute { get; init; } = 70;

    /// <summary>Share of beats that are expected to be fired on. Default 0.8.</summary>
    public double ExpectedYield { get; init; } = 0.8;

    /// <summary>
    /// For how long one pulse is permitted at a time; renewed in a quarter of it. Default 2 s: after a host that hangs, one
    /// pulse may still come within it, and no second one.
    /// </summary>
    public TimeSpan PermitFor { get; init; } = TimeSpan.FromSeconds(2);
}
