namespace EcgGate.Hardware.Ads129x;

/// <summary>The square wave that a part gives itself, as its data sheet has it.</summary>
/// <param name="AmplitudeMillivolts">Half of the step from low to high, referred to the input.</param>
/// <param name="PeriodSeconds">From one rising edge to the next.</param>
public readonly record struct Ads129xTestSignal(double AmplitudeMillivolts, double PeriodSeconds);
