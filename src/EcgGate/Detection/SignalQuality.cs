using EcgGate.Signals;

namespace EcgGate.Detection;

/// <summary>Judges from the signal alone whether it is good enough to gate on.</summary>
/// <remarks>
/// <para>
/// What the front end marks, rails and flat lines make the signal bad at once. Noise is told from the time between the
/// beats: each patient has P and T waves of his own, so the slope energy there is compared with what it usually was so
/// long after R. An excess, and beats that are doubtful, found late or refuted, add up to a suspicion, which fades
/// with every beat. One sign alone is an extrasystole or a bump; two close to each other are noise. So the first false
/// beat of a noisy stretch, which rarely comes without activity before it, already meets a poor signal.
/// </para>
/// <para>Bounded work, no allocation after construction, deterministic, not thread-safe.</para>
/// </remarks>
internal sealed class SignalQuality
{
    // Deciding again within 2 s of signal is asked for; filters and level have settled after half a second.
    private const double SettleSeconds = 0.5;

    // A converter at its limit repeats one value; a flat stretch of 60 ms far from the level is no ECG.
    private const double RailSeconds = 0.06;
    private const float RailHeights = 1.5f;

    // No two seconds of a living, connected patient are without any change at all.
    private const double FlatSeconds = 2;

    // The time between beats is looked at in blocks. Blocks wait until it is clear that no QRS has begun in them; those
    // within a QRS and in the tail that the mean of the energy gives it say nothing.
    private const double BlockSeconds = 0.025;
    private const int WaitingBlocks = 5;
    private const double QrsAfterSeconds = 0.24;

    // One second of them, by the time since R; P waves move against R by two blocks to both sides.
    private const int Phases = 40;
    private const int NearPhases = 2;

    // The constants below were swept on 26 MIT-BIH records with noise of muscles and of moving electrodes mixed in at 12
    // and 6 dB, for at most 0.5 and 1 % false beats outside shutdown at the least shutdown; both halves of the records
    // ask for the same. A third more or less moves the false beats by a tenth, the fading by a third.

    // Usual energy as a share of a beat's (the median between beats is 0.08), and how fast it is learnt, per beat.
    private const float UsualAtFirst = 0.1f;
    private const float Learning = 0.1f;
    private const float LearningWhenPoor = 0.02f;

    // Energy counts as excess above so many times the usual plus so much, and fully so much further up.
    private const float UsualTimes = 1.5f;
    private const float Beyond = 0.07f;
    private const float FullExcess = 0.2f;

    // A full excess, a beat found late, one that was not sure, and a refuted one; more than 1 together is poor, and good
    // again below 0.9. They fade from beat to beat.
    private const float ExcessWeight = 0.6f;
    private const float LateWeight = 1;
    private const float DoubtWeight = 1.2f;
    private const float RefutedWeight = 0.3f;
    private const float PoorAbove = 1;
    private const float GoodBelow = 0.9f;
    private const float Fade = 0.77f;
    private const float Most = 4;

    // Below this confidence a beat is doubtful, fully so at so much less; one of the rhythm's shape only half.
    private const float Sure = 0.98f;
    private const float UnsureBy = 0.1f;
    private const float LeastDoubt = 0.3f;
    private const float NormalDoubt = 0.5f;

    // Doubt without any noise counts by so much, since extrasystoles are doubtful too, and fully from so little noise on.
    private const float DoubtAlone = 0.3f;
    private const float SomeNoise = 0.05f;

    // Nor does doubt count that this patient's beats always give: so much of the mean, learnt over some 50 quiet beats.
    private const float UsualDoubtTimes = 2;
    private const float DoubtLearning = 0.02f;
    private const float DoubtLearningInNoise = 0.005f;
    private const float NoiseOfNote = 0.1f;

    private readonly int _settle;
    private readonly int _railRun;
    private readonly int _flatRun;
    private readonly int _block;
    private readonly double _qrsAfter;
    private readonly float[] _usual = new float[Phases];
    private readonly float[] _waiting = new float[WaitingBlocks];
    private float _last;
    private int _run;
    private int _blockSamples;
    private float _blockMaximum;
    private int _waitingAt;
    private int _blocks;
    private double _lastR;
    private long _intervals;
    private float _excess;
    private float _noise;
    private float _doubt;
    private float _usualDoubt;
    private bool _isNoisy;
    private int _leadOffLeft;
    private int _saturatedLeft;
    private int _poorLeft;

    public SignalQuality(double samplingRateHertz)
    {
        _settle = (int)Math.Round(SettleSeconds * samplingRateHertz);
        _railRun = (int)Math.Round(RailSeconds * samplingRateHertz);
        _flatRun = (int)Math.Round(FlatSeconds * samplingRateHertz);
        _block = Math.Max(1, (int)Math.Round(BlockSeconds * samplingRateHertz));
        _qrsAfter = QrsAfterSeconds * samplingRateHertz;
        Reset();
    }

    public SignalConditions Conditions { get; private set; }

