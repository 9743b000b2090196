using System.Globalization;
using EcgGate.Cli.Run;
using EcgGate.Delivery;
using EcgGate.Gating;
using EcgGate.Records.Sessions;

namespace EcgGate.Cli.Session;

/// <summary>How a line of a session reads.</summary>
internal static class EntryText
{
    /// <summary>When, on the time axis of the ECG where it has a place there; what; and the details.</summary>
    public static (string When, string What, string Detail) Of(SessionEntry entry, double rate) => entry.Kind switch
    {
        SessionEntryKind.Gate => OfGate(entry.Gate, rate),
        SessionEntryKind.Pulse => (string.Empty, "measured", Reading(entry.Pulse)),
        SessionEntryKind.Delivery => (string.Empty, "procedure", Delivery(entry.Delivery)),
        SessionEntryKind.LostEvents => (string.Empty, "lost", $"{entry.Count} events did not reach the record"),
        SessionEntryKind.Trouble => (string.Empty, "record", entry.Text),
        SessionEntryKind.Closed => (string.Empty, "closed", entry.Text),
        SessionEntryKind.Note => (string.Empty, "note", entry.Text),
        _ => (string.Empty, "begins", string.Empty),
    };

    /// <summary>A generator's reading.</summary>
    public static string Reading(in PulseReading reading) => string.Create(
        CultureInfo.InvariantCulture,
        $"pulse {reading.Number} on pair {reading.Setting.Pair + 1}: {reading.MeanVolts:0} V, {reading.MeanAmperes:0.00} A, {reading.WidthMicroseconds:0.#} us, {Ohms(reading.ImpedanceOhms)}{(reading.Fault == PulseFault.None ? string.Empty : $"; {reading.Fault}")}");

    private static string Delivery(in DeliveryEvent one)
    {
        var pair = one.Pair < 0 ? string.Empty : string.Create(CultureInfo.InvariantCulture, $", pair {one.Pair + 1}: {one.Delivered} of {one.Planned}");
        var why = one.Reason == DeliveryReason.None ? string.Empty : $" ({one.Reason})";
        var detail = one.Kind switch
        {
            DeliveryEventKind.StateChanged => $"{one.State}{why}",
            DeliveryEventKind.WaitChanged => $"waits for {one.Wait}{(one.GateReason == Reason.None ? string.Empty : $" ({one.GateReason})")}",
            DeliveryEventKind.GeneratorSet => string.Create(CultureInfo.InvariantCulture, $"set to {one.Pulse.Setting.Volts:0} V, {one.Pulse.Setting.WidthMicroseconds:0.#} us"),
            DeliveryEventKind.ImpedanceVerdict => $"{Ohms(one.Ohms)}{(one.Reason == DeliveryReason.None ? ", accepted" : $", refused{why}")}",
            DeliveryEventKind.TestPulse or DeliveryEventKind.TreatmentPulse or DeliveryEventKind.FailedPulse or DeliveryEventKind.UnexpectedPulse => $"{one.Kind}: {Reading(one.Pulse)}{why}",
            _ => $"{one.Kind}{why}",
        };
        return detail + pair;
    }

    private static string Ohms(double ohms) => double.IsFinite(ohms) ? string.Create(CultureInfo.InvariantCulture, $"{ohms:0} ohm") : "no current";

    private static (string When, string What, string Detail) OfGate(in GateEvent one, double rate)
    {
        string At(double sample) => (Math.Max(0, sample) / rate).ToString("0.000", CultureInfo.InvariantCulture);
        switch (one.Kind)
        {
            case GateEventKind.StateChanged:
                return (At(one.SampleIndex), "state", BeatText.State(one.State, one.Reason));
            case GateEventKind.BeatRefuted:
                return (At(one.SampleIndex), "taken back", $"the beat at {BeatText.When(one.Beat, rate)} s, by the verifier");
            case GateEventKind.Permitted:
                return (At(one.SampleIndex), "permitted", $"{one.PermittedPulses} pulses in all, until {At(one.PermittedUntil.Samples)} s");
            default:
                var line = one.Beat;
                return (BeatText.When(in line, rate), line.Outcome.ToString(), line.Outcome == Outcome.Fired
                    ? $"beat {line.BeatNumber}: {BeatText.Pulse(in line, rate)}, {BeatText.Lateness(in line)}"
                    : $"beat {line.BeatNumber}: {BeatText.Why(in line)}");
        }
    }
}
