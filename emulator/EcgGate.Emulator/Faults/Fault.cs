using System.Globalization;

namespace EcgGate.Emulator.Faults;

/// <summary>One thing that goes wrong.</summary>
/// <param name="Kind">What.</param>
/// <param name="StartSeconds">When it begins, in patient time.</param>
/// <param name="Seconds">How long it lasts; 0 for what happens at once (<see cref="FaultKind.BoardReset"/>), infinite for what stays.</param>
/// <param name="Size">How bad it is, by its kind; see <see cref="FaultKind"/>.</param>
public sealed record Fault(FaultKind Kind, double StartSeconds, double Seconds, double Size)
{
    /// <summary>When it is over, in patient time.</summary>
    public double EndSeconds => StartSeconds + Seconds;

    /// <summary>For people: what, when, how long.</summary>
    public override string ToString()
    {
        var form = FaultForm.Of(Kind);
        var size = form.Size is { } named ? string.Create(CultureInfo.InvariantCulture, $", {named.Name} {Size:0.######}") : string.Empty;
        var length = !form.Lasts ? string.Empty : double.IsInfinity(Seconds) ? ", for good" : string.Create(CultureInfo.InvariantCulture, $" for {Seconds:0.###} s");
        return string.Create(CultureInfo.InvariantCulture, $"{form.Name} at {StartSeconds:0.###} s{length}{size}");
    }

    internal bool Covers(double seconds) => seconds >= StartSeconds && seconds < EndSeconds;
}
