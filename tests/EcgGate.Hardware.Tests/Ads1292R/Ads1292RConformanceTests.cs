using EcgGate.Emulator.Boards;
using EcgGate.Hardware.Ads1292R;
using EcgGate.Hardware.Tests.FrontEnds;

namespace EcgGate.Hardware.Tests.Ads1292R;

public sealed class Ads1292RConformanceTests : FrontEndConformance
{
    private protected override FrontEndRig Create(FunctionEcg ecg, bool wrongId = false) => new Ads129xRig(
        ecg,
        new EmulatedAds1292ROptions { IdRegister = wrongId ? 0x53 : null },
        2420.0 / 6,
        (bench, clock, timeout, dataReady) => Ads1292RSource.Open(bench.Spi, bench.Gpio, new Ads1292ROptions { DataReadyTimeout = timeout }, clock, dataReady: dataReady));
}
