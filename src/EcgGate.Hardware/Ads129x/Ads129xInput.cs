namespace EcgGate.Hardware.Ads129x;

/// <summary>What the channels of an ADS129x read.</summary>
public enum Ads129xInput
{
    /// <summary>The electrodes.</summary>
    Electrodes,

    /// <summary>The part's own test signal: a square wave of about ±1 mV and 1 Hz on every channel in use.</summary>
    TestSignal,

    /// <summary>Nothing: the inputs are shorted within the part, so that what is read is its own noise and offset.</summary>
    Shorted,
}
