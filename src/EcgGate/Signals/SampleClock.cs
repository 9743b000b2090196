using EcgGate.Timing;

namespace EcgGate.Signals;

/// <summary>
/// Relates a device's samples to the host's monotonic clock, from time stamps that are late by a changing amount.
/// </summary>
/// <remarks>
/// <para>
/// A second-order delay-locked loop in the form of a Kalman filter: its state is the host time of the latest sample
/// and the device clock's deviation from its nominal rate, taken as a random walk. The gains begin wide, so that the
/// first observation gives a usable answer and the drift is known within seconds, and end at a fixed bandwidth of
/// <see cref="LoopRadiansPerSecond"/>, whatever the jitter and the block size. (Observation noise R is measured from
/// the innovations; process noise is R·T·ω⁴ per second for observations T apart, which gives the loop the natural
/// frequency ω and a damping of 0.7. See Kalman 1960; Adriaensen, "Using a DLL to filter time", 2005, for the use.)
/// </para>
/// <para>
/// Time stamps can be late without limit (a thread woken late, a queue being worked off) but early only by jitter. So
/// one that is late by more than four standard deviations says nothing and is set aside; if nothing else has come for
/// half a second of the device's time and of the host's, samples were lost unnoticed and the clock begins anew, from one
/// of the least late of them. One that is far too early proves the clock wrong, and it begins anew at once. The measured drift
/// survives both, but not twice within five seconds.
/// </para>
/// <para>
/// The loop follows the mean of the stamps, and the mean of stamps that are late and never early lies behind the truth by
/// as much as they are late on average: more on a busy host than on an idle one. So the early edge of the stamps is followed
/// too, as the quantile below which one in twenty lies (Robbins and Monro 1951), and times are given by it. What is left
/// of the bias is a twentieth of the mean lateness where that is spread exponentially, and a twentieth of the span where it
/// is spread evenly; stamps that scatter evenly about the truth are taken 1.6 standard deviations too early. A lateness
/// that all stamps have in common can not be seen from here: it belongs into the fixed delay.
/// </para>
/// <para>One thread only; allocates nothing; deterministic.</para>
/// </remarks>
public sealed class SampleClock : ISampleTimeline
{
    /// <summary>The loop's natural frequency once it has settled, in radians per second.</summary>
    public const double LoopRadiansPerSecond = 0.8;

    /// <summary>The largest deviation from the nominal rate that is followed, as a fraction: 500 ppm.</summary>
    public const double LargestDrift = 500e-6;

    private const double InitialDriftDeviation = 200e-6;
    private const double SmallestDriftDeviation = 10e-6;
    private const double InitialJitterNanoseconds = 200_000;
    private const double SmallestJitterNanoseconds = 2_000;
    private const double LargestJitterNanoseconds = 20_000_000;
    private const double FirstTimeDeviationNanoseconds = 1_000_000;
    private const double OutlierDeviations = 4;
    private const double RestartDeviations = 2;
    private const double ImpossiblyEarlyDeviations = 8;
    private const double ImpossiblyEarlyNanoseconds = 5_000_000;
    private const int JitterMemory = 400;
    private const int ObservationsToLock = 20;
    private const double SecondsToLock = 0.5;
    private const double UncertaintyToLockNanoseconds = 500_000;
    private const double LateSecondsToRestart = 0.5;
    private const int LateObservationsToRestart = 8;
    private const double GapSecondsToRestart = 5;
    private const double SecondsToTrustDrift = 5;
    private const double EarlyShare = 0.05;
    private const int EarlyMemory = 100;
    private const int LagMemory = 200;

    // An even spread's early edge lies 1.8 mean deviations before its mean, an exponential one's 1.3.
    private const double MostDeviationsEarly = 2;

    private readonly double _nominalPeriod;
    private readonly long _fixedDelay;

    // The state: host time of sample _index as a whole number and a fraction, and the drift.
    private long _index;
    private long _time;
    private double _timeFraction;
    private double _drift;

    // Its covariance, in ns², ns and 1 (drift is a fraction; one second of it is 1e9 ns).
    private double _timeVariance;
    private double _covariance;
    private double _driftVariance;

    private double _jitterVariance;
    private double _spacingSeconds;
    private long _observations;
    private double _observedSeconds;
    private int _lateInARow;
    private double _lateSince;
    private long _lateFrom;
    private double _leastLate;
    private double _leastLateAt;

    // Of the innovations: not 0 while the loop lags behind.
    private double _lag;

    // How far the early edge of the stamps lies before their mean, and from how many that was learnt.
    private double _lateness;
    private double _spread;
    private long _latenessObservations;

