using EcgGate.Signals;

namespace EcgGate.Detection;

/// <summary>
/// Two <see cref="RWaveDetector"/>s, one for each lead, that vote: a doubtful beat on lead 0 must be seen on lead 1, a beat
/// that lead 0 misses is carried by lead 1, and lead 1 stands in while lead 0 is lost. Lead 0 is
/// <see cref="EcgSample.Lead0Millivolts"/>, and leads.
/// </summary>
/// <remarks>
/// <para>
/// R is always lead 0's where lead 0 has one. Elsewhere it is lead 1's less the usual difference between the two, the
/// median over the last beats seen on both, so that R does not jump where the leads take turns. A sure beat is given
/// out at once, and so is one at which lead 1 has begun to see something too. Any other waits for lead 1, for three
/// quarters of the decision horizon at most, and is dropped then if it is doubtful. Lead 1 has a say only while it has
/// proved itself: as a witness if it rarely lacks lead 0's sure beats, as a finder if it rarely has sure ones that lead 0
/// lacks. With one lead connected this is <see cref="RWaveDetector"/> alone.
/// </para>
/// <para>
/// <see cref="Conditions"/> are lead 0's, whose shapes the gate compares: beats carried while it is lost serve the rhythm
/// and are withheld. A carried beat is <see cref="BeatClass.Doubtful"/>.
/// </para>
/// <para>Bounded work and no allocation per sample. Deterministic. Not thread-safe: one core owns it.</para>
/// </remarks>
public sealed class TwoLeadDetector : IBeatDetector
{
    // The same beat on both leads: R's may be two lobes of a wide QRS.
    private const double SameBeatSeconds = 0.09;
    private const double SameBeatUnknownSeconds = 0.12;

    // Confidence from which a beat needs no witness, and from which one without is believed in the end.
    private const float Sure = 0.98f;
    private const float Likely = 0.9f;

    // Waiting ends after this share of the horizon: what has not been heard of by then, 31 ms after R, is rarely heard of in
    // time, and R of the reference may lie before ours.
    private const double WaitShare = 0.75;

    // Share of the other's sure beats that a witness may lack, and of its own that a finder may be alone with, over some
    // 128 beats; a lead begins without trust. Half or twice of it moves the errors of the MIT-BIH records by a tenth.
    private const float TrustMemory = 1 / 128f;
    private const float NoTrust = 0.2f;
    private const int NoTrustBeats = 4;
    private const float WitnessLacks = 0.05f;
    private const float FinderAlone = 0.1f;

    // For so long lead 1 must have been good to be alone with a beat: noise comes and goes.
    private const double QuietSeconds = 10;

    // A beat that only lead 1 has seen is not carried before this share of the mean RR, unless lead 0 is lost: on lead 1
    // it is not known for an extrasystole or for the other lead's T wave.
    private const double OnTime = 0.7;

    // Mean RR of an ordinary heart until beats are known; longer ones than 2.5 s are gaps.
    private const double FirstRRSeconds = 0.8;
    private const double LongestRRSeconds = 2.5;
    private const double RRShare = 0.125;

    private const int Kept = 8;
    private const int VerdictCapacity = 16;

    /// <summary>Stands for no beat; never written to.</summary>
    private static readonly LeadBeat[] Empty = [new LeadBeat { R = double.NaN, EmittedR = double.NaN }];

    private readonly RWaveDetector _lead0;
    private readonly RWaveDetector _lead1;
    private readonly LeadOffset _offset = new();
    private readonly LeadBeat[] _beats0 = new LeadBeat[Kept];
    private readonly LeadBeat[] _beats1 = new LeadBeat[Kept];
    private readonly BeatDecision[] _ready = new BeatDecision[Kept];
    private readonly (double R, VerifierVerdict Value)[] _verdicts = new (double, VerifierVerdict)[VerdictCapacity];
    private readonly double _rate;
    private readonly double _refractory;
    private readonly double _horizon;
    private readonly double _longestWait;
    private long _index;
    private long _count0;
    private long _count1;
    private long _readyHead;
    private long _readyTail;
    private long _verdictHead;
    private long _verdictTail;
    private double _lastR;
    private long _lastPoor1;
    private double _meanRR;
    private int _judged0;
    private int _judged1;
    private float _lacking;
    private float _alone;

