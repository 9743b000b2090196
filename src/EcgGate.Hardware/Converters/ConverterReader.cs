using EcgGate.Signals;
using EcgGate.Timing;

namespace EcgGate.Hardware.Converters;

/// <summary>Reads one sample of up to two leads, and keeps account of what came and what did not. One thread.</summary>
internal sealed class ConverterReader
{
    private readonly string _name;
    private readonly string _check;
    private readonly int _failureLimit;
    private readonly Func<MonotonicTime> _now;
    private readonly ConverterLead _lead0;
    private readonly ConverterLead? _lead1;
    private Exception? _lastError;
    private int _failuresInARow;
    private float _millivolts0;
    private float _millivolts1;
    private SampleStatus _status;
    private long _given = -1;

    public ConverterReader(string name, string check, IReadOnlyList<ConverterLead> leads, int failureLimit, Func<MonotonicTime> now)
    {
        _name = name;
        _check = check;
        _failureLimit = failureLimit;
        _now = now;
        _lead0 = leads[0];
        _lead1 = leads.Count > 1 ? leads[1] : null;
    }

    public long Samples { get; private set; }

    public long LostSamples { get; private set; }

    public long FailedReads { get; private set; }

    /// <summary>Clock just before lead 0 was read.</summary>
    public MonotonicTime Before { get; private set; }

    /// <summary>Clock just after.</summary>
    public MonotonicTime After { get; private set; }

    /// <summary>Reads all leads. False if one did not answer.</summary>
    /// <exception cref="EcgSourceException">Too many in a row did not.</exception>
    public bool TryRead()
    {
        try
        {
            Before = _now();
            var good = _lead0.Channel.TryRead(out var code);
            After = _now();
            if (good)
            {
                _status = SampleStatus.None;
                _millivolts0 = Judge(_lead0, code, SampleStatus.Lead0Off, SampleStatus.Lead0Saturated);
                if (_lead1 is { } lead1)
                {
                    good = lead1.Channel.TryRead(out code);
                    _millivolts1 = good ? Judge(lead1, code, SampleStatus.Lead1Off, SampleStatus.Lead1Saturated) : 0;
                }
            }

            if (good)
            {
                _failuresInARow = 0;
                return true;
            }

            _lastError = null;
        }
        catch (Exception error) when (error is IOException or TimeoutException || (error is InvalidOperationException and not ObjectDisposedException))
        {
            After = _now();
            _lastError = error;
        }

        FailedReads++;
        _failuresInARow++;
        if (_failuresInARow >= _failureLimit)
        {
            var why = _lastError is null ? "they are no conversions" : _lastError.Message.TrimEnd('.');
            var message = $"{_name}: {_failuresInARow} reads in a row failed ({why}): check {_check}.";
            throw _lastError is null ? new EcgSourceException(message) : new EcgSourceException(message, _lastError);
        }

        return false;
    }

    /// <summary>Gives what was read last. Whatever lies between the sample given before and this one is lost.</summary>
    public EcgSample Give(long index)
    {
        var lost = index - _given - 1;
        var status = _status;
        if (lost > 0)
        {
            LostSamples += lost;
            status |= SampleStatus.GapBefore;
        }

        Samples++;
        _given = index;
        return new EcgSample(index, _millivolts0, _millivolts1, status);
    }

    private float Judge(ConverterLead lead, int code, SampleStatus off, SampleStatus saturated)
    {
        if (lead.LeadOff is { } leadOff && leadOff.IsOff())
        {
            _status |= off;
        }

        if (lead.Scale.IsSaturated(code))
        {
            _status |= saturated;
        }

        return lead.Scale.ToMillivolts(code);
    }
}