    /// <summary>Creates the clock, without an observation.</summary>
    /// <param name="nominalRateHertz">What the device says its rate is, in samples per second; above 0.</param>
    /// <param name="fixedDelay">How long before its time stamp a sample's voltage stood at the electrodes.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate is not a positive number.</exception>
    public SampleClock(double nominalRateHertz, TimeSpan fixedDelay)
    {
        if (!(nominalRateHertz > 0) || !double.IsFinite(nominalRateHertz))
        {
            throw new ArgumentOutOfRangeException(nameof(nominalRateHertz), nominalRateHertz, "The sampling rate must be a positive number of samples per second.");
        }

        _nominalPeriod = 1e9 / nominalRateHertz;
        _fixedDelay = fixedDelay.Ticks * 100;
        Reset();
    }

    /// <summary>
    /// True once drift and time are known well enough to gate on: at least 20 observations over half a second, an
    /// uncertainty below 0.5 ms, and no run of late ones at the moment.
    /// </summary>
    public bool IsLocked => _observations >= ObservationsToLock && _observedSeconds >= SecondsToLock
        && _lateInARow < LateObservationsToRestart && UncertaintyNanoseconds <= UncertaintyToLockNanoseconds;

    /// <summary>
    /// The estimated standard deviation of <see cref="HostTimeOf"/> near the latest sample, in nanoseconds, without the
    /// unknown part of the delay. <see cref="long.MaxValue"/> before the first observation. While observations are late,
    /// it includes by how much: they may be right. So it does while the loop lags behind a rate that has just changed.
    /// </summary>
    public long UncertaintyNanoseconds => _observations == 0
        ? long.MaxValue
        : (long)(Math.Sqrt(_timeVariance + (_lag * _lag)) + (_lateInARow >= LateObservationsToRestart ? _leastLate : 0));

    /// <summary>By how much the stamps are later on average than the early ones among them, in nanoseconds.</summary>
    public long LatenessNanoseconds => (long)_lateness;

    /// <summary>The device's rate against the host's clock, in samples per second.</summary>
    public double RateHertz => 1e9 / Period;

    private double Period => _nominalPeriod * (1 + _drift);

    /// <summary>Takes the host time at which a sample became ready: its data-ready edge, or its block's arrival.</summary>
    /// <param name="index">The sample. One that is not after the latest one begins the clock anew.</param>
    /// <param name="time">When it was ready, on the host's clock.</param>
    public void Observe(long index, MonotonicTime time)
    {
        if (_observations == 0)
        {
            Begin(index, time);
            return;
        }

        var samples = index - _index;
        if (samples == 0)
        {
            return;
        }

        var seconds = samples * _nominalPeriod * 1e-9;
        if (samples < 0 || seconds > GapSecondsToRestart)
        {
            Begin(index, time);
            return;
        }

        // A forgetful mean of the spacing turns the loop's bandwidth into process noise.
        _spacingSeconds += (seconds - _spacingSeconds) / Math.Min(_observations, 100);
        Predict(index, samples, seconds);

        var innovation = (time.Nanoseconds - _time) - _timeFraction;
        var deviation = Math.Sqrt(_timeVariance + _jitterVariance);
        var earliest = _observations < ObservationsToLock
            ? OutlierDeviations * deviation
            : Math.Max(ImpossiblyEarlyDeviations * deviation, ImpossiblyEarlyNanoseconds);
        if (innovation < -earliest)
        {
            // At the beginning mostly a queue that had gathered before the first read. Should it be jitter after all,
            // it is learnt, so that the next beginning bears more.
            LearnJitter(RestartDeviations * deviation, deviation);
            BeginAgain(index, time);
            return;
        }

        var late = innovation > OutlierDeviations * deviation;
        if (_lateInARow == 0 || !late)
        {
            // A run of late ones is one event, not a measure of the jitter.
            LearnJitter(Math.Min(innovation, OutlierDeviations * deviation), deviation);
        }

        _observations++;
        _observedSeconds += seconds;
        if (!late)
        {
            _lateInARow = 0;
            _lag += (innovation - _lag) / Math.Min(_observations, LagMemory);
            Correct(innovation);
            LearnLateness((time.Nanoseconds - _time) - _timeFraction);
            return;
        }

        if (_lateInARow == 0 || innovation <= _leastLate)
        {
            (_leastLate, _leastLateAt) = (innovation, 0);
        }
        else
        {
            _leastLateAt += seconds;
        }

        _lateSince = _lateInARow == 0 ? 0 : _lateSince + seconds;
        _lateFrom = _lateInARow == 0 ? time.Nanoseconds : _lateFrom;
        _lateInARow++;

        // Half a second on both clocks, and from one of the least late: a queue that is worked off brings many late samples
        // in no time, each less late than the one before. A device whose oscillator has changed is later with each.
        var isLeastLate = innovation <= _leastLate + (OutlierDeviations * deviation) + (2 * LargestDrift * 1e9 * _leastLateAt);
        if (isLeastLate && _lateInARow >= LateObservationsToRestart && _lateSince >= LateSecondsToRestart && time.Nanoseconds - _lateFrom >= LateSecondsToRestart * 1e9)
        {
            BeginAgain(index, time);
        }
    }

