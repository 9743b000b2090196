using EcgGate.Emulator;
using EcgGate.Emulator.Boards;
using EcgGate.Hardware;
using EcgGate.Hardware.Ads1292R;
using EcgGate.Signals;

namespace EcgGate.Cli.Simulate;

/// <summary>The real driver on a simulated bench.</summary>
internal static class EmulatedBoardDriver
{
    /// <summary>Opens it at 500 samples a second, stamping with the bench's clock.</summary>
    public static IEcgSource Open(EmulatedBench bench, VirtualPace clock) => Ads1292RSource.Open(
        bench.Spi,
        bench.Gpio,
        new Ads1292ROptions { DataReadyPin = bench.DataReadyPin, Rate = Ads1292RRate.Sps500 },
        new HostClock(() => clock.Now, time => clock.SleepUntil(time, CancellationToken.None)));
}
