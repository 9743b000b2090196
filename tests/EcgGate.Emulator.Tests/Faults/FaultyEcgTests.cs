using EcgGate.Emulator.Faults;
using EcgGate.Emulator.Patient;

namespace EcgGate.Emulator.Tests.Faults;

public sealed class FaultyEcgTests
{
    private static readonly VirtualPatient Patient = new(ScenarioCatalog.Get("sinus-75"));

    private static double LargestDifference(FaultyEcg ecg, double from, double to)
    {
        var largest = 0.0;
        for (var t = from; t < to; t += 0.002)
        {
            largest = Math.Max(largest, Math.Abs(ecg.Millivolts(0, t) - Patient.Millivolts(0, t)));
        }

        return largest;
    }

    [Theory]
    [InlineData(FaultKind.CableMotion, 2)]
    [InlineData(FaultKind.MainsBurst, 1)]
    [InlineData(FaultKind.Saturation, 500)]
    [InlineData(FaultKind.LeadOff, 0)]
    public void A_fault_of_the_signal_spoils_it_while_it_lasts_and_not_before(FaultKind kind, double size)
    {
        var ecg = new FaultyEcg(Patient, new FaultSchedule([new Fault(kind, 10, 5, size)]));

        LargestDifference(ecg, 5, 10).Should().Be(0);
        LargestDifference(ecg, 10, 15).Should().BeGreaterThan(0.5);
        LargestDifference(ecg, 20, 25).Should().BeLessThan(0.001);
    }

    [Fact]
    public void A_lead_that_is_off_is_off_and_the_other_is_not()
    {
        var ecg = new FaultyEcg(Patient, new FaultSchedule([new Fault(FaultKind.LeadOff, 10, 5, 1)]));

        ecg.IsLeadOff(1, 12).Should().BeTrue();
        ecg.IsLeadOff(0, 12).Should().BeFalse();
        ecg.IsLeadOff(1, 15).Should().BeFalse();
    }

    [Fact]
    public void Faults_of_the_board_leave_the_signal_alone()
    {
        var others = FaultScript.Random(5, [FaultKind.BitErrors, FaultKind.BoardReset, FaultKind.ClockOff, FaultKind.Unplugged], 60);

        LargestDifference(new FaultyEcg(Patient, others), 0, 60).Should().Be(0);
    }
}
