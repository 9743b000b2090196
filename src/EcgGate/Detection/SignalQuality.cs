using EcgGate.Signals;

namespace EcgGate.Detection;

/// <summary>Judges from the signal alone whether it is good enough to gate on.</summary>
internal sealed class SignalQuality
{
    // Deciding again within 2 s of signal is asked for; filters and level have settled after half a second.
    private const double SettleSeconds = 0.5;

    // A converter at its limit repeats one value; a flat stretch of 60 ms far from the level is no ECG.
    private const double RailSeconds = 0.06;
    private const float RailHeights = 1.5f;

    // No two seconds of a living, connected patient are without any change at all.
    private const double FlatSeconds = 2;

    // Trouble counts per candidate with this share; poor above the one limit, good again below the other.
    private const float TroubleShare = 1 / 8f;
    private const float TroubleHigh = 0.30f;
    private const float TroubleLow = 0.12f;

    // Activity between beats, as a share of the beats' own: P and T waves make 0.1 to 0.25, muscle noise at 6 dB 0.5.
    private const float ActivityHigh = 0.50f;
    private const float ActivityLow = 0.40f;

    private readonly int _settle;
    private readonly int _railRun;
    private readonly int _flatRun;
    private float _last;
    private int _run;
    private float _trouble;
    private float _activity;
    private bool _troubled;
    private bool _noisy;
    private int _leadOffLeft;
    private int _saturatedLeft;
    private int _poorLeft;

    public SignalQuality(double samplingRateHertz)
    {
        _settle = (int)Math.Round(SettleSeconds * samplingRateHertz);
        _railRun = (int)Math.Round(RailSeconds * samplingRateHertz);
        _flatRun = (int)Math.Round(FlatSeconds * samplingRateHertz);
    }

    public SignalConditions Conditions { get; private set; }

    public void Reset()
    {
        _run = 0;
        _trouble = 0;
        _activity = 0;
        _troubled = _noisy = false;
        _leadOffLeft = _saturatedLeft = _poorLeft = 0;
        Conditions = SignalConditions.Good;
    }

    /// <summary>Looks at one sample.</summary>
    /// <param name="sample">As it came from the source.</param>
    /// <param name="excursion">How far the conditioned signal is from its slow level, mV.</param>
    /// <param name="height">The height to expect of a beat, mV.</param>
    public void Process(in EcgSample sample, float excursion, float height)
    {
        var value = sample.Lead0Millivolts;
        var status = sample.Status;
        if ((status & SampleStatus.Lead0Off) != SampleStatus.None)
        {
            _leadOffLeft = _settle;
        }

        if ((status & SampleStatus.Lead0Saturated) != SampleStatus.None)
        {
            _saturatedLeft = _settle;
        }

        if ((status & SampleStatus.Lead0Invalid) != SampleStatus.None || !float.IsFinite(value))
        {
            _poorLeft = _settle;
        }

        _run = value == _last ? Math.Min(_run + 1, int.MaxValue - 1) : 0;
        _last = value;
        if (_run >= _railRun && Math.Abs(excursion) > RailHeights * Math.Max(height, 1))
        {
            _saturatedLeft = _settle;
        }

        if (_run >= _flatRun)
        {
            _poorLeft = _settle;
        }

        var conditions = SignalConditions.Good;
        if (_leadOffLeft > 0)
        {
            _leadOffLeft--;
            conditions |= SignalConditions.LeadOff;
        }

        if (_saturatedLeft > 0)
        {
            _saturatedLeft--;
            conditions |= SignalConditions.Saturated;
        }

        if (_poorLeft > 0)
        {
            _poorLeft--;
            conditions |= SignalConditions.Poor;
        }

        if (_troubled || _noisy)
        {
            conditions |= SignalConditions.Poor;
        }

        Conditions = conditions;
    }

    /// <summary>Poor until the filters have settled again.</summary>
    public void Restart()
    {
        _run = 0;
        _poorLeft = _settle;
    }

    /// <summary>Takes what the verifier found out about one candidate.</summary>
    /// <param name="isTrouble">The early decision was wrong either way, or stood on the brink.</param>
    /// <param name="activity">Slope energy before the candidate as a share of that of a beat.</param>
    public void Judge(bool isTrouble, float activity)
    {
        _trouble += TroubleShare * ((isTrouble ? 1 : 0) - _trouble);
        _activity += TroubleShare * (Math.Min(activity, 2) - _activity);
        _troubled = _trouble > (_troubled ? TroubleLow : TroubleHigh);
        _noisy = _activity > (_noisy ? ActivityLow : ActivityHigh);
    }
}
