using EcgGate.Records;
using EcgGate.Signals;
using NAudio.Wave;

namespace EcgGate.NAudio;

/// <summary>
/// Whatever NAudio can read as a recorded ECG: lead 0 from one channel, lead 1 from another, at the file's own rate.
/// </summary>
/// <remarks>
/// Compressed audio changes the shape of a wave: for judging, keep to uncompressed files. One thread reads;
/// <see cref="Interrupt"/> may be called from any.
/// </remarks>
public sealed class NAudioRecord : IEcgSource
{
    private readonly ISampleProvider _provider;
    private readonly IDisposable? _owned;
    private readonly float _millivolts;
    private readonly int _channels;
    private readonly int _lead0;
    private readonly int _lead1;
    private readonly float[] _frames;
    private long _index;
    private volatile bool _interrupted;

    private NAudioRecord(ISampleProvider provider, IDisposable? owned, string name, double fullScaleMillivolts, int channel, int? lead1Channel, long? length)
    {
        _provider = provider;
        _owned = owned;
        _millivolts = (float)fullScaleMillivolts;
        _channels = provider.WaveFormat.Channels;
        _lead0 = channel;
        _lead1 = lead1Channel ?? -1;
        _frames = new float[_channels * 1024];
        if (channel < 0 || channel >= _channels || _lead1 >= _channels || (lead1Channel is { } lead1 && lead1 < 0))
        {
            throw new EcgSourceException($"{name}: channel {channel} or {lead1Channel} is none; it has channels 0 to {_channels - 1}.");
        }

        Info = new EcgSourceInfo
        {
            Name = name,
            SamplingRateHertz = provider.WaveFormat.SampleRate,
            LeadNames = lead1Channel is null ? [$"channel {channel}"] : [$"channel {channel}", $"channel {lead1Channel}"],
            LengthSamples = length,
        };
    }

    /// <inheritdoc/>
    public EcgSourceInfo Info { get; }

    /// <summary>Reads a file by one of NAudio's readers; more than 2,000 samples per second are brought down to 1,000 or less.</summary>
    /// <param name="reader">Such as <c>new WaveFileReader(path)</c>; disposed with the source.</param>
    /// <param name="name">A short name for people.</param>
    /// <param name="fullScaleMillivolts">What full scale is at the electrodes, in mV.</param>
    /// <param name="channel">The channel of lead 0. Default 0.</param>
    /// <param name="lead1Channel">The channel of lead 1; null for none.</param>
    /// <exception cref="EcgSourceException">There is no such channel.</exception>
    public static IEcgSource Open(WaveStream reader, string name, double fullScaleMillivolts, int channel = 0, int? lead1Channel = null)
    {
        ArgumentNullException.ThrowIfNull(reader);
        return DecimatedSource.WhereNeeded(new NAudioRecord(reader.ToSampleProvider(), reader, name, fullScaleMillivolts, channel, lead1Channel, reader.Length / reader.WaveFormat.BlockAlign));
    }

    /// <summary>Reads what a chain of NAudio's providers makes.</summary>
    /// <param name="provider">It stays the caller's.</param>
    /// <param name="name">A short name for people.</param>
    /// <param name="fullScaleMillivolts">What full scale is at the electrodes, in mV.</param>
    /// <param name="channel">The channel of lead 0. Default 0.</param>
    /// <param name="lead1Channel">The channel of lead 1; null for none.</param>
    /// <exception cref="EcgSourceException">There is no such channel.</exception>
    public static IEcgSource Open(ISampleProvider provider, string name, double fullScaleMillivolts, int channel = 0, int? lead1Channel = null)
    {
        ArgumentNullException.ThrowIfNull(provider);
        return DecimatedSource.WhereNeeded(new NAudioRecord(provider, null, name, fullScaleMillivolts, channel, lead1Channel, null));
    }

    /// <inheritdoc/>
    public EcgBlock Read(Span<EcgSample> destination)
    {
        if (destination.IsEmpty)
        {
            throw new ArgumentException("There must be room for at least one sample.", nameof(destination));
        }

        var wanted = Math.Min(destination.Length * _channels, _frames.Length);
        var count = _interrupted ? 0 : _provider.Read(_frames.AsSpan(0, wanted)) / _channels;
        for (var i = 0; i < count; i++)
        {
            var frame = _frames.AsSpan(i * _channels, _channels);
            var status = (Math.Abs(frame[_lead0]) >= 1 ? SampleStatus.Lead0Saturated : SampleStatus.None)
                | (_lead1 >= 0 && Math.Abs(frame[_lead1]) >= 1 ? SampleStatus.Lead1Saturated : SampleStatus.None);
            destination[i] = new EcgSample(_index++, frame[_lead0] * _millivolts, _lead1 < 0 ? 0 : frame[_lead1] * _millivolts, status);
        }

        return new EcgBlock(count, default);
    }

    /// <inheritdoc/>
    public void Interrupt() => _interrupted = true;

    /// <inheritdoc/>
    public void Dispose() => _owned?.Dispose();
}
