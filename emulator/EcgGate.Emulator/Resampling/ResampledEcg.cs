using System.Numerics;
using EcgGate.Emulator.Patient;
using EcgGate.Signals;

namespace EcgGate.Emulator.Resampling;

/// <summary>
/// Makes a continuous-time ECG of a sampled one, such as a record, by band-limited interpolation: the R waves stay
/// where they are, between the samples too. Streams: memory is bounded, whatever the record's length.
/// </summary>
/// <remarks>
/// <para>A Kaiser-windowed sinc over 32 periods of the lower rate to each side. Content up to 0.46 of the source's
/// rate passes unchanged within 0.01 %; where the target rate is lower, content beyond half of it is removed by
/// 80 dB. At both ends the first and the last sample go on, so that the edges do not ring.</para>
/// <para>One thread reads; another one may call <see cref="DeliverPulse(double)"/>. Reading may go back by 2 s.</para>
/// </remarks>
public sealed class ResampledEcg : IAnalogEcg, IDisposable
{
    /// <summary>How far reading may go back, in seconds.</summary>
    public const double LookBackSeconds = 2;

    private const int HalfPeriods = 32;
    private const int BlockSamples = 256;

    // A power of two. Pulses come a second apart and their artefact lasts less than half of one.
    private const int PulsesKept = 16;

    private readonly IEcgSource _source;
    private readonly PulseArtefact _artefact;
    private readonly SincKernel _kernel;
    private readonly double[] _weights;
    private readonly float[][] _millivolts;
    private readonly SampleStatus[] _status;
    private readonly EcgSample[] _block = new EcgSample[BlockSamples];
    private readonly FeltPulse[] _pulses = new FeltPulse[PulsesKept];
    private readonly double _rate;
    private readonly int _mask;

    private long _loaded;
    private long? _firstIndex;
    private bool _sourceEnded;
    private double? _duration;
    private double _weightsAt = double.NaN;
    private long _weightsFrom;
    private int _pulseCount;

    /// <summary>Wraps a source. Takes it over: it is disposed with this.</summary>
    /// <param name="source">A source that paces nothing, such as a record. Read from its present position.</param>
    /// <param name="targetRateHertz">
    /// The rate at which the result will be sampled, for the anti-alias filter; null for no lower than the source's.
    /// </param>
    /// <param name="artefact">What a delivered pulse does to the leads; null for the default shape.</param>
    public ResampledEcg(IEcgSource source, double? targetRateHertz = null, PulseArtefact? artefact = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        _source = source;
        _artefact = artefact ?? new PulseArtefact();
        _rate = source.Info.SamplingRateHertz;
        if (!(_rate > 0) || !double.IsFinite(_rate))
        {
            throw new ArgumentException($"{source.Info.Name} says that it has {_rate} samples per second; a positive rate is needed.", nameof(source));
        }

        if (targetRateHertz is { } target && !(target > 0 && double.IsFinite(target)))
        {
            throw new ArgumentOutOfRangeException(nameof(targetRateHertz), target, "The target rate must be positive.");
        }

        _kernel = new SincKernel(HalfPeriods, (targetRateHertz ?? _rate) / _rate);
        _weights = new double[2 * _kernel.HalfSamples];
        var needed = Math.Ceiling(LookBackSeconds * _rate) + (2.0 * _kernel.HalfSamples) + BlockSamples + 2;
        if (needed > 1 << 26)
        {
            throw new ArgumentException($"{source.Info.Name} has {_rate} samples per second, too many to resample.", nameof(source));
        }

        var capacity = (int)BitOperations.RoundUpToPowerOf2((uint)needed);
        _mask = capacity - 1;
        _millivolts = new float[Math.Clamp(source.Info.LeadNames.Count, 1, 2)][];
        for (var lead = 0; lead < _millivolts.Length; lead++)
        {
            _millivolts[lead] = new float[capacity];
        }

        _status = new SampleStatus[capacity];
        _duration = source.Info.LengthSamples is { } length ? length / _rate : null;
    }

    /// <inheritdoc/>
    public string Name => _source.Info.Name;

    /// <inheritdoc/>
    public IReadOnlyList<string> LeadNames => _source.Info.LeadNames;

    /// <summary>Length in seconds; null where the source does not say, until its end has been reached.</summary>
    public double? DurationSeconds => _duration;

    /// <inheritdoc/>
    public double Millivolts(int lead, double seconds)
    {
        var samples = _millivolts[CheckLead(lead)];
        if (!(seconds >= 0) || seconds > _duration)
        {
            return 0;
        }

        if (seconds != _weightsAt)
        {
            Prepare(seconds);
        }

        if (_loaded == 0)
        {
            return 0;
        }

        var sum = 0.0;
        var last = _loaded - 1;
        for (var i = 0; i < _weights.Length; i++)
        {
            var at = Math.Clamp(_weightsFrom + i, 0, last);
            sum += _weights[i] * samples[(int)(at & _mask)];
        }

        return WithArtefacts(lead, seconds, sum);
    }

