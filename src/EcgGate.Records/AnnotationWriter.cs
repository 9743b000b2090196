using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace EcgGate.Records;

/// <summary>What an annotation file says about itself in its first notes. Immutable.</summary>
public sealed record AnnotationWriteOptions
{
    /// <summary>Time ticks per second, where they are not the record's samples; null writes no note.</summary>
    public double? TimeResolutionHertz { get; init; }

    /// <summary>Codes that the file defines for itself, 42 to 49 by custom.</summary>
    public IReadOnlyList<AnnotationDefinition> CustomDefinitions { get; init; } = [];
}

/// <summary>
/// Writes an annotation file in MIT format, as annot(5) describes it, one annotation after the other in time order.
/// </summary>
/// <remarks>
/// One thread at a time. Each flush ends with the end mark, which the next one overwrites: at any moment the file on disk
/// is complete up to the last flush.
/// </remarks>
public sealed class AnnotationWriter : IDisposable
{
    /// <summary>Most bytes of text that go with an annotation.</summary>
    public const int MaxAuxBytes = 255;

    private const int LongestInterval = 0x3FF;

    // An annotation with all fields and text takes some 280 bytes, and 6 more for each 2^31 samples that it skips.
    private const int Room = 512;

    private readonly IRecordFile _file;
    private readonly string _path;
    private readonly byte[] _buffer = new byte[16_384];
    private int _count;
    private long _offset;
    private long _time;
    private byte _channel;
    private sbyte _number;
    private bool _completed;

    private AnnotationWriter(IRecordFile file, string path)
    {
        _file = file;
        _path = path;
    }

    /// <summary>Creates an annotation file; one of the same name is overwritten.</summary>
    /// <param name="path">The file: the record's path, a dot and the annotator's name.</param>
    /// <param name="options">What it says about itself; null for nothing.</param>
    /// <exception cref="WfdbException">The file cannot be created.</exception>
    public static AnnotationWriter Create(string path, AnnotationWriteOptions? options = null) => Create(path, options, DiskFile.Create);

    internal static AnnotationWriter Create(string path, AnnotationWriteOptions? options, RecordFileOpener open)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        IRecordFile file;
        try
        {
            file = open(path);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw WfdbException.InFile(path, $"the annotation file cannot be created ({problem.Message}); check that its folder exists and may be written.", problem);
        }

