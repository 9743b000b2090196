using EcgGate.Gating;
using Microsoft.Extensions.Logging;

namespace EcgGate.Hosting;

/// <summary>What the gate has to say to a log. Written by whoever collects the events, never on the pulse path.</summary>
internal static partial class GateLog
{
    [LoggerMessage(1, LogLevel.Information, "Gating {Source} at {Rate} samples/s, runtime {Runtime}, disarmed")]
    public static partial void Started(this ILogger logger, string source, double rate, GateRuntime runtime);

    [LoggerMessage(2, LogLevel.Warning, "{Warning}")]
    public static partial void Degraded(this ILogger logger, string warning);

    [LoggerMessage(3, LogLevel.Information, "The gate is {State} ({Reason}) from sample {Sample} on")]
    public static partial void Changed(this ILogger logger, GateState state, Reason reason, long sample);

    [LoggerMessage(4, LogLevel.Warning, "Pulses are inhibited ({Reason}) from sample {Sample} on")]
    public static partial void Inhibited(this ILogger logger, Reason reason, long sample);

    [LoggerMessage(5, LogLevel.Error, "The gate faulted at sample {Sample} and has disarmed itself; arm it anew once the cause is gone")]
    public static partial void Faulted(this ILogger logger, long sample);

    [LoggerMessage(6, LogLevel.Debug, "Beat {Number}: {Outcome} ({Reason}), RR {RR:0} ms")]
    public static partial void Beat(this ILogger logger, long number, Outcome outcome, Reason reason, float rr);

    [LoggerMessage(7, LogLevel.Debug, "The beat at sample {Sample} was none, says the verifier")]
    public static partial void Refuted(this ILogger logger, double sample);

    [LoggerMessage(8, LogLevel.Warning, "{Count} events found the ring full and are lost; pulses were not affected")]
    public static partial void EventsLost(this ILogger logger, long count);

    [LoggerMessage(9, LogLevel.Critical, "The engine ended by itself: {Message}")]
    public static partial void Failed(this ILogger logger, string message, Exception failure);

    [LoggerMessage(10, LogLevel.Information, "The engine has ended: {Beats} beats, {Fired} fired, {Withheld} withheld, {Missed} missed")]
    public static partial void Ended(this ILogger logger, long beats, long fired, long withheld, long missed);
}
