using System.Globalization;
using EcgGate.Signals;
using Microsoft.Win32.SafeHandles;

namespace EcgGate.Records.Csv;

/// <summary>
/// A text table as a source of ECG samples in millivolts, one row a sample: streamed, in memory that does not depend on
/// the file's length.
/// </summary>
/// <remarks>
/// <para>The file is UTF-8 or ASCII text. Lines that begin with <c>#</c> are comments; <c># rate: 360</c> gives the samples
/// per second. The first other line names the columns, separated by tabs, semicolons or commas, each with its unit:
/// <c>time [s],II [mV],V5 [uV]</c>; <c>II (mV)</c>, <c>II_mV</c> and a second line with the units are understood too.
/// Numbers have a decimal point. An empty field or <c>NaN</c> is "no value": it repeats the last valid one and is marked
/// <see cref="SampleStatus.Lead0Invalid"/> or <see cref="SampleStatus.Lead1Invalid"/>.</para>
/// <para>Time comes from a column of times in s, ms or us, from a column of sample numbers (<c>sample</c>,
/// <c>index</c>), or from the rate alone. Where a time column is there and no rate, the rate is found from the first
/// rows. Missing rows become a gap: <see cref="SampleStatus.GapBefore"/> and a jump of the index. Times that go back, or
/// steps that are irregular, are an error: nothing is interpolated.</para>
/// <para>One thread reads; <see cref="Interrupt"/> may be called from any. After opening, <see cref="Read"/> allocates
/// nothing.</para>
/// </remarks>
public sealed class CsvRecord : IEcgSource
{
    private const int RowsToFindRate = 20_000;

    private readonly SafeFileHandle _file;
    private readonly string _path;
    private readonly LineReader _reader;
    private readonly CsvTable _table;
    private readonly int _timeColumn;
    private readonly int[] _leadColumns;
    private readonly TimeSteps? _steps;
    private readonly float[] _last = new float[EcgLabels.MaxLeads];
    private long _index = -1;
    private double _firstNumber;
    private volatile bool _interrupted;

    private CsvRecord(SafeFileHandle file, string path, CsvReadOptions options)
    {
        _file = file;
        _path = path;
        _reader = new LineReader(file, path);
        _table = CsvTable.Read(_reader, path);
        _leadColumns = SelectLeads(options);
        var given = GivenRate(options);

        // Sample numbers are exact, times are not.
        _timeColumn = Array.FindIndex(_table.Columns, column => column.Kind == ColumnKind.SampleNumber);
        if (_timeColumn < 0 || (given is null && Array.Exists(_table.Columns, column => column.Kind == ColumnKind.Seconds)))
        {
            _timeColumn = Array.FindIndex(_table.Columns, column => column.Kind == ColumnKind.Seconds);
        }

        double rate;
        if (_timeColumn >= 0 && _table.Columns[_timeColumn].Kind == ColumnKind.Seconds)
        {
            if (!_table.Columns[_timeColumn].NamesUnit)
            {
                throw HeaderError($"column '{_table.Columns[_timeColumn].Name}' names no unit of time; write 'time [s]' or 'time [ms]'.");
            }

            (rate, var noise) = FindRate(given);
            _steps = new TimeSteps(rate, noise);
        }
        else
        {
            rate = given ?? throw HeaderError("the sampling rate is not known: add a line '# rate: 360' or a column 'time [s]', or give the rate as an option.");
        }

        Info = new EcgSourceInfo
        {
            Name = Path.GetFileNameWithoutExtension(path),
            SamplingRateHertz = rate,
            LeadNames = [.. _leadColumns.Select(column => _table.Columns[column].Name)],
        };
    }

