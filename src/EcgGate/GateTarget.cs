using EcgGate.Signals;
using EcgGate.Timing;

namespace EcgGate;

/// <summary>
/// What <see cref="GateEngine.Open"/> gates on, by address, so that it can be opened inside whichever runtime the
/// real-time part gets. Immutable.
/// </summary>
public sealed record GateTarget
{
    /// <summary>
    /// The source as the native library knows it: <c>ads1292r:/dev/spidev0.0?drdy=25</c> or <c>ads1298:</c>,
    /// <c>alsa:hw:1</c> (a sound card's line input), <c>patient:SCENARIO[?options]</c> (a virtual patient on the emulated
    /// board), or <c>samples:</c> for <see cref="Samples"/>, played through the emulated board.
    /// </summary>
    public required string SourceUri { get; init; }

    /// <summary>
    /// The trigger line: <c>null:</c> (the default), <c>gpio:/dev/gpiochip0?line=17</c>, or <c>emulated:</c> with an
    /// emulated source.
    /// </summary>
    public string LineUri { get; init; } = "null:";

    /// <summary>What the source is called; null for its address.</summary>
    public string? Name { get; init; }

    /// <summary>The recording that <c>samples:</c> plays; copied when it is opened.</summary>
    public RecordedSamples? Samples { get; init; }

    /// <summary>Which part the emulated board is. Default <see cref="BoardPart.Ads1292R"/>.</summary>
    public BoardPart BoardPart { get; init; }

    /// <summary>Samples per second of the emulated board: 125, 250, 500 (the default), 1000 or 2000; the ADS1298 has none below 500.</summary>
    public int BoardRateHertz { get; init; } = 500;

    /// <summary>
    /// Opens the same in this runtime, where the isolated one cannot be had or is not asked for. What it opens is
    /// disposed by the caller, after the engine. Null where there is no such way.
    /// </summary>
    public Func<GateConnection>? ConnectInProcess { get; init; }
}

/// <summary>A source and a line in this runtime.</summary>
/// <param name="Source">A live source.</param>
/// <param name="Line">The trigger line.</param>
public sealed record GateConnection(IEcgSource Source, IPulseLine Line);

/// <summary>A recording in memory.</summary>
/// <param name="SamplingRateHertz">Samples per second.</param>
/// <param name="LeadCount">How many leads are meant: 1 or 2.</param>
/// <param name="Samples">The samples, whose indexes rise.</param>
public sealed record RecordedSamples(double SamplingRateHertz, int LeadCount, ReadOnlyMemory<EcgSample> Samples);

/// <summary>A pulse as somebody at the end of the line saw it.</summary>
/// <param name="Edge">Host time of the rising edge.</param>
/// <param name="Width">How long the line was active; null while it still is.</param>
public readonly record struct ObservedPulse(MonotonicTime Edge, TimeSpan? Width);

/// <summary>What an emulated generator saw.</summary>
/// <param name="Zero">Host time at which the patient's time was 0 s.</param>
/// <param name="Pulses">The pulses, oldest first.</param>
public sealed record EmulatedPulses(MonotonicTime Zero, IReadOnlyList<ObservedPulse> Pulses);
