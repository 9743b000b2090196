using System.Buffers;
using System.Globalization;
using EcgGate.Signals;
using Microsoft.Win32.SafeHandles;

namespace EcgGate.Records.Csv;

/// <summary>
/// Writes samples as a table that <see cref="CsvRecord"/> reads: a line with the rate, a line with names and units, and one
/// row a sample with its time and millivolts.
/// </summary>
/// <remarks>
/// One thread at a time. Gaps stay gaps, since each row has its time; a lead without a value leaves its field empty.
/// Values are written with all their digits. Writing allocates nothing.
/// </remarks>
public sealed class CsvWriter : IDisposable
{
    private const int MostBytesPerRow = 128;
    private static readonly SearchValues<char> NotInNames = SearchValues.Create(",;\t\r\n\"'[]\0#");

    private readonly SafeFileHandle _file;
    private readonly string _path;
    private readonly double _rate;
    private readonly int _leads;
    private readonly byte _delimiter;
    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _length;
    private long _offset;
    private bool _disposed;

    private CsvWriter(string path, double rate, IReadOnlyList<string> leads, char delimiter)
    {
        _path = path;
        _rate = rate;
        _leads = leads.Count;
        _delimiter = (byte)delimiter;
        _file = RecordFiles.Create(path);
        var names = leads.Select(name => string.Create(CultureInfo.InvariantCulture, $"{delimiter}{name} [mV]"));
        Put(System.Text.Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"# rate: {rate:R} Hz\ntime [s]{string.Concat(names)}\n")));
    }

    /// <summary>Creates a file; one of the same name is overwritten.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="samplingRateHertz">Samples per second.</param>
    /// <param name="leadNames">One or two names, without a unit, delimiter, quote, bracket or line break.</param>
    /// <param name="delimiter">Comma, semicolon or tab.</param>
    /// <exception cref="ArgumentException">The rate, a name or the delimiter cannot be written.</exception>
    /// <exception cref="RecordException">The file cannot be created.</exception>
    public static CsvWriter Create(string path, double samplingRateHertz, IReadOnlyList<string> leadNames, char delimiter = ',')
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentNullException.ThrowIfNull(leadNames);
        if (!(samplingRateHertz > 0) || samplingRateHertz > WfdbHeader.MaxSamplingFrequencyHertz)
        {
            throw new ArgumentOutOfRangeException(nameof(samplingRateHertz), samplingRateHertz, "The sampling rate must be a positive number of samples per second.");
        }

        if (delimiter is not (',' or ';' or '\t'))
        {
            throw new ArgumentException("The delimiter is a comma, a semicolon or a tab.", nameof(delimiter));
        }

        if (leadNames.Count is 0 or > EcgLabels.MaxLeads || leadNames.Any(name => name.Length > 1_000 || name.Trim() != name || name.Length == 0 || name.AsSpan().ContainsAny(NotInNames)))
        {
            throw new ArgumentException("One or two lead names are needed, without delimiters, quotes, brackets and line breaks.", nameof(leadNames));
        }

        return new CsvWriter(path, samplingRateHertz, leadNames, delimiter);
    }

    /// <summary>Writes one sample. Its index gives the time: after a gap it may jump, but never go back.</summary>
    /// <exception cref="RecordException">The file cannot be written: the disk is full, for instance.</exception>
    public void Write(in EcgSample sample)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_buffer.Length - _length < MostBytesPerRow)
        {
            Flush();
        }

        Put(sample.Index / _rate);
        Put(_delimiter);
        if ((sample.Status & SampleStatus.Lead0Invalid) == 0)
        {
            Put(sample.Lead0Millivolts);
        }

        if (_leads > 1)
        {
            Put(_delimiter);
            if ((sample.Status & SampleStatus.Lead1Invalid) == 0)
            {
                Put(sample.Lead1Millivolts);
            }
        }

        Put((byte)'\n');
    }

    /// <summary>Hands what was written to the operating system.</summary>
    /// <exception cref="RecordException">The file cannot be written.</exception>
    public void Flush()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        RecordFiles.Write(_file, _path, _buffer.AsSpan(0, _length), _offset);
        _offset += _length;
        _length = 0;
    }

    /// <summary>Writes the rest and closes the file.</summary>
    /// <exception cref="RecordException">The file cannot be written.</exception>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        try
        {
            Flush();
        }
        finally
        {
            _disposed = true;
            _file.Dispose();
        }
    }

    private void Put(double value)
    {
        value.TryFormat(_buffer.AsSpan(_length), out var written, "R", CultureInfo.InvariantCulture);
        _length += written;
    }

    private void Put(float value)
    {
        value.TryFormat(_buffer.AsSpan(_length), out var written, "R", CultureInfo.InvariantCulture);
        _length += written;
    }

    private void Put(byte letter) => _buffer[_length++] = letter;

    private void Put(ReadOnlySpan<byte> text)
    {
        text.CopyTo(_buffer.AsSpan(_length));
        _length += text.Length;
    }
}