    /// <summary>Creates a detector.</summary>
    /// <param name="samplingRateHertz">Samples per second, 125 to 2,000.</param>
    /// <param name="options">What to set otherwise than by default, for both leads.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate lies outside 125 to 2,000 Hz.</exception>
    /// <exception cref="ArgumentException">An option is out of its range; the message says which.</exception>
    public TwoLeadDetector(double samplingRateHertz, DetectorOptions? options = null)
    {
        options ??= new DetectorOptions();
        _lead0 = new RWaveDetector(samplingRateHertz, options);
        _lead1 = new RWaveDetector(samplingRateHertz, options);
        _rate = samplingRateHertz;
        _refractory = options.Refractory.TotalSeconds * samplingRateHertz;
        _horizon = Math.Floor(options.DecisionHorizon.TotalSeconds * samplingRateHertz);
        _longestWait = Math.Floor(WaitShare * options.DecisionHorizon.TotalSeconds * samplingRateHertz);
        Forget();
    }

    /// <summary>Samples per second.</summary>
    public double SamplingRateHertz => _rate;

    /// <inheritdoc/>
    public SignalConditions Conditions => _lead0.Conditions;

    /// <summary>What can be said about lead 1 at the last sample.</summary>
    public SignalConditions Lead1Conditions => _lead1.Conditions;

    /// <inheritdoc/>
    public void Reset()
    {
        _lead0.Reset();
        _lead1.Reset();
        Forget();
    }

    /// <inheritdoc/>
    public void Blank(SampleTime from, SampleTime until)
    {
        _lead0.Blank(from, until);
        _lead1.Blank(from, until);
    }

    /// <inheritdoc/>
    public bool TryTakeVerdict(out SampleTime rTime, out VerifierVerdict verdict)
    {
        if (_verdictTail == _verdictHead)
        {
            rTime = default;
            verdict = default;
            return false;
        }

        var (r, value) = _verdicts[_verdictTail++ % VerdictCapacity];
        rTime = new SampleTime(r);
        verdict = value;
        return true;
    }

    /// <inheritdoc/>
    public bool Process(in EcgSample sample, out BeatDecision decision)
    {
        if (sample.Index <= _index)
        {
            Forget();
        }

        _index = sample.Index;
        var other = new EcgSample(sample.Index, sample.Lead1Millivolts, sample.Lead0Millivolts, Swapped(sample.Status));
        var found0 = _lead0.Process(in sample, out var beat0);
        var found1 = _lead1.Process(in other, out var beat1);
        if (_lead1.Conditions != SignalConditions.Good)
        {
            _lastPoor1 = _index;
        }

        if (found0)
        {
            Take(in beat0);
        }

        if (found1)
        {
            Hear(in beat1);
        }

        TakeVerdicts();
        EndWaiting();
        if (_readyTail == _readyHead)
        {
            decision = default;
            return false;
        }

        decision = _ready[_readyTail++ % Kept];
        return true;
    }

    private bool Witnesses => _lead1.Conditions == SignalConditions.Good && _lacking < WitnessLacks && _offset.IsKnown;

    private bool IsLead0Lost => (_lead0.Conditions & (SignalConditions.LeadOff | SignalConditions.Saturated)) != SignalConditions.Good;

    /// <summary>Whether lead 1 has begun to look at something where a beat of lead 0 would be.</summary>
    private bool StirsAt(double r) => _lead1.OpenSince is { } since && Math.Abs(since - (r + _offset.Samples)) < SameBeatUnknownSeconds * _rate;

    private static SampleStatus Swapped(SampleStatus status)
    {
        const SampleStatus Of0 = SampleStatus.Lead0Off | SampleStatus.Lead0Saturated | SampleStatus.Lead0Invalid;
        const SampleStatus Of1 = SampleStatus.Lead1Off | SampleStatus.Lead1Saturated | SampleStatus.Lead1Invalid;

        // Each mark of lead 1 stands one bit above that of lead 0.
        return (status & ~(Of0 | Of1)) | (SampleStatus)((int)(status & Of0) << 1) | (SampleStatus)((int)(status & Of1) >> 1);
    }

