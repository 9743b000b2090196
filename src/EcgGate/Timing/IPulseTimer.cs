namespace EcgGate.Timing;

/// <summary>
/// Makes edges on time or not at all: takes one order at a time and answers each with one report.
/// </summary>
/// <remarks>
/// One thread orders and takes reports. <see cref="Arm"/> and <see cref="Disarm()"/> may be called from any thread, and
/// no edge of an earlier arming begins after either has returned. None of the calls blocks on the pulse thread for
/// longer than one edge, allocates or throws.
/// </remarks>
public interface IPulseTimer
{
    /// <summary>Arms: from now on orders with the returned token are taken. Earlier tokens are void. Any thread.</summary>
    ArmToken Arm();

    /// <summary>Disarms: withdraws a pending order and refuses all until armed again. Any thread.</summary>
    void Disarm();

    /// <summary>As <see cref="Disarm()"/> where this is the current token; else it is void already. Any thread.</summary>
    /// <remarks>Whoever armed takes back his own arming so, and never one that came after it.</remarks>
    void Disarm(ArmToken token);

    /// <summary>True between <see cref="Arm"/> and <see cref="Disarm()"/> or a fault.</summary>
    bool IsArmed { get; }

    /// <summary>Why the timer disarmed itself last; <see cref="Arm"/> clears it.</summary>
    PulseTimerFault Fault { get; }

    /// <summary>Takes an order. False if not armed with this token or while another order is pending.</summary>
    bool TrySchedule(in PulseOrder order);

    /// <summary>Withdraws the pending order of this beat, if its edge has not begun. Its report says what happened.</summary>
    void Cancel(long beatNumber);

    /// <summary>Takes the next report. Every order that was taken is answered exactly once.</summary>
    bool TryTakeReport(out PulseReport report);
}
