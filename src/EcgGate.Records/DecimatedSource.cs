using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using EcgGate.Signals;

namespace EcgGate.Records;

/// <summary>
/// A recorded source at a lower rate: each n-th sample, after a linear-phase low-pass filter that keeps out what the lower
/// rate cannot hold. The filter is centred, so that nothing is delayed: sample k of this source stands for the same moment
/// as sample n·k of the other.
/// </summary>
/// <remarks>
/// <para>The filter is a sinc under a Kaiser window (Kaiser 1974; Oppenheim &amp; Schafer, Discrete-Time Signal Processing,
/// 7.6): flat within 0.01 % up to 0.35 of the lower rate, and 80 dB down from 0.5 of it. It restarts at a gap, and holds
/// the first and the last value at the ends. Marks of lost or clipped samples go to the nearest new sample.</para>
/// <para>Positions that belong to the other source (annotations) must be divided by <see cref="Factor"/>. Results are
/// the same, bit for bit, on every machine. One thread reads; allocates nothing once running. It owns the other source
/// and disposes it.</para>
/// </remarks>
public sealed class DecimatedSource : IEcgSource
{
    /// <summary>The highest rate that the detector takes, Hz.</summary>
    public const double HighestRateHertz = 2_000;

    /// <summary>Rates are brought to at most this, and to more than half of it, Hz.</summary>
    public const double TargetRateHertz = 1_000;

    private const double PassBand = 0.35;
    private const double StopBand = 0.5;
    private const double AttenuationDecibels = 80;
    private const int LargestFactor = 10_000;
    private const int BlockSamples = 4_096;
    private const int Lanes = 8;

    private readonly IEcgSource _source;
    private readonly float[] _weights;
    private readonly int _half;
    private readonly EcgSample[] _input = new EcgSample[BlockSamples];
    private readonly float[] _lead0;
    private readonly float[] _lead1;
    private readonly SampleStatus[] _status;
    private readonly int _room;
    private readonly bool _hasLead1;
    private int _inputAt;
    private int _inputLength;

    // The samples held are those of one run without a gap, from _start on; _next is the one whose turn it is.
    private long _start;
    private int _count;
    private long _next;
    private long _lastOfRun;
    private bool _inRun;
    private bool _runEnds;
    private bool _gap;
    private bool _anyRun;
    private volatile bool _interrupted;

    /// <summary>Wraps a source.</summary>
    /// <param name="source">A recorded source; a live one cannot be looked ahead in.</param>
    /// <param name="factor">How many samples become one, 2 to 10,000.</param>
    /// <exception cref="ArgumentException">The source is live, or the factor is out of its range.</exception>
    public DecimatedSource(IEcgSource source, int factor)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentOutOfRangeException.ThrowIfLessThan(factor, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(factor, LargestFactor);
        if (source.Info.IsLive)
        {
            throw new ArgumentException("A live source cannot be decimated here: the filter looks ahead. Ask the device for a lower rate.", nameof(source));
        }

        _source = source;
        Factor = factor;
        _hasLead1 = source.Info.LeadNames.Count > 1;
        var taps = Taps(factor);
        _half = taps.Length / 2;
        _weights = new float[(taps.Length + Lanes - 1) / Lanes * Lanes];
        taps.CopyTo(_weights, 0);
        _room = (2 * _weights.Length) + BlockSamples;
        _lead0 = new float[_room + Lanes];
        _lead1 = new float[_hasLead1 ? _room + Lanes : 0];
        _status = new SampleStatus[_room];
        Info = source.Info with
        {
            SamplingRateHertz = source.Info.SamplingRateHertz / factor,
            LengthSamples = (source.Info.LengthSamples + factor - 1) / factor,
        };
    }

    /// <summary>How many samples of the other source are one of this.</summary>
    public int Factor { get; }

    /// <inheritdoc/>
    public EcgSourceInfo Info { get; }

