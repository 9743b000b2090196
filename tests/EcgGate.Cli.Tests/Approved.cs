using System.Runtime.CompilerServices;

namespace EcgGate.Cli.Tests;

/// <summary>
/// Compares text with a file under <c>Approved/</c> that a person has looked at. On a difference the new text is
/// written beside it as <c>NAME.received.txt</c>; ECGGATE_APPROVE=1 takes it over.
/// </summary>
internal static class Approved
{
    public static void Check(string text, [CallerMemberName] string name = "", [CallerFilePath] string source = "")
    {
        // The path is that of the machine that compiled this; on another one the checkout is found from where tests run.
        var folder = Path.Combine(TestSupport.Recordings.Repository, "tests", "EcgGate.Cli.Tests", "Approved");
        var approved = Path.Combine(folder, $"{Path.GetFileNameWithoutExtension(source)}.{name}.txt");
        var received = Path.ChangeExtension(approved, ".received.txt");
        var actual = Normalise(text);
        if (Environment.GetEnvironmentVariable("ECGGATE_APPROVE") == "1")
        {
            File.WriteAllText(approved, actual);
        }

        var expected = File.Exists(approved) ? Normalise(File.ReadAllText(approved)) : string.Empty;
        if (actual == expected)
        {
            File.Delete(received);
            return;
        }

        File.WriteAllText(received, actual);
        actual.Should().Be(expected, $"{approved} is what was approved; set ECGGATE_APPROVE=1 to take over a change");
    }

    private static string Normalise(string text) =>
        string.Join('\n', text.ReplaceLineEndings("\n").Split('\n').Select(line => line.TrimEnd())).TrimEnd('\n') + "\n";
}