        var writer = new AnnotationWriter(file, path);
        try
        {
            writer.WriteNotes(options ?? new AnnotationWriteOptions());
            writer.Flush();
            return writer;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Writes an annotation.</summary>
    /// <exception cref="ArgumentException">It lies before the one written last, or a field does not fit the format.</exception>
    /// <exception cref="WfdbException">The file cannot be written: the disk is full, for instance.</exception>
    public void Write(in Annotation annotation)
    {
        ObjectDisposedException.ThrowIf(_completed, this);
        var interval = annotation.Sample - _time;
        if (annotation.Sample < 0 || interval < 0)
        {
            throw new ArgumentException($"{_path}: the annotation at sample {annotation.Sample} lies before the one at {_time} that was written last; annotations are written in time order.", nameof(annotation));
        }

        if (annotation.Sample > AnnotationReader.LargestTime)
        {
            throw new ArgumentException($"{_path}: sample {annotation.Sample} lies beyond any recording.", nameof(annotation));
        }

        if (annotation.Code is < AnnotationCode.NotQrs or > AnnotationCode.User49)
        {
            throw new ArgumentException($"{_path}: annotation code {(int)annotation.Code} is not one of 0 to 49.", nameof(annotation));
        }

        var length = annotation.Aux is null ? 0 : Encoding.UTF8.GetByteCount(annotation.Aux);
        if (length > MaxAuxBytes)
        {
            throw new ArgumentException($"{_path}: the text of the annotation at sample {annotation.Sample} has {length} bytes, at most {MaxAuxBytes} fit; shorten it.", nameof(annotation));
        }

        WriteTime(interval, annotation.Code);
        if (annotation.SubType != 0)
        {
            Word(AnnotationReader.SubType, annotation.SubType);
        }

        if (annotation.Channel != _channel)
        {
            Word(AnnotationReader.Channel, _channel = annotation.Channel);
        }

        if (annotation.Number != _number)
        {
            Word(AnnotationReader.Number, _number = annotation.Number);
        }

        if (length > 0)
        {
            Word(AnnotationReader.Auxiliary, length);
            Encoding.UTF8.GetBytes(annotation.Aux, _buffer.AsSpan(_count));
            _count += length;
            if (length % 2 != 0)
            {
                _buffer[_count++] = 0;
            }
        }

        _time = annotation.Sample;
        if (_buffer.Length - _count < Room)
        {
            Flush();
        }
    }

    /// <summary>Hands all that was written to the operating system, with an end mark after it.</summary>
    /// <exception cref="WfdbException">The file cannot be written.</exception>
    public void Flush()
    {
        ObjectDisposedException.ThrowIf(_completed, this);
        _buffer[_count] = 0;
        _buffer[_count + 1] = 0;
        try
        {
            _file.Write(_buffer.AsSpan(0, _count + 2), _offset);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw WfdbException.AtByte(_path, _offset, $"the annotations cannot be written ({problem.Message}); check the space on the disk.", problem);
        }

        _offset += _count;
        _count = 0;
    }

    /// <summary>As <see cref="Flush"/>, and returns once a power cut would leave it there.</summary>
    /// <exception cref="WfdbException">The file cannot be written.</exception>
    public void FlushToDisk()
    {
        Flush();
        try
        {
            _file.Sync();
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw WfdbException.InFile(_path, $"the annotations cannot be written ({problem.Message}); check the disk.", problem);
        }
    }

    /// <summary>Writes the rest and closes the file.</summary>
    /// <exception cref="WfdbException">The file cannot be written.</exception>
    public void Dispose()
    {
        if (_completed)
        {
            return;
        }

        try
        {
            Flush();
        }
        finally
        {
            _completed = true;
            _file.Dispose();
        }
    }

    private void WriteNotes(AnnotationWriteOptions options)
    {
        if (options.TimeResolutionHertz is { } hertz)
        {
            if (hertz is not (> 0 and <= WfdbHeader.MaxSamplingFrequencyHertz))
            {
                throw new ArgumentException($"The time resolution {hertz} Hz is out of range; expected more than 0 and at most {WfdbHeader.MaxSamplingFrequencyHertz:0}.", nameof(options));
            }

            Note($"{AnnotationReader.TimeResolution} {hertz.ToString("R", CultureInfo.InvariantCulture)}");
        }

        if (options.CustomDefinitions.Count > 0)
        {
            Note(AnnotationReader.Definitions);
            foreach (var definition in options.CustomDefinitions)
            {
                if (definition.Symbol.Length == 0 || definition.Symbol.Contains(' ', StringComparison.Ordinal) || definition.Code is <= AnnotationCode.NotQrs or > AnnotationCode.User49)
                {
                    throw new ArgumentException($"'{definition.Symbol}' for code {(int)definition.Code} is no definition: the code is 1 to 49 and the mnemonic has no blank.", nameof(options));
                }

                Note($"{(int)definition.Code} {definition.Symbol} {definition.Description}");
            }

            Note(AnnotationReader.EndOfDefinitions);
        }

        void Note(string text) => Write(new Annotation(0, AnnotationCode.Note, Aux: text));
    }

    private void WriteTime(long interval, AnnotationCode code)
    {
        // Code 0 with interval 0 would be the end mark; one sample is left for the word itself.
        var inWord = code == AnnotationCode.NotQrs ? 1 : 0;
        if (interval > LongestInterval || code == AnnotationCode.NotQrs)
        {
            for (interval -= inWord; interval != 0;)
            {
                var skip = (int)Math.Min(interval, int.MaxValue);
                Word(AnnotationReader.Skip, 0);
                BinaryPrimitives.WriteUInt16LittleEndian(_buffer.AsSpan(_count), (ushort)(skip >> 16));
                BinaryPrimitives.WriteUInt16LittleEndian(_buffer.AsSpan(_count + 2), (ushort)skip);
                _count += 4;
                interval -= skip;
                if (_buffer.Length - _count < Room)
                {
                    Flush();
                }
            }

            interval = inWord;
        }

        Word((int)code, (int)interval);
    }

    private void Word(int code, int value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(_buffer.AsSpan(_count), (ushort)((code << 10) | (value & 0x3FF)));
        _count += 2;
    }
}