    /// <summary>
    /// The source itself where its rate is within the limit; otherwise the source at a rate above 500 Hz and up to 1,000 Hz.
    /// </summary>
    /// <param name="source">A recorded source.</param>
    /// <param name="highestRateHertz">The limit; 1,000 Hz or more.</param>
    public static IEcgSource WhereNeeded(IEcgSource source, double highestRateHertz = HighestRateHertz)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentOutOfRangeException.ThrowIfLessThan(highestRateHertz, TargetRateHertz);
        var rate = source.Info.SamplingRateHertz;
        return rate > highestRateHertz ? new DecimatedSource(source, (int)Math.Ceiling(rate / TargetRateHertz)) : source;
    }

    /// <inheritdoc/>
    public EcgBlock Read(Span<EcgSample> destination)
    {
        if (destination.IsEmpty)
        {
            throw new ArgumentException("Room for at least one sample is needed.", nameof(destination));
        }

        var done = 0;
        while (done < destination.Length && !_interrupted)
        {
            if (_inRun && _next + _half < _start + _count)
            {
                if (_next > _lastOfRun)
                {
                    // Only the held values at the end of the run are left.
                    _inRun = false;
                    continue;
                }

                destination[done++] = Filter();
                _next += Factor;
            }
            else if (_runEnds)
            {
                _inRun = _runEnds = false;
            }
            else if (_inRun)
            {
                Continue();
            }
            else if (!Begin())
            {
                break;
            }
        }

        return new EcgBlock(done, default);
    }

    /// <inheritdoc/>
    public void Interrupt()
    {
        _interrupted = true;
        _source.Interrupt();
    }

    /// <summary>Closes the other source too.</summary>
    public void Dispose() => _source.Dispose();

    /// <summary>The filter's weights, an odd number of them, adding up to 1.</summary>
    internal static float[] Taps(int factor)
    {
        var width = 2 * Math.PI * (StopBand - PassBand) / factor;
        var half = (int)Math.Ceiling((AttenuationDecibels - 7.95) / (2.285 * width) / 2);
        var beta = 0.1102 * (AttenuationDecibels - 8.7);
        var cutoff = (PassBand + StopBand) / 2 / factor;
        var taps = new double[(2 * half) + 1];
        var sum = 0.0;
        for (var i = -half; i <= half; i++)
        {
            var edge = (double)i / (half + 1);
            var angle = 2 * Math.PI * cutoff * i;
            taps[i + half] = (i == 0 ? 1 : Math.Sin(angle) / angle) * BesselI0(beta * Math.Sqrt(1 - (edge * edge)));
            sum += taps[i + half];
        }

        return [.. taps.Select(tap => (float)(tap / sum))];
    }

    private static double BesselI0(double x)
    {
        var sum = 1.0;
        var term = 1.0;
        for (var k = 1; term > 1e-17 * sum; k++)
        {
            term *= x / (2 * k) * (x / (2 * k));
            sum += term;
        }

        return sum;
    }

    // A fixed order of additions: the same bits whatever the processor's vectors are.
    private static float Dot(ReadOnlySpan<float> weights, ReadOnlySpan<float> samples)
    {
        var w = MemoryMarshal.Cast<float, Vector128<float>>(weights);
        var s = MemoryMarshal.Cast<float, Vector128<float>>(samples);
        var even = Vector128<float>.Zero;
        var odd = Vector128<float>.Zero;
        for (var i = 0; i + 1 < w.Length && i + 1 < s.Length; i += 2)
        {
            even += w[i] * s[i];
            odd += w[i + 1] * s[i + 1];
        }

        var sum = even + odd;
        return (sum.GetElement(0) + sum.GetElement(1)) + (sum.GetElement(2) + sum.GetElement(3));
    }

    private bool LoadInput()
    {
        if (_inputAt == _inputLength)
        {
            _inputLength = _source.Read(_input).Count;
            _inputAt = 0;
        }

        return _inputAt < _inputLength;
    }

    /// <summary>Begins a run at the next sample of the source; false at the end.</summary>
    private bool Begin()
    {
        if (!LoadInput())
        {
            return false;
        }

        var first = _input[_inputAt];
        _start = first.Index - _half;
        _count = 0;
        _lastOfRun = first.Index - 1;
        _next = (first.Index + Factor - 1) / Factor * Factor;
        _gap |= _anyRun || (first.Status & SampleStatus.GapBefore) != 0;
        _inRun = _anyRun = true;
        for (var i = 0; i < _half; i++)
        {
            Append(first with { Status = SampleStatus.None });
        }

        // The first sample belongs to the run whatever its marks.
        AppendInput();
        return true;
    }

    /// <summary>Takes samples as long as they follow one another and there is room; at a gap or the end, holds the last value.</summary>
    private void Continue()
    {
        MakeRoom();
        var last = new EcgSample(0, _lead0[_count - 1], _hasLead1 ? _lead1[_count - 1] : 0, SampleStatus.None);
        var ends = !LoadInput() || !Follows();
        if (ends)
        {
            for (var i = 0; i < _half; i++)
            {
                Append(last);
            }

            _runEnds = true;
            return;
        }

        while (_count < _room - _half && _inputAt < _inputLength && Follows())
        {
            AppendInput();
        }
    }

    private bool Follows() => _input[_inputAt].Index == _lastOfRun + 1 && (_input[_inputAt].Status & SampleStatus.GapBefore) == 0;

    private void AppendInput()
    {
        Append(_input[_inputAt++]);
        _lastOfRun++;
    }

    private void Append(in EcgSample sample)
    {
        _lead0[_count] = sample.Lead0Millivolts;
        if (_hasLead1)
        {
            _lead1[_count] = sample.Lead1Millivolts;
        }

        _status[_count++] = sample.Status & ~SampleStatus.GapBefore;
    }

    /// <summary>Drops what no coming sample needs.</summary>
    private void MakeRoom()
    {
        var dropped = (int)Math.Min(_next - _half - _start, _count - 1);
        if (dropped <= 0)
        {
            return;
        }

        _count -= dropped;
        _start += dropped;
        _lead0.AsSpan(dropped, _count).CopyTo(_lead0);
        _status.AsSpan(dropped, _count).CopyTo(_status);
        if (_hasLead1)
        {
            _lead1.AsSpan(dropped, _count).CopyTo(_lead1);
        }
    }

    private EcgSample Filter()
    {
        var from = (int)(_next - _half - _start);
        var status = _gap ? SampleStatus.GapBefore : SampleStatus.None;
        _gap = false;
        var centre = from + _half;
        var left = Math.Max(0, centre - (Factor / 2));
        foreach (var mark in _status.AsSpan(left, Math.Min(_count, centre + ((Factor + 1) / 2)) - left))
        {
            status |= mark;
        }

        return new EcgSample(
            _next / Factor,
            Dot(_weights, _lead0.AsSpan(from, _weights.Length)),
            _hasLead1 ? Dot(_weights, _lead1.AsSpan(from, _weights.Length)) : 0f,
            status);
    }
}
