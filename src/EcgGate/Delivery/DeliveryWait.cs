namespace EcgGate.Delivery;

/// <summary>What a procedure waits for at the moment.</summary>
public enum DeliveryWait
{
    /// <summary>Nothing: it has not begun, or is over.</summary>
    None,

    /// <summary>For the gate to learn the rhythm.</summary>
    Learning,

    /// <summary>For a beat that may be fired on; <see cref="DeliveryProgress.GateReason"/> says why the last one was not.</summary>
    Beat,

    /// <summary>For the generator to charge or to switch electrodes.</summary>
    Generator,

    /// <summary>For the shortest time between two pulses.</summary>
    Interval,

    /// <summary>For the end of the pause between two trains.</summary>
    TrainPause,

    /// <summary>For the generator's reading of a pulse whose edge was made.</summary>
    Reading,

    /// <summary>For the operator to confirm the treatment.</summary>
    Confirmation,

    /// <summary>For the operator to resume or to abort.</summary>
    Resume,
}
