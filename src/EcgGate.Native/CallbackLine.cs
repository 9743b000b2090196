using EcgGate.Isolated;
using EcgGate.Timing;

namespace EcgGate.Native;

/// <summary>A pulse line of the host's: two functions in C.</summary>
internal sealed unsafe class CallbackLine : IPulseLine
{
    private readonly AbiLine _line;

    /// <exception cref="ArgumentException">A function is missing.</exception>
    public CallbackLine(AbiLine* line)
    {
        if (line is null || line->Size < sizeof(AbiLine) || line->Raise is null || line->Lower is null)
        {
            throw new ArgumentException($"The line {Abi.CallbackLineUri} needs options.line with its size, raise and lower set.");
        }

        _line = *line;
    }

    /// <inheritdoc/>
    public bool TryRaise() => _line.Raise(_line.User) == 0;

    /// <inheritdoc/>
    public bool TryLower() => _line.Lower(_line.User) == 0;

    /// <inheritdoc/>
    public void Dispose() => TryLower();
}
