using EcgGate.Isolated;
using EcgGate.Signals;

namespace EcgGate.Native;

/// <summary>The text of the last call that failed, of each calling thread.</summary>
internal static class LastError
{
    [ThreadStatic]
    private static string? _text;

    public static string Text => _text ?? string.Empty;

    /// <summary>Notes a failure.</summary>
    public static AbiStatus Set(AbiStatus status, string text)
    {
        _text = text;
        return status;
    }

    /// <summary>What an exception means to a C host.</summary>
    public static AbiStatus Set(Exception error) => Set(
        error switch
        {
            ArgumentException or FormatException => AbiStatus.BadArgument,
            EcgSourceException => AbiStatus.SourceFailed,
            ObjectDisposedException => AbiStatus.BadHandle,
            InvalidOperationException => AbiStatus.BadState,
            _ => AbiStatus.Internal,
        },
        Describe(error));

    // The name of a parameter of ours means nothing to whoever calls from C.
    private static string Describe(Exception error) => error is ArgumentException { ParamName: { Length: > 0 } name }
        ? error.Message.Replace($" (Parameter '{name}')", string.Empty, StringComparison.Ordinal)
        : error.Message;
}
