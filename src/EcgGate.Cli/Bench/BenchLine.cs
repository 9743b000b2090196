using EcgGate.Emulator.Punctuality;
using EcgGate.Hardware.Gpio;
using EcgGate.Timing;

namespace EcgGate.Cli.Bench;

/// <summary>What is pulsed, and what sees it: emulated, or GPIO lines wired to each other.</summary>
internal sealed class BenchLine : IDisposable
{
    private BenchLine(IPulseLine? line, IEdgeInput? loopback, string note)
    {
        Line = line;
        Loopback = loopback;
        Note = note;
    }

    /// <summary>The line; null for one that leads nowhere.</summary>
    public IPulseLine? Line { get; }

    /// <summary>The input; null without loop-back.</summary>
    public IEdgeInput? Loopback { get; }

    /// <summary>For people.</summary>
    public string Note { get; }

    /// <summary>Opens what the command line names.</summary>
    /// <param name="line">A GPIO line; null for an emulated one.</param>
    /// <param name="hasLoopback">Whether loop-back is asked for.</param>
    /// <param name="loopback">The GPIO input; null for an emulated one.</param>
    /// <exception cref="CliException">It makes no sense, or a line cannot be had.</exception>
    public static BenchLine Open(string? line, bool hasLoopback, string? loopback)
    {
        var output = Parse("--line", line);
        var input = Parse("--loopback", loopback);
        if (output is not null && hasLoopback && input is null)
        {
            throw new CliException($"--loopback needs the input that is wired to {line}, for example --loopback \"gpio:/dev/gpiochip0?line=27\".");
        }

        if (output is null && input is not null)
        {
            throw new CliException($"--loopback {loopback} needs the output that is wired to it, for example --line \"gpio:/dev/gpiochip0?line=17\".");
        }

        if (output is null)
        {
            if (!hasLoopback)
            {
                return new BenchLine(null, null, "emulated board and line");
            }

            var emulated = new LoopbackLine();
            return new BenchLine(emulated, emulated, "emulated board and line, which an emulated input sees");
        }

        if (input is not null && output.Chip == input.Chip && output.Line == input.Line)
        {
            throw new CliException($"--line and --loopback name the same line {output.Line} of {output.Chip}; wire the output to another one.");
        }

        IPulseLine? opened = null;
        try
        {
            opened = output.OpenLine();
            return new BenchLine(opened, input?.OpenInput(), input is null ? $"emulated board, line {output}" : $"emulated board, line {output}, seen by {input}");
        }
        catch (GpioException problem)
        {
            opened?.Dispose();
            throw new CliException(problem.Message, problem);
        }
    }

    public void Dispose()
    {
        Line?.Dispose();
        Loopback?.Dispose();
    }

    private static GpioUri? Parse(string option, string? text)
    {
        try
        {
            return text is null ? null : GpioUri.Parse(text);
        }
        catch (FormatException problem)
        {
            throw new CliException($"{option}: {problem.Message}", problem);
        }
    }
}