    /// <summary>A beat of lead 0.</summary>
    private void Take(in BeatDecision beat)
    {
        ref var kept = ref Keep(_beats0, ref _count0, in beat);
        ref var partner = ref Nearest(_beats1, kept.R + _offset.Samples);
        var hasPartner = !double.IsNaN(partner.R);
        if (hasPartner)
        {
            Pair(ref kept, ref partner);
        }

        if (hasPartner && !double.IsNaN(partner.EmittedR))
        {
            // Lead 1 was first, and has carried it.
            return;
        }

        if (IsLead0Lost && _lead1.Conditions == SignalConditions.Good && _offset.IsKnown)
        {
            // Not settled yet: what it calls R may be the step of its coming back.
            if (hasPartner)
            {
                Carry(ref partner);
            }

            return;
        }

        var isSure = !beat.IsLate && beat.Confidence >= Sure && _lead0.Conditions == SignalConditions.Good;
        if (hasPartner || isSure || !Witnesses || (!beat.IsLate && StirsAt(kept.R)))
        {
            Emit(ref kept, kept.R, beat.Class, beat.IsLate);
        }
        else
        {
            kept.IsWaiting = !beat.IsLate;
        }
    }

    /// <summary>A beat of lead 1.</summary>
    private void Hear(in BeatDecision beat)
    {
        ref var kept = ref Keep(_beats1, ref _count1, in beat);
        ref var partner = ref Nearest(_beats0, kept.R - _offset.Samples);
        if (!double.IsNaN(partner.R))
        {
            var wasWaiting = partner.IsWaiting;
            Pair(ref kept, ref partner);
            if (double.IsNaN(partner.EmittedR) && IsLead0Lost)
            {
                Carry(ref kept);
            }
            else if (double.IsNaN(partner.EmittedR) && (wasWaiting || !beat.IsLate))
            {
                Emit(ref partner, partner.R, partner.Decision.Class, partner.Decision.IsLate);
            }
        }
        else if (_lead1.Conditions == SignalConditions.Good)
        {
            if (IsLead0Lost)
            {
                Carry(ref kept);
            }
            else
            {
                kept.IsWaiting = !beat.IsLate && beat.Confidence >= Sure && _alone < FinderAlone && _offset.IsKnown && _index - _lastPoor1 > QuietSeconds * _rate;
            }
        }
    }

    private static void Pair(ref LeadBeat one, ref LeadBeat other)
    {
        one.IsShared = other.IsShared = true;
        one.IsWaiting = other.IsWaiting = false;
    }

    private void Carry(ref LeadBeat beat) => Emit(ref beat, beat.R - _offset.Samples, BeatClass.Doubtful, beat.Decision.IsLate);

    private void Emit(ref LeadBeat beat, double r, BeatClass kind, bool isLate)
    {
        beat.IsWaiting = false;
        if (r < _lastR + _refractory || r > _index)
        {
            return;
        }

        if (r - _lastR < LongestRRSeconds * _rate)
        {
            _meanRR += RRShare * (r - _lastR - _meanRR);
        }

        _lastR = r;
        beat.EmittedR = r;
        _ready[_readyHead++ % Kept] = beat.Decision with
        {
            RTime = new SampleTime(r),
            DecisionIndex = _index,
            Class = kind,
            IsLate = isLate || _index - r > _horizon + 1,
        };
    }

    /// <summary>Decides on those that the other lead has not announced in time.</summary>
    private void EndWaiting()
    {
        ref var of0 = ref Last(_beats0, _count0);
        if (of0.IsWaiting && _index >= of0.R + _longestWait)
        {
            of0.IsWaiting = false;
            if (!Witnesses || of0.Decision.Confidence >= Likely)
            {
                Emit(ref of0, of0.R, of0.Decision.Class, isLate: false);
            }
        }

        ref var of1 = ref Last(_beats1, _count1);
        if (of1.IsWaiting && _index >= of1.R - _offset.Samples + _longestWait)
        {
            of1.IsWaiting = false;
            if (of1.R - _offset.Samples - _lastR > OnTime * _meanRR)
            {
                Carry(ref of1);
            }
        }
    }

