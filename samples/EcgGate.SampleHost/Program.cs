// A host that gates: fires on an emulated patient so many times (10, or the first argument), and ends.
using EcgGate;
using EcgGate.Emulator;
using EcgGate.Emulator.Patient;
using EcgGate.Gating;
using EcgGate.Hardware.Ads1292R;
using EcgGate.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

var wanted = args.Length > 0 ? int.Parse(args[0]) : 10;
var builder = Host.CreateApplicationBuilder();

builder.Services.AddEcgGate(options =>
{
    options.Gate = new GateOptions { TargetDelay = TimeSpan.FromMilliseconds(50) };
    options.Target = new GateTarget
    {
        // By address, so that it can be opened in the isolated runtime; on a board "ads1292r:/dev/spidev0.0?drdy=25".
        SourceUri = "patient:sinus-75",
        LineUri = "emulated:",
        ConnectInProcess = () =>
        {
            var bench = EmulatedBench.Start(new VirtualPatient(ScenarioCatalog.Get("sinus-75")));
            return new GateConnection(Ads1292RSource.Open(bench.Spi, bench.Gpio, new Ads1292ROptions { DataReadyPin = bench.DataReadyPin }), bench.Generator);
        },
    };
    options.StopHostAtEnd = true;
});
builder.Services.AddHealthChecks().AddEcgGate();

using var host = builder.Build();
await host.StartAsync();
var gate = host.Services.GetRequiredService<IEcgGate>();
var events = gate.ReadEventsAsync();
gate.Arm();

var pulses = 0;
await foreach (var gateEvent in events)
{
    if (gateEvent.Kind == GateEventKind.BeatOutcome && gateEvent.Beat.Outcome == Outcome.Fired)
    {
        Console.WriteLine($"beat {gateEvent.Beat.BeatNumber}: edge {gateEvent.Beat.LatenessNanoseconds / 1000.0:0.0} us after its deadline");
        if (++pulses == wanted)
        {
            break;
        }
    }
}

await host.StopAsync();
Console.WriteLine($"{pulses} pulses on {gate.Counts.Beats} beats; {gate.Counts.Withheld} withheld, {gate.Counts.Missed} missed");
return gate.Failure is null ? 0 : 1;