    public void Reset()
    {
        Array.Fill(_usual, UsualAtFirst);
        _noise = _doubt = _usualDoubt = 0;
        _intervals = 0;
        _isNoisy = false;
        _leadOffLeft = _saturatedLeft = 0;
        Restart();
        _poorLeft = 0;
        Conditions = SignalConditions.Good;
    }

    /// <summary>Looks at one sample.</summary>
    /// <param name="sample">As it came from the source.</param>
    /// <param name="excursion">How far the conditioned signal is from its slow level, mV.</param>
    /// <param name="height">The height to expect of a beat, mV.</param>
    /// <param name="energy">Slope energy, in any unit.</param>
    /// <param name="beatEnergy">That of an ordinary beat at its top, in the same unit.</param>
    public void Process(in EcgSample sample, float excursion, float height, float energy, float beatEnergy)
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

        _blockMaximum = Math.Max(_blockMaximum, energy);
        if (++_blockSamples == _block)
        {
            EndBlock(sample.Index, beatEnergy);
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

        if (conditions != SignalConditions.Good)
        {
            // What was seen of such a lead, and the swing back from it, is no noise of the signal that comes.
            _noise = _doubt = 0;
            _isNoisy = false;
            Forget();
        }

        if (_poorLeft > 0)
        {
            _poorLeft--;
            conditions |= SignalConditions.Poor;
        }

        if (_isNoisy)
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
        Forget();
    }

    /// <summary>Takes a beat that was just announced, early or late.</summary>
    public void Announce(in BeatDecision beat)
    {
        EndInterval();
        var doubt =
            beat.IsLate ? LateWeight :
            beat.Confidence < Sure ? DoubtWeight * (beat.Class == BeatClass.Normal ? NormalDoubt : 1) * Math.Clamp((Sure - beat.Confidence) / UnsureBy, LeastDoubt, 1) :
            0;
        _doubt += Math.Max(0, doubt - (UsualDoubtTimes * _usualDoubt));
        _usualDoubt += (_noise > NoiseOfNote ? DoubtLearningInNoise : DoubtLearning) * (doubt - _usualDoubt);
        _lastR = beat.RTime.Samples;
        _intervals++;
        Weigh();
    }

    /// <summary>Takes what the verifier found out about one candidate.</summary>
    /// <param name="isTrouble">The early decision was wrong either way, or stood on the brink.</param>
    public void Judge(bool isTrouble)
    {
        if (isTrouble)
        {
            _doubt += RefutedWeight;
            Weigh();
        }
    }

    /// <summary>Begins the time between beats anew with the next beat.</summary>
    private void Forget()
    {
        _blocks = _blockSamples = _waitingAt = 0;
        _blockMaximum = 0;
        _excess = 0;
        _lastR = double.NaN;
    }

    private void EndBlock(long index, float beatEnergy)
    {
        // The block that has waited long enough leaves; the present one takes its place.
        ref var place = ref _waiting[_waitingAt];
        var energy = place / beatEnergy;
        place = _blockMaximum;
        _waitingAt = (_waitingAt + 1) % WaitingBlocks;
        _blockSamples = 0;
        _blockMaximum = 0;
        if (_blocks < WaitingBlocks)
        {
            _blocks++;
            return;
        }

        // Until the first beat, and in blocks before an R that was announced meanwhile, this is not a number or negative.
        var sinceQrs = index - ((WaitingBlocks + 1) * _block) - _lastR - _qrsAfter;
        if (!(sinceQrs >= 0))
        {
            return;
        }

        var phase = (int)(sinceQrs / _block);
        if (phase >= Phases)
        {
            // No beat for long: time goes on in steps of a third of the phases, as if a beat had come.
            EndInterval();
            Weigh();
            _lastR += Phases / 3 * _block;
            phase = Phases - 1;
        }

        var usual = 0f;
        for (var near = Math.Max(0, phase - NearPhases); near <= Math.Min(Phases - 1, phase + NearPhases); near++)
        {
            usual = Math.Max(usual, _usual[near]);
        }

        var excess = Math.Clamp((energy - (UsualTimes * usual) - Beyond) / FullExcess, 0, 1);
        if (excess > _excess)
        {
            _excess = excess;
            Weigh();
        }

        var learning = _isNoisy ? LearningWhenPoor : Math.Max(Learning, 1f / _intervals);
        _usual[phase] += learning * (Math.Min(energy, 1) - _usual[phase]);
    }

    private void EndInterval()
    {
        _doubt = Math.Min(Most, Fade * _doubt);
        _noise = Math.Min(Most, Fade * (_noise + (ExcessWeight * _excess)));
        _excess = 0;
    }

    private void Weigh()
    {
        var noise = _noise + (ExcessWeight * _excess);
        var suspicion = noise + (_doubt * Math.Min(1, DoubtAlone + (noise / SomeNoise)));
        var isNoisy = suspicion > (_isNoisy ? GoodBelow : PoorAbove);
        if (_isNoisy && !isNoisy)
        {
            // What the verifier has to say of the last beats is still to come.
            _poorLeft = Math.Max(_poorLeft, _settle);
        }

        _isNoisy = isNoisy;
        if (isNoisy)
        {
            // At once, not with the next sample: the beat just announced must meet it.
            Conditions |= SignalConditions.Poor;
        }
    }
}
