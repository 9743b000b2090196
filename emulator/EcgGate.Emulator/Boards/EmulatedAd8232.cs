using EcgGate.Detection;

namespace EcgGate.Emulator.Boards;

/// <summary>An AD8232 front end: one lead of an ECG, amplified, filtered and held between the rails, with its lead-off lines.</summary>
/// <remarks>
/// <para>After the data sheet "AD8232": the instrumentation amplifier takes ±300 mV of electrode offset, has a gain of 100 and
/// blocks direct current with two poles; the output amplifier has the rest of the gain and two low-pass poles (both
/// Butterworth here, an assumption: it depends on the board's parts). Both swing to 0.1 V within the rails, around half
/// the supply. A lead that is off shows on LO+, and the output is at its upper limit. Fast restore is taken as immediate: when
/// the electrode is on again, the filters have settled. Shut down, the output is at ground.</para>
/// <para>The filters run on a grid of 8,000 points a second; between them the output is a straight line. One thread reads;
/// <see cref="IsShutDown"/> and <see cref="IsCut"/> may be set from any.</para>
/// </remarks>
public sealed class EmulatedAd8232 : IAnalogVoltage
{
    private const double GridHertz = 8000;
    private const double AmplifierGain = 100;
    private const double SwingVolts = 0.1;
    private const double LargestInputMillivolts = 300;
    private const double LeadInSeconds = 1;
    private const int Remembered = 1 << 15;

    private readonly IAnalogEcg _ecg;
    private readonly int _lead;
    private readonly EmulatedAd8232Options _options;
    private readonly double[] _output = new double[Remembered];
    private readonly double _zero;
    private readonly double _swing;
    private BiquadFilter _highPass;
    private BiquadFilter _lowPass;
    private long _next;
    private bool _begun;
    private bool _unsettled = true;
    private volatile bool _shutDown;
    private volatile bool _cut;

    /// <summary>Puts a front end on a lead.</summary>
    /// <param name="ecg">What stands at the electrodes.</param>
    /// <param name="lead">Which of its leads. Default 0.</param>
    /// <param name="options">How it is built; null for the usual breakout board.</param>
    public EmulatedAd8232(IAnalogEcg ecg, int lead = 0, EmulatedAd8232Options? options = null)
    {
        ArgumentNullException.ThrowIfNull(ecg);
        _ecg = ecg;
        _lead = lead;
        _options = options ?? EmulatedAd8232Options.HeartRateBoard;
        _zero = _options.SupplyVolts / 2;
        _swing = _zero - SwingVolts;
        _highPass = _options.HighPassHertz > 0 ? BiquadFilter.HighPass(_options.HighPassHertz, GridHertz) : default;
        _lowPass = _options.LowPassHertz > 0 ? BiquadFilter.LowPass(_options.LowPassHertz, GridHertz) : default;
    }

    /// <inheritdoc/>
    public double? DurationSeconds => _ecg.DurationSeconds;

    /// <summary>Whether SDN is low: the output is at ground and the lead-off lines say nothing.</summary>
    public bool IsShutDown
    {
        get => _shutDown;
        set => _shutDown = value;
    }

    /// <summary>A fault: the electrode cable is pulled out, so that both lead-off lines are high.</summary>
    public bool IsCut
    {
        get => _cut;
        set => _cut = value;
    }

    /// <summary>Whether LO+ is high.</summary>
    public bool IsPositiveOff(double seconds) => !_shutDown && (_cut || _ecg.IsLeadOff(_lead, seconds));

    /// <summary>Whether LO− is high: only with the cable out, since an emulated ECG does not say which electrode is off.</summary>
    public bool IsNegativeOff => !_shutDown && _cut;

    /// <inheritdoc/>
    public double Volts(double seconds)
    {
        var position = seconds * GridHertz;
        var before = (long)Math.Floor(position);
        if (!_begun)
        {
            _begun = true;
            _next = before - (long)(LeadInSeconds * GridHertz);
        }

        while (_next <= before + 1)
        {
            _output[(int)(_next & (Remembered - 1))] = Step(_next / GridHertz);
            _next++;
        }

        before = Math.Max(before, _next - Remembered);
        var from = _output[(int)(before & (Remembered - 1))];
        var to = _output[(int)((before + 1) & (Remembered - 1))];
        return from + ((to - from) * Math.Clamp(position - before, 0, 1));
    }

    private double Step(double seconds)
    {
        if (_shutDown)
        {
            _unsettled = true;
            return 0;
        }

        if (_cut || _ecg.IsLeadOff(_lead, seconds))
        {
            _unsettled = true;
            return _zero + _swing;
        }

        var input = Math.Clamp(_ecg.Millivolts(_lead, seconds), -LargestInputMillivolts, LargestInputMillivolts);
        if (_unsettled)
        {
            _highPass.Settle(input);
        }

        var ac = _options.HighPassHertz > 0 ? _highPass.Process(input) : input;
        var amplified = Math.Clamp(ac * 1e-3 * AmplifierGain, -_swing, _swing);
        if (_unsettled)
        {
            _lowPass.Settle(amplified);
            _unsettled = false;
        }

        var filtered = _options.LowPassHertz > 0 ? _lowPass.Process(amplified) : amplified;
        return _zero + Math.Clamp(filtered * _options.Gain / AmplifierGain, -_swing, _swing);
    }
}
