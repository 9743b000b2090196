namespace EcgGate.Detection;

/// <summary>
/// Takes mains hum of 50 and 60 Hz out of the signal where there is enough of it to matter, and leaves a clean signal as it
/// is, bit for bit.
/// </summary>
/// <remarks>
/// <para>
/// Adaptive noise cancelling with a synthesised reference (Widrow et al. 1975): for each frequency the amplitudes of a
/// sine and a cosine follow what is left of it in the output. That is a notch of 1 Hz, without delay for all the rest; it
/// follows a mains frequency that is off by some tenths of a hertz. A step that a QRS would make in the amplitudes is
/// kept small by limiting the error they follow.
/// </para>
/// <para>
/// It works while the signal bends within 8 ms more than an ECG does on average, and subtracts a frequency from an
/// amplitude of 0.05 mV on. Bounded work, no allocation, deterministic, not thread-safe. A mutable struct.
/// </para>
/// </remarks>
internal struct MainsCanceller
{
    private const double ActivitySeconds = 0.3;
    private const double FollowSeconds = 0.16;
    private const double BaseSeconds = 0.05;

    // The mean bend within 8 ms of an ECG of 1 mV is 0.03 mV, that of hum of amplitude A about 2.4 A.
    private const float ActivityOn = 0.10f;
    private const float ActivityOff = 0.06f;

    private const double SubtractFrom = 0.05;
    private const double SubtractUntil = 0.025;
    private const double LargestError = 3;

    private readonly int _lag;
    private readonly float _activityShare;
    private readonly double _baseShare;
    private readonly SignalRing _past;
    private Tone _fifty;
    private Tone _sixty;
    private float _activity;
    private bool _works;
    private double _base;
    private long _count;

    public MainsCanceller(double samplingRateHertz)
    {
        _lag = Math.Max(1, (int)Math.Round(0.008 * samplingRateHertz));
        _past = new SignalRing((2 * _lag) + 1);
        _activityShare = (float)(1 / (ActivitySeconds * samplingRateHertz));
        _baseShare = 1 / (BaseSeconds * samplingRateHertz);
        _fifty = new Tone(50, samplingRateHertz);
        _sixty = new Tone(60, samplingRateHertz);
    }

    /// <summary>The signal begins anew at this value.</summary>
    public void Settle(double value)
    {
        _past.Fill((float)value);
        _activity = 0;
        _works = false;
        _base = value;
        _fifty.Reset();
        _sixty.Reset();
    }

    /// <summary>Takes a sample; gives it back without the hum.</summary>
    public double Process(double value)
    {
        var now = (float)value;
        var at = _count++;
        var bend = Math.Abs(now - (2 * _past[at - _lag]) + _past[at - (2 * _lag)]);
        _past[at] = now;
        _activity += _activityShare * (bend - _activity);
        if (!_works)
        {
            if (_activity < ActivityOn)
            {
                return value;
            }

            _works = true;
            _base = value;
            _fifty.Reset();
            _sixty.Reset();
        }
        else if (_activity < ActivityOff)
        {
            _works = false;
            return value;
        }

        var fifty = _fifty.Advance();
        var sixty = _sixty.Advance();
        var rest = value - fifty - sixty;
        _base += _baseShare * (rest - _base);
        var size = LargestError * (0.02 + Math.Max(_fifty.Amplitude, _sixty.Amplitude));
        var error = Math.Clamp(rest - _base, -size, size);
        _fifty.Follow(error);
        _sixty.Follow(error);
        return value - (_fifty.Subtracts ? fifty : 0) - (_sixty.Subtracts ? sixty : 0);
    }

    /// <summary>Time goes on without a sample: the hum does too.</summary>
    public void Coast()
    {
        if (_works)
        {
            _fifty.Advance();
            _sixty.Advance();
        }
    }

    private struct Tone
    {
        private readonly double _turnCosine;
        private readonly double _turnSine;
        private readonly double _gain;
        private double _cosine;
        private double _sine;
        private double _inPhase;
        private double _quadrature;

        public Tone(double hertz, double samplingRateHertz)
        {
            (_turnSine, _turnCosine) = Math.SinCos(2 * Math.PI * hertz / samplingRateHertz);
            _gain = 2 / (FollowSeconds * samplingRateHertz);
            Reset();
        }

        public double Amplitude { get; private set; }

        public bool Subtracts { get; private set; }

        public void Reset()
        {
            _cosine = 1;
            _sine = _inPhase = _quadrature = 0;
            Amplitude = 0;
            Subtracts = false;
        }

        /// <summary>Turns the reference by a sample; says what it expects of the hum there.</summary>
        public double Advance()
        {
            var cosine = (_cosine * _turnCosine) - (_sine * _turnSine);
            var sine = (_sine * _turnCosine) + (_cosine * _turnSine);

            // One Newton step to length 1 keeps rounding from growing.
            var scale = 1.5 - (0.5 * ((cosine * cosine) + (sine * sine)));
            _cosine = cosine * scale;
            _sine = sine * scale;
            return (_inPhase * _cosine) + (_quadrature * _sine);
        }

        public void Follow(double error)
        {
            _inPhase += _gain * error * _cosine;
            _quadrature += _gain * error * _sine;
            Amplitude = Math.Sqrt((_inPhase * _inPhase) + (_quadrature * _quadrature));
            Subtracts = Amplitude > (Subtracts ? SubtractUntil : SubtractFrom);
        }
    }
}
