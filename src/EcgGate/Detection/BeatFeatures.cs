using System.Runtime.CompilerServices;

namespace EcgGate.Detection;

/// <summary>What is known of a candidate at one moment, each number scaled to about −3..3.</summary>
[InlineArray(Count)]
internal struct BeatFeatures
{
    public const int Count = 14;

    private float _first;
}
