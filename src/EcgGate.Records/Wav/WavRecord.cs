using System.Buffers.Binary;
using EcgGate.Signals;
using Microsoft.Win32.SafeHandles;

namespace EcgGate.Records.Wav;

/// <summary>
/// A WAV file (PCM of 8, 16, 24 or 32 bits, or floating point) as a source of ECG samples in millivolts: one or two of its
/// channels, streamed, in memory that does not depend on the file's length.
/// </summary>
/// <remarks>
/// <para>The source has the file's own rate. Sound cards record at 8 to 48 kHz, more than the detector takes:
/// <see cref="DecimatedSource.WhereNeeded"/> brings such a file down, and <see cref="EcgFile.Open"/> does so by
/// itself.</para>
/// <para>One thread reads; <see cref="Interrupt"/> may be called from any. After opening, <see cref="Read"/> allocates
/// nothing. A floating point sample that is no finite number, or beyond any voltage, repeats the last valid one and is
/// marked <see cref="SampleStatus.Lead0Invalid"/> or <see cref="SampleStatus.Lead1Invalid"/>.</para>
/// </remarks>
public sealed class WavRecord : IEcgSource
{
    private const int WindowBytes = 64 * 1024;

    private readonly SafeFileHandle _file;
    private readonly WavLayout _layout;
    private readonly FileWindow _window;
    private readonly int[] _channels;
    private readonly float[] _last = new float[EcgLabels.MaxLeads];
    private readonly long _length;
    private readonly double _scale;
    private long _index;
    private volatile bool _interrupted;

    private WavRecord(SafeFileHandle file, string path, WavLayout layout, WavReadOptions options)
    {
        _file = file;
        _layout = layout;
        _window = new FileWindow(file, path, WindowBytes);
        _length = layout.DataBytes / layout.FrameBytes;
        string[] names = [.. Enumerable.Range(0, layout.Channels).Select(i => layout.Leads.Length == layout.Channels ? layout.Leads[i] : $"channel {i}")];
        _channels = options.Leads is null
            ? [.. Enumerable.Range(0, Math.Min(layout.Channels, EcgLabels.MaxLeads))]
            : EcgLabels.Find(path, names, options.Leads);
        _scale = options.FullScaleMillivolts ?? layout.FullScaleMillivolts
            ?? throw RecordException.InFile(path, "audio has no unit; give the millivolts that full scale stands for (such as 5).");
        if (!(Math.Abs(_scale) is >= 1e-6 and <= EcgLabels.LargestMillivolts))
        {
            throw RecordException.InFile(path, $"full scale cannot stand for {_scale} mV; give the millivolts that the amplifier and the sound card make of it.");
        }

        Info = new EcgSourceInfo
        {
            Name = Path.GetFileNameWithoutExtension(path),
            SamplingRateHertz = layout.RateHertz,
            LeadNames = [.. _channels.Select(channel => names[channel])],
            LengthSamples = _length,
        };
    }

    /// <inheritdoc/>
    public EcgSourceInfo Info { get; }

    /// <summary>How the file stores its samples.</summary>
    public WavSampleFormat Format => _layout.Format;

    /// <summary>Channels of the file.</summary>
    public int ChannelCount => _layout.Channels;

    /// <summary>Millivolts at full scale.</summary>
    public double FullScaleMillivolts => _scale;

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file, such as <c>line-in.wav</c>.</param>
    /// <param name="options">Which channels and what scale; null for the defaults.</param>
    /// <exception cref="RecordException">The file is missing, damaged or in another format, has no such channel, or its scale is not known.</exception>
    public static WavRecord Open(string path, WavReadOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        options ??= WavReadOptions.Default;
        var length = RecordFiles.Length(path);
        var file = RecordFiles.Open(path);
        try
        {
            return new WavRecord(file, path, WavLayout.Read(file, path, length, options.AllowIncomplete), options);
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
        var frameBytes = _layout.FrameBytes;
        try
        {
            while (done < destination.Length && _index < _length && !_interrupted)
            {
                var count = (int)Math.Min(Math.Min(destination.Length - done, WindowBytes / frameBytes), _length - _index);
                var bytes = _window.At(_layout.DataOffset + (_index * frameBytes), count * frameBytes, readOn: true);
                for (var i = 0; i < count; i++)
                {
                    destination[done++] = Convert(bytes.Slice(i * frameBytes, frameBytes));
                }
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

    private EcgSample Convert(ReadOnlySpan<byte> frame)
    {
        var status = SampleStatus.None;
        for (var lead = 0; lead < _channels.Length; lead++)
        {
            var millivolts = Value(frame[(_channels[lead] * _layout.Format.SampleBytes())..]) * _scale;
            if (Math.Abs(millivolts) <= EcgLabels.LargestMillivolts)
            {
                _last[lead] = (float)millivolts;
            }
            else
            {
                status |= lead == 0 ? SampleStatus.Lead0Invalid : SampleStatus.Lead1Invalid;
            }
        }

        return new EcgSample(_index++, _last[0], _last[1], status);
    }

    /// <summary>A sample as a share of full scale.</summary>
    private double Value(ReadOnlySpan<byte> at) => _layout.Format switch
    {
        WavSampleFormat.Pcm8 => (at[0] - 128) / 128.0,
        WavSampleFormat.Pcm16 => BinaryPrimitives.ReadInt16LittleEndian(at) / 32_768.0,
        WavSampleFormat.Pcm24 => (at[0] | (at[1] << 8) | ((sbyte)at[2] << 16)) / 8_388_608.0,
        WavSampleFormat.Pcm32 => BinaryPrimitives.ReadInt32LittleEndian(at) / 2_147_483_648.0,
        WavSampleFormat.Ieee32 => BinaryPrimitives.ReadSingleLittleEndian(at),
        _ => BinaryPrimitives.ReadDoubleLittleEndian(at),
    };
}
