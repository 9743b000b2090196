namespace EcgGate.Hardware.Converters;

/// <summary>What an ADS1115 measures: bits 14:12 of its config register.</summary>
public enum Ads1115Input
{
    /// <summary>AIN0 against AIN1, for instance an AD8232's output against its reference.</summary>
    Ain0Ain1 = 0,

    /// <summary>AIN2 against AIN3.</summary>
    Ain2Ain3 = 3,

    /// <summary>AIN0 against ground.</summary>
    Ain0 = 4,

    /// <summary>AIN1 against ground.</summary>
    Ain1 = 5,

    /// <summary>AIN2 against ground.</summary>
    Ain2 = 6,

    /// <summary>AIN3 against ground.</summary>
    Ain3 = 7,
}

/// <summary>Full scale of an ADS1115: bits 11:9 of its config register. No input may exceed the supply, whatever the range.</summary>
public enum Ads1115Range
{
    /// <summary>±6.144 V.</summary>
    Millivolts6144 = 0,

    /// <summary>±4.096 V.</summary>
    Millivolts4096 = 1,

    /// <summary>±2.048 V, as after power-up.</summary>
    Millivolts2048 = 2,

    /// <summary>±1.024 V.</summary>
    Millivolts1024 = 3,

    /// <summary>±0.512 V.</summary>
    Millivolts512 = 4,

    /// <summary>±0.256 V.</summary>
    Millivolts256 = 5,
}

/// <summary>Conversions per second of an ADS1115 that are enough to gate on: bits 7:5 of its config register. Each ±10 %.</summary>
public enum Ads1115Rate
{
    /// <summary>250 per second.</summary>
    Sps250 = 5,

    /// <summary>475 per second.</summary>
    Sps475 = 6,

    /// <summary>860 per second.</summary>
    Sps860 = 7,
}
