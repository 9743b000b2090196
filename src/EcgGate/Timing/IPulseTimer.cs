namespace EcgGate.Timing;

/// <summary>
/// Makes edges on time or not at all: takes one order at a time and answers each with one report.
/// </summary>
/// <remarks>
/// One thread orders and takes reports. <see cref="Disarm"/> may be called from any thread, and no edge begins after
/// it has returned. None of the calls blocks on the pulse thread for longer than one edge, allocates or throws.
/// </remarks>
public interface IPulseTimer
{
    /// <summary>Arms: from now on orders with the returned token are taken. Earlier tokens are void.</summary>
    ArmToken Arm();

    /// <summary>Disarms: withdraws a pending order and refuses all until armed again. Any thread.</summary>
    void Disarm();

    /// <summary>True between <see cref="Arm"/> and <see cref="Disarm"/> or a fault.</summary>
    bool IsArmed { get; }

    /// <summary>Takes an order. False if not armed with this token or while another order is pending.</summary>
    bool TrySchedule(in PulseOrder order);

    /// <summary>Withdraws the pending order of this beat, if its edge has not begun. Its report says what happened.</summary>
    void Cancel(long beatNumber);

    /// <summary>Takes the next report. Every order that was taken is answered exactly once.</summary>
    bool TryTakeReport(out PulseReport report);
}