    private void TakeVerdicts()
    {
        while (_lead0.TryTakeVerdict(out var r, out var verdict))
        {
            ref var beat = ref Find(_beats0, r.Samples);
            if (double.IsNaN(beat.R))
            {
                continue;
            }

            if (verdict == VerifierVerdict.Confirmed && beat.Decision.Confidence >= Sure && _lead0.Conditions == SignalConditions.Good)
            {
                _lacking += Math.Max(TrustMemory, 1f / ++_judged0) * ((beat.IsShared ? 0 : 1) - _lacking);
                ref var partner = ref Nearest(_beats1, beat.R + _offset.Samples);
                if (beat.IsShared && !double.IsNaN(partner.R) && !partner.Decision.IsLate)
                {
                    _offset.Add(partner.R - beat.R);
                }
            }

            Tell(in beat, verdict == VerifierVerdict.Refuted && beat.IsShared && Witnesses ? VerifierVerdict.Confirmed : verdict);
        }

        while (_lead1.TryTakeVerdict(out var r, out var verdict))
        {
            ref var beat = ref Find(_beats1, r.Samples);
            if (double.IsNaN(beat.R))
            {
                continue;
            }

            if (verdict == VerifierVerdict.Confirmed && beat.Decision.Confidence >= Sure && _lead1.Conditions == SignalConditions.Good && _lead0.Conditions == SignalConditions.Good)
            {
                _alone += Math.Max(TrustMemory, 1f / ++_judged1) * ((beat.IsShared ? 0 : 1) - _alone);
            }

            Tell(in beat, verdict);
        }
    }

    private void Tell(in LeadBeat beat, VerifierVerdict verdict)
    {
        if (!double.IsNaN(beat.EmittedR) && !beat.Decision.IsLate)
        {
            _verdicts[_verdictHead++ % VerdictCapacity] = (beat.EmittedR, verdict);
            _verdictTail = Math.Max(_verdictTail, _verdictHead - VerdictCapacity);
        }
    }

    private static ref LeadBeat Keep(LeadBeat[] beats, ref long count, in BeatDecision beat)
    {
        ref var kept = ref beats[count++ % Kept];
        kept = new LeadBeat { R = beat.RTime.Samples, EmittedR = double.NaN, Decision = beat };
        return ref kept;
    }

    private static ref LeadBeat Last(LeadBeat[] beats, long count) => ref beats[(count + Kept - 1) % Kept];

    /// <summary>The beat nearest to a moment, if it may be the same; otherwise an empty one.</summary>
    private ref LeadBeat Nearest(LeadBeat[] beats, double r)
    {
        var within = (_offset.IsKnown ? SameBeatSeconds : SameBeatUnknownSeconds) * _rate;
        ref var best = ref Empty[0];
        foreach (ref var beat in beats.AsSpan())
        {
            if (Math.Abs(beat.R - r) <= within)
            {
                within = Math.Abs(beat.R - r);
                best = ref beat;
            }
        }

        return ref best;
    }

    private static ref LeadBeat Find(LeadBeat[] beats, double r)
    {
        foreach (ref var beat in beats.AsSpan())
        {
            if (beat.R == r)
            {
                return ref beat;
            }
        }

        return ref Empty[0];
    }

    private void Forget()
    {
        _index = -1;
        _count0 = _count1 = 0;
        _readyHead = _readyTail = _verdictHead = _verdictTail = 0;
        _lastR = double.NegativeInfinity;
        _lacking = _alone = NoTrust;
        _judged0 = _judged1 = NoTrustBeats;
        _lastPoor1 = -1;
        _meanRR = FirstRRSeconds * _rate;
        _offset.Reset();
        Array.Fill(_beats0, Empty[0]);
        Array.Fill(_beats1, Empty[0]);
    }
}
