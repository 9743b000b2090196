using EcgGate.Emulator.Boards;
using EcgGate.Hardware.Ads1298;
using EcgGate.Hardware.Tests.FrontEnds;

namespace EcgGate.Hardware.Tests.Ads1298;

public sealed class Ads1298ConformanceTests : FrontEndConformance
{
    // The ECG's leads are I and II, in this order.
    private protected override FrontEndRig Create(FunctionEcg ecg, bool wrongId = false) => new Ads129xRig(
        ecg,
        new EmulatedAds1298Options { IdRegister = wrongId ? 0x90 : null },
        2400.0 / 6,
        (bench, clock, timeout, dataReady) => Ads1298Source.Open(bench.Spi, bench.Gpio, new Ads1298Options { Leads = ["I", "II"], DataReadyTimeout = timeout }, clock, dataReady: dataReady));
}