    /// <summary>
    /// When the sample's voltage stood at the electrodes, on the host's clock. Best near the latest observation.
    /// </summary>
    /// <returns>The default before the first observation.</returns>
    public MonotonicTime HostTimeOf(SampleTime sample)
    {
        if (_observations == 0)
        {
            return default;
        }

        return new MonotonicTime(_time - _fixedDelay + (long)Math.Round(_timeFraction - _lateness + ((sample.Samples - _index) * Period)));
    }

    /// <summary>Which moment of the source stood at the electrodes then: the inverse of <see cref="HostTimeOf"/>.</summary>
    /// <returns>The default before the first observation.</returns>
    public SampleTime SampleTimeOf(MonotonicTime time)
    {
        if (_observations == 0)
        {
            return default;
        }

        return new SampleTime(_index + ((time.Nanoseconds + _fixedDelay - _time - _timeFraction + _lateness) / Period));
    }

    /// <summary>Forgets everything, the drift too.</summary>
    public void Reset()
    {
        _observations = 0;
        _drift = 0;
        _driftVariance = InitialDriftDeviation * InitialDriftDeviation;
        _jitterVariance = InitialJitterNanoseconds * InitialJitterNanoseconds;
        _spacingSeconds = 0;
        _lateness = 0;
        _spread = 0;
        _latenessObservations = 0;
    }

    /// <summary>
    /// Begins anew because the stamps no longer fit. Thrown again so soon, it is the rate that does not: a device whose oscillator
    /// has changed would else be late for ever.
    /// </summary>
    private void BeginAgain(long index, MonotonicTime time)
    {
        if (_observedSeconds < SecondsToTrustDrift)
        {
            _driftVariance = InitialDriftDeviation * InitialDriftDeviation;
        }

        Begin(index, time);
    }

    private void Begin(long index, MonotonicTime time)
    {
        (_index, _time, _timeFraction) = (index, time.Nanoseconds, 0);
        _timeVariance = FirstTimeDeviationNanoseconds * FirstTimeDeviationNanoseconds;
        _covariance = 0;
        _driftVariance = Math.Clamp(_driftVariance, SmallestDriftDeviation * SmallestDriftDeviation, InitialDriftDeviation * InitialDriftDeviation);
        _observations = 1;
        _observedSeconds = 0;
        _lateInARow = 0;
        _lag = 0;
    }

    private void Predict(long index, long samples, double seconds)
    {
        var step = _timeFraction + (samples * Period);
        var whole = Math.Floor(step);
        _time += (long)whole;
        _timeFraction = step - whole;
        _index = index;

        var nanoseconds = seconds * 1e9;
        var omega2 = LoopRadiansPerSecond * LoopRadiansPerSecond;
        var walk = _jitterVariance * 1e-18 * _spacingSeconds * omega2 * omega2 * seconds;
        _timeVariance += nanoseconds * ((2 * _covariance) + (nanoseconds * (_driftVariance + (walk / 3))));
        _covariance += nanoseconds * (_driftVariance + (walk / 2));
        _driftVariance += walk;
    }

    private void Correct(double innovation)
    {
        var total = _timeVariance + _jitterVariance;
        var timeGain = _timeVariance / total;
        var driftGain = _covariance / total;
        _timeFraction += timeGain * innovation;
        _drift = Math.Clamp(_drift + (driftGain * innovation), -LargestDrift, LargestDrift);
        _driftVariance = Math.Max(0, _driftVariance - (driftGain * _covariance));
        _covariance *= 1 - timeGain;
        _timeVariance *= 1 - timeGain;
    }

    private void LearnJitter(double innovation, double deviation)
    {
        // What the estimate itself was unsure of is no jitter.
        var share = _jitterVariance / (deviation * deviation);
        var variance = _jitterVariance + (((share * innovation * innovation) - _jitterVariance) / Math.Min(_observations + 4, JitterMemory));
        _jitterVariance = Math.Clamp(variance, SmallestJitterNanoseconds * SmallestJitterNanoseconds, LargestJitterNanoseconds * LargestJitterNanoseconds);
    }

    /// <summary>Moves the early edge by a step that nineteen later stamps undo, once the loop has settled.</summary>
    /// <param name="residual">How much later than the loop's mean this stamp is.</param>
    private void LearnLateness(double residual)
    {
        if (_observations < ObservationsToLock)
        {
            return;
        }

        // The unit is a mean deviation of its own, which forgets the beginning and busy times soon.
        var memory = Math.Min(++_latenessObservations, EarlyMemory);
        _spread += (Math.Abs(residual) - _spread) / memory;
        var step = _spread / Math.Max(memory, EarlyMemory / 5);
        var lateness = _lateness + (residual < -_lateness ? (1 - EarlyShare) * step : -EarlyShare * step);
        _lateness = Math.Clamp(lateness, 0, MostDeviationsEarly * _spread);
    }
}