    /// <inheritdoc/>
    /// <remarks>The length is not known before the file has been read.</remarks>
    public EcgSourceInfo Info { get; }

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file, such as <c>holter.csv</c>.</param>
    /// <param name="options">Which leads and how; null for the defaults.</param>
    /// <exception cref="RecordException">The file is missing or no table of samples, has no such lead, or its rate cannot be found.</exception>
    public static CsvRecord Open(string path, CsvReadOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        RecordFiles.Length(path);
        var file = RecordFiles.Open(path);
        try
        {
            return new CsvRecord(file, path, options ?? CsvReadOptions.Default);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public EcgBlock Read(Span<EcgSample> destination)
    {
        if (destination.IsEmpty)
        {
            throw new ArgumentException("Room for at least one sample is needed.", nameof(destination));
        }

        var done = 0;
        try
        {
            while (done < destination.Length && !_interrupted && TryReadRow(out destination[done]))
            {
                done++;
            }
        }
        catch (RecordException problem)
        {
            throw new EcgSourceException(problem.Message, problem);
        }

        return new EcgBlock(done, default);
    }

    /// <inheritdoc/>
    public void Interrupt() => _interrupted = true;

    /// <summary>Closes the file.</summary>
    public void Dispose() => _file.Dispose();

    /// <summary>True where a file has a head that names at least one voltage; its rows are not looked at.</summary>
    internal static bool LooksLikeRecord(string path)
    {
        try
        {
            RecordFiles.Length(path);
            using var file = RecordFiles.Open(path);
            return Array.Exists(CsvTable.Read(new LineReader(file, path), path).Columns, column => column.Kind == ColumnKind.Voltage);
        }
        catch (RecordException)
        {
            return false;
        }
    }

    private int[] SelectLeads(CsvReadOptions options)
    {
        int[] signals = [.. Enumerable.Range(0, _table.Columns.Length).Where(i => !_table.Columns[i].IsTime)];
        string[] names = [.. signals.Select(i => _table.Columns[i].Name)];
        if (options.Unit is { } unit)
        {
            var scale = EcgLabels.MillivoltsPer(unit) ?? throw new ArgumentException($"'{unit}' is no unit of voltage; give mV, uV or V.", nameof(options));
            foreach (var i in signals.Where(i => !_table.Columns[i].NamesUnit))
            {
                _table.Columns[i] = _table.Columns[i] with { Kind = ColumnKind.Voltage, Scale = scale };
            }
        }

        if (options.Leads is null)
        {
            int[] voltages = [.. signals.Where(i => _table.Columns[i].Kind == ColumnKind.Voltage).Take(EcgLabels.MaxLeads)];
            return voltages.Length > 0
                ? voltages
                : throw HeaderError($"no column names a unit of voltage; write 'II [mV]' or 'II [uV]', or say which unit to assume. The columns are {EcgLabels.List(names)}.");
        }

        int[] leads = [.. EcgLabels.Find(_path, names, options.Leads).Select(i => signals[i])];
        foreach (var lead in leads.Where(lead => _table.Columns[lead].Kind != ColumnKind.Voltage))
        {
            throw HeaderError($"column '{_table.Columns[lead].Name}' names no unit of voltage; write '{_table.Columns[lead].Name} [mV]', or say which unit to assume.");
        }

        return leads;
    }

    private double? GivenRate(CsvReadOptions options)
    {
        if (options.SamplingRateHertz is not { } rate)
        {
            return _table.SamplingRateHertz;
        }

        if (!(rate > 0) || rate > WfdbHeader.MaxSamplingFrequencyHertz)
        {
            throw new ArgumentOutOfRangeException(nameof(options), rate, "The sampling rate must be a positive number of samples per second.");
        }

        return _table.SamplingRateHertz is { } written && written != rate
            ? throw HeaderError($"the file says '# rate: {written}' but {rate} was asked for; correct one of them.")
            : rate;
    }

    /// <summary>Looks ahead for the steps of the time column, and goes back to the first row.</summary>
    private (double Rate, double Noise) FindRate(double? given)
    {
        var (offset, line) = (_reader.Offset, _reader.LineNumber);
        var times = new double[RowsToFindRate];
        var count = 0;
        var resolution = 1.0;
        while (count < times.Length && TryReadFields(out var fields))
        {
            ReadOnlySpan<byte> field = default;
            for (var i = 0; i <= _timeColumn; i++)
            {
                field = CsvTable.NextField(ref fields, _table.Delimiter, out var isLast);
                if (isLast && i < _timeColumn)
                {
                    throw RowError(i, "the row ends here, before the time");
                }
            }

            times[count++] = Number(field, _timeColumn);
            resolution = Math.Min(resolution, ResolutionOf(field));
        }

        _reader.Return(offset, line);
        resolution *= _table.Columns[_timeColumn].Scale;
        return TimeSteps.Find(times.AsSpan(0, count), resolution, given, out var problem) ?? throw HeaderError(problem);
    }

    /// <summary>What one more of the last digit means.</summary>
    private static double ResolutionOf(ReadOnlySpan<byte> number)
    {
        var exponent = 0;
        var e = number.IndexOfAny((byte)'e', (byte)'E');
        if (e >= 0)
        {
            _ = int.TryParse(number[(e + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent);
            number = number[..e];
        }

        var point = number.IndexOf((byte)'.');
        return Math.Pow(10, exponent - (point < 0 ? 0 : number.Length - point - 1));
    }

    /// <summary>The next line that is a row; false at the end.</summary>
    private bool TryReadFields(out ReadOnlySpan<byte> fields)
    {
        while (_reader.TryRead(out fields))
        {
            var text = fields.TrimStart((byte)' ');
            if (!text.IsEmpty && text[0] != '#')
            {
                return true;
            }
        }

        return false;
    }

    private bool TryReadRow(out EcgSample sample)
    {
        sample = default;
        if (!TryReadFields(out var fields))
        {
            return false;
        }

        var time = 0.0;
        var status = SampleStatus.None;
        for (var i = 0; i < _table.Columns.Length; i++)
        {
            var field = CsvTable.NextField(ref fields, _table.Delimiter, out var isLast);
            if (isLast != (i == _table.Columns.Length - 1))
            {
                throw RowError(i, isLast
                    ? $"the row ends here, where the header names {_table.Columns.Length} columns"
                    : $"the row goes on after the {_table.Columns.Length} columns that the header names");
            }

            if (i == _timeColumn)
            {
                time = Number(field, i);
            }

            for (var lead = 0; lead < _leadColumns.Length; lead++)
            {
                if (_leadColumns[lead] == i)
                {
                    status |= TakeValue(field, lead);
                }
            }
        }

        status |= Advance(time);
        sample = new EcgSample(_index, _last[0], _last[1], status);
        return true;
    }

    private SampleStatus TakeValue(ReadOnlySpan<byte> field, int lead)
    {
        if (field.IsEmpty || Matches(field, "nan"u8) || Matches(field, "na"u8) || Matches(field, "-"u8))
        {
            return lead == 0 ? SampleStatus.Lead0Invalid : SampleStatus.Lead1Invalid;
        }

        var column = _leadColumns[lead];
        var millivolts = Number(field, column) * _table.Columns[column].Scale;
        _last[lead] = Math.Abs(millivolts) <= EcgLabels.LargestMillivolts
            ? (float)millivolts
            : throw RowError(column, $"the value is {millivolts:0} mV, which no electrode has; check the unit in the header");
        return SampleStatus.None;
    }

    /// <summary>Sets the index of the row that was just read.</summary>
    private SampleStatus Advance(double time)
    {
        long skipped = 0;
        if (_steps is not null)
        {
            if (!_steps.TryNext(time, out skipped))
            {
                throw RowError(_timeColumn, $"the time lies before the next sample, which was expected {1e3 / Info.SamplingRateHertz:0.###} ms after the last; times must rise in regular steps");
            }
        }
        else if (_timeColumn >= 0)
        {
            _firstNumber = _index < 0 ? time : _firstNumber;
            var number = time - _firstNumber;
            if (!(number > _index) || number > 1L << 50 || number != Math.Floor(number))
            {
                throw RowError(_timeColumn, "sample numbers must be whole and rise from row to row");
            }

            skipped = (long)number - _index - 1;
        }

        _index += 1 + skipped;
        return skipped > 0 ? SampleStatus.GapBefore : SampleStatus.None;
    }

    private double Number(ReadOnlySpan<byte> field, int column)
    {
        if (double.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value))
        {
            return value * (column == _timeColumn ? _table.Columns[column].Scale : 1);
        }

        var text = CsvTable.Shown(WfdbFiles.Text(field));
        throw RowError(column, text.Count(letter => letter == ',') == 1 && double.TryParse(text.Replace(',', '.'), NumberStyles.Float, CultureInfo.InvariantCulture, out _)
            ? $"'{text}' has a decimal comma; write decimal points"
            : $"'{text}' was found, where a number was expected");
    }

    private static bool Matches(ReadOnlySpan<byte> field, ReadOnlySpan<byte> word) =>
        field.Length == word.Length && System.Text.Ascii.EqualsIgnoreCase(field, word);

    private RecordException RowError(int column, string problem) =>
        RecordException.At(_path, $"line {_reader.LineNumber}, column {column + 1} ('{CsvTable.Shown(_table.Columns[column].Name)}')", $"{problem}.");

    private RecordException HeaderError(string problem) => RecordException.At(_path, $"line {_table.HeaderLine}", problem);
}
