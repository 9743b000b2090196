using EcgGate.Signals;

namespace EcgGate.Detection;

/// <summary>
/// Turns what the front end delivers into a signal that filters can take: starts at zero whatever the electrode
/// offset, bridges what is invalid or blanked by holding the last value, joins the signal again without a step, and
/// cuts out edges that no heart can make.
/// </summary>
internal sealed class InputConditioner
{
    // A QRS of 5 mV and 40 ms, the steepest of IEC 60601-2-27, rises by 0.4 mV/ms; nothing of the heart exceeds 1.
    private const double SteepestMillivoltsPerSecond = 1000;

    // What the signal may have moved on by, per time, while a spike hid it.
    private const double OrdinaryMillivoltsPerSecond = 400;

    // Pacing pulses last up to 2 ms (IEC 60601-2-27); an edge that has not gone back after 4 ms is a step.
    private const double LongestSpikeSeconds = 0.004;

    // The joining offset fades at a rate far below any slope of the ECG, so that it cannot be mistaken for one.
    private const double OffsetFadeMillivoltsPerSecond = 0.2;

    private const float LargestMillivolts = 1e5f;

    private readonly double _steepest;
    private readonly double _ordinary;
    private readonly int _longestSpike;
    private readonly double _fade;
    private MainsCanceller _mains;
    private double _held;
    private double _given;
    private double _offset;
    private bool _bridging;
    private int _spikeSamples;
    private long _blankFrom;
    private long _blankUntil;

    public InputConditioner(double samplingRateHertz)
    {
        _steepest = SteepestMillivoltsPerSecond / samplingRateHertz;
        _ordinary = OrdinaryMillivoltsPerSecond / samplingRateHertz;
        _longestSpike = Math.Max(1, (int)Math.Round(LongestSpikeSeconds * samplingRateHertz));
        _fade = OffsetFadeMillivoltsPerSecond / samplingRateHertz;
        _mains = new MainsCanceller(samplingRateHertz);
        Reset();
    }

    /// <summary>Whether the last sample was replaced by the held value.</summary>
    public bool IsBridging => _bridging;

    /// <summary>Index of the last sample that began an edge too steep for a heart; −1 for none so far.</summary>
    public long LastEdgeIndex { get; private set; }

    public void Reset()
    {
        _held = 0;
        _given = 0;
        _offset = 0;
        _mains.Settle(0);
        _bridging = true;
        _spikeSamples = 0;
        _blankFrom = _blankUntil = -1;
        LastEdgeIndex = -1;
    }

    /// <summary>Joins the next valid sample to the last value without a step.</summary>
    public void Rejoin()
    {
        _bridging = true;
        _spikeSamples = 0;
    }

    public void Blank(long from, long until)
    {
        // A blanking that touches the present one extends it; otherwise the new one counts.
        if (from <= _blankUntil && until >= _blankFrom)
        {
            _blankFrom = Math.Min(from, _blankFrom);
            _blankUntil = Math.Max(until, _blankUntil);
        }
        else
        {
            _blankFrom = from;
            _blankUntil = until;
        }
    }

    public bool IsBlanked(long index) => index >= _blankFrom && index <= _blankUntil;

    public double Process(in EcgSample sample)
    {
        var held = Condition(in sample);
        if (_bridging || _spikeSamples > 0)
        {
            _mains.Coast();
            return _given;
        }

        return _given = _mains.Process(held);
    }

    private double Condition(in EcgSample sample)
    {
        var value = sample.Lead0Millivolts;
        const SampleStatus Unusable = SampleStatus.Lead0Off | SampleStatus.Lead0Invalid | SampleStatus.Lead0Saturated;
        if ((sample.Status & Unusable) != SampleStatus.None || !(Math.Abs(value) <= LargestMillivolts) || IsBlanked(sample.Index))
        {
            _bridging = true;
            _spikeSamples = 0;
            return _held;
        }

        if (_bridging)
        {
            _bridging = false;
            _offset = _held - value;
            return _held;
        }

        var joined = value + _offset;
        if (Math.Abs(joined - _held) > _steepest + (_ordinary * _spikeSamples))
        {
            if (_spikeSamples == 0)
            {
                LastEdgeIndex = sample.Index;
            }

            if (++_spikeSamples > _longestSpike)
            {
                _spikeSamples = 0;
                _offset = _held - value;
            }

            return _held;
        }

        _spikeSamples = 0;
        _offset -= Math.Clamp(_offset, -_fade, _fade);
        _held = joined;
        return joined;
    }
}
