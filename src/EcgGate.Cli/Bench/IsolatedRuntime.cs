using EcgGate.Emulator.Punctuality;

namespace EcgGate.Cli.Bench;

/// <summary>The real-time part in a runtime of its own, which the collections of this one do not halt.</summary>
internal sealed class IsolatedRuntime : IBenchRuntime
{
    public string Name => "isolated";

    public string? Unavailable => "The isolated runtime is not available in this build: what is measured is the in-process one, which each collection of its host halts.";

    public PunctualityResult Measure(PunctualityOptions options, Action<int> progress, CancellationToken cancellation) =>
        throw new NotSupportedException(Unavailable);
}
