using EcgGate.Emulator.Punctuality;

namespace EcgGate.Cli.Bench;

/// <summary>Where the real-time part runs that is measured.</summary>
internal interface IBenchRuntime
{
    /// <summary>Its name in JSON and on the command line.</summary>
    string Name { get; }

    /// <summary>Why it cannot be measured here, in one sentence; null where it can.</summary>
    string? Unavailable { get; }

    /// <summary>Measures once.</summary>
    /// <param name="options">How.</param>
    /// <param name="progress">Told how many pulses were answered, some times a second.</param>
    /// <param name="cancellation">Ends it early, in order, with what there is.</param>
    PunctualityResult Measure(PunctualityOptions options, Action<int> progress, CancellationToken cancellation);
}
