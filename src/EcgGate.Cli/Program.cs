using System.Runtime.InteropServices;
using EcgGate.Cli;
using Spectre.Console;

using var stop = new CancellationTokenSource();

void Stop(PosixSignalContext signal)
{
    // The first one stops in order; a second one ends the process at once.
    signal.Cancel = !stop.IsCancellationRequested;
    stop.Cancel();
}

using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
var console = AnsiConsole.Create(new AnsiConsoleSettings());
if (Console.IsOutputRedirected)
{
    // A file or pipe has no width: do not break lines at 80 columns.
    console.Profile.Width = 160;
}

return await EcgGateCommand.RunAsync(args, console, Console.Error, stop.Token);
