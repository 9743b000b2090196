using EcgGate.Signals;
using EcgGate.Timing;

namespace EcgGate.Hardware.LineIn;

/// <summary>
/// A sound device whose driver hands over blocks on a thread of its own (a callback): puts them where
/// <see cref="LineInSource"/> reads them.
/// </summary>
/// <remarks>
/// One thread pushes, one reads; they share a ring without a lock, and a semaphore to wait on. A reader that is later than the
/// ring is long costs frames: the push that finds no room is dropped as a whole, and the next read reports an overrun.
/// <see cref="Push"/> allocates nothing and does not wait.
/// </remarks>
public sealed class PushedPcmDevice : IPcmDevice
{
    private const int BlockSlots = 1024;

    private readonly byte[] _ring;
    private readonly Block[] _blocks = new Block[BlockSlots];
    private readonly SemaphoreSlim _ready = new(0);
    private readonly Action? _start;
    private readonly Action? _stop;
    private long _writtenBytes;
    private long _readBytes;
    private long _writtenBlocks;
    private long _readBlocks;
    private int _taken;
    private bool _dropped;
    private bool _started;
    private bool _disposed;
    private volatile bool _interrupted;
    private volatile EcgSourceException? _failure;

    /// <summary>Creates it.</summary>
    /// <param name="info">What the driver was opened with; <see cref="PcmDeviceInfo.BufferFrames"/> is the ring's length.</param>
    /// <param name="start">Begins the capture, on the reading thread, with the first read; null where it runs already.</param>
    /// <param name="stop">Ends the capture when disposed; no push comes after it returned. Null for nothing to do.</param>
    public PushedPcmDevice(PcmDeviceInfo info, Action? start = null, Action? stop = null)
    {
        ArgumentNullException.ThrowIfNull(info);
        Info = info;
        _ring = new byte[Math.Max(info.BufferFrames, 2 * info.PeriodFrames) * info.FrameBytes];
        _start = start;
        _stop = stop;
    }

    /// <inheritdoc/>
    public PcmDeviceInfo Info { get; }

    /// <summary>Hands over a block. Whole frames; a rest of a frame is cut off.</summary>
    /// <param name="frames">The bytes as the driver gave them.</param>
    /// <param name="lastFrameTime">When the last frame had been converted: the time of the callback, or better.</param>
    /// <param name="isAfterOverrun">The driver says that frames were lost before these.</param>
    public void Push(ReadOnlySpan<byte> frames, MonotonicTime lastFrameTime, bool isAfterOverrun = false)
    {
        frames = frames[..(frames.Length / Info.FrameBytes * Info.FrameBytes)];
        if (frames.IsEmpty)
        {
            _dropped |= isAfterOverrun;
            return;
        }

        var written = _writtenBytes;
        if (_ring.Length - (written - Volatile.Read(ref _readBytes)) < frames.Length || _writtenBlocks - Volatile.Read(ref _readBlocks) >= BlockSlots)
        {
            _dropped = true;
            return;
        }

        var at = (int)(written % _ring.Length);
        var first = Math.Min(frames.Length, _ring.Length - at);
        frames[..first].CopyTo(_ring.AsSpan(at));
        frames[first..].CopyTo(_ring);
        _blocks[_writtenBlocks % BlockSlots] = new Block(frames.Length / Info.FrameBytes, lastFrameTime, isAfterOverrun || _dropped);
        _dropped = false;
        Volatile.Write(ref _writtenBytes, written + frames.Length);
        Volatile.Write(ref _writtenBlocks, _writtenBlocks + 1);
        _ready.Release();
    }

    /// <summary>The driver failed or the device is gone: the reader gets this once it has read what came before.</summary>
    /// <param name="problem">Which device, what happened, what to do.</param>
    public void Fail(EcgSourceException problem)
    {
        _failure = problem;
        _ready.Release();
    }

    /// <inheritdoc/>
    public PcmBlock Read(Span<byte> destination, TimeSpan patience)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (!_started)
        {
            _started = true;
            _start?.Invoke();
        }

        if (Volatile.Read(ref _writtenBlocks) == _readBlocks && !_interrupted && _failure is null)
        {
            // May be woken by a block that was read already: the caller comes again.
            _ = _ready.Wait(patience);
        }

        if (_interrupted)
        {
            return default;
        }

        if (Volatile.Read(ref _writtenBlocks) == _readBlocks)
        {
            return _failure is { } failure ? throw failure : default;
        }

        var block = _blocks[_readBlocks % BlockSlots];
        var frameBytes = Info.FrameBytes;
        var count = Math.Min(block.Frames - _taken, destination.Length / frameBytes);
        var bytes = destination[..(count * frameBytes)];
        var at = (int)(_readBytes % _ring.Length);
        var first = Math.Min(bytes.Length, _ring.Length - at);
        _ring.AsSpan(at, first).CopyTo(bytes);
        _ring.AsSpan(0, bytes.Length - first).CopyTo(bytes[first..]);
        var isFirst = _taken == 0;
        _taken += count;
        var left = block.Frames - _taken;
        var time = block.LastFrameTime.AddNanoseconds(-(long)Math.Round(left * 1e9 / Info.RateHertz));
        Volatile.Write(ref _readBytes, _readBytes + bytes.Length);
        if (left == 0)
        {
            _taken = 0;
            Volatile.Write(ref _readBlocks, _readBlocks + 1);
        }

        return new PcmBlock(count, time, isFirst && block.IsAfterOverrun);
    }

    /// <inheritdoc/>
    public void Interrupt()
    {
        _interrupted = true;
        if (!_disposed)
        {
            _ready.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            _stop?.Invoke();
            _ready.Dispose();
        }
    }

    private readonly record struct Block(int Frames, MonotonicTime LastFrameTime, bool IsAfterOverrun);
}