    /// <inheritdoc/>
    /// <remarks>Also true where the record has no valid value.</remarks>
    public bool IsLeadOff(int lead, double seconds)
    {
        _ = CheckLead(lead);
        if (!(seconds >= 0) || seconds > _duration)
        {
            return false;
        }

        var position = (long)Math.Round(seconds * _rate);
        Load(position);
        if (_loaded == 0)
        {
            return false;
        }

        position = Math.Min(position, _loaded - 1);
        CheckLookBack(position, seconds);
        var off = lead == 0
            ? SampleStatus.Lead0Off | SampleStatus.Lead0Invalid
            : SampleStatus.Lead1Off | SampleStatus.Lead1Invalid;
        return (_status[(int)(position & _mask)] & off) != SampleStatus.None;
    }

    /// <inheritdoc/>
    public void DeliverPulse(double seconds) => DeliverPulse(seconds, 1);

    /// <inheritdoc/>
    public void DeliverPulse(double seconds, double strength)
    {
        // The slot is written before the count that publishes it. A reader that is 15 pulses behind does not exist.
        var count = _pulseCount;
        _pulses[count % PulsesKept] = new FeltPulse(seconds, strength);
        Volatile.Write(ref _pulseCount, count + 1);
    }

    /// <inheritdoc/>
    public void Dispose() => _source.Dispose();

    private int CheckLead(int lead)
    {
        if (lead < 0 || lead >= _millivolts.Length)
        {
            throw new ArgumentOutOfRangeException(nameof(lead), lead, $"{Name} has {_millivolts.Length} lead(s), counted from 0.");
        }

        return lead;
    }

    private void CheckLookBack(long oldest, double seconds)
    {
        if (oldest >= 0 && _loaded - oldest > _mask + 1)
        {
            throw new ArgumentOutOfRangeException(nameof(seconds), seconds, $"{Name} was read further back than {LookBackSeconds} s.");
        }
    }

    private void Prepare(double seconds)
    {
        var position = seconds * _rate;
        var before = (long)Math.Floor(position);
        var half = _kernel.HalfSamples;
        Load(before + half);
        _weightsFrom = before - half + 1;
        CheckLookBack(Math.Min(Math.Max(_weightsFrom, 0), Math.Max(_loaded - 1, 0)), seconds);

        var sum = 0.0;
        for (var i = 0; i < _weights.Length; i++)
        {
            var weight = _kernel.WeightAt(position - (_weightsFrom + i));
            _weights[i] = weight;
            sum += weight;
        }

        // A constant stays what it is, exactly.
        for (var i = 0; i < _weights.Length; i++)
        {
            _weights[i] /= sum;
        }

        _weightsAt = seconds;
    }

    private double WithArtefacts(int lead, double seconds, double millivolts)
    {
        var count = Volatile.Read(ref _pulseCount);
        for (var i = Math.Max(0, count - PulsesKept); i < count; i++)
        {
            // The pulse's number seeds its twitch, so that no two are alike and each is the same on every machine.
            var pulse = _pulses[i % PulsesKept];
            millivolts = _artefact.Apply(lead, seconds - pulse.Seconds, pulse.Strength, (ulong)i, millivolts);
        }

        return millivolts;
    }

    private void Load(long position)
    {
        while (_loaded <= position && !_sourceEnded)
        {
            var count = _source.Read(_block).Count;
            if (count == 0)
            {
                _sourceEnded = true;
                _duration = _loaded / _rate;
                return;
            }

            for (var i = 0; i < count; i++)
            {
                Append(in _block[i]);
            }
        }
    }

    private void Append(in EcgSample sample)
    {
        _firstIndex ??= sample.Index;
        var position = sample.Index - _firstIndex.Value;

        // Over a gap the last value goes on. More than the buffer holds need not be written.
        if (position > _loaded)
        {
            for (var at = Math.Max(_loaded, position - _mask - 1); at < position; at++)
            {
                foreach (var lead in _millivolts)
                {
                    lead[(int)(at & _mask)] = _loaded == 0 ? 0 : lead[(int)((_loaded - 1) & _mask)];
                }

                _status[(int)(at & _mask)] = SampleStatus.Lead0Invalid | SampleStatus.Lead1Invalid;
            }
        }

        var slot = (int)(position & _mask);
        _millivolts[0][slot] = sample.Lead0Millivolts;
        if (_millivolts.Length > 1)
        {
            _millivolts[1][slot] = sample.Lead1Millivolts;
        }

        _status[slot] = sample.Status;
        _loaded = position + 1;
    }
}
