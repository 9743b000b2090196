using System.Diagnostics;
using System.IO.MemoryMappedFiles;

namespace EcgGate.Records.CrashHelper;

/// <summary>What a recording program had handed to its recorder, and when: a file in memory that outlives the program.</summary>
public sealed class Progress : IDisposable
{
    private const int Entries = 4096;
    private const int EntryBytes = 16;
    private const int Head = 16;

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private long _count;

    public Progress(string path)
    {
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.OpenOrCreate, null, Head + (Entries * EntryBytes));
        _view = _file.CreateViewAccessor();
    }

    /// <summary>Inputs that the recorder knew to be on the disk.</summary>
    public long Saved => _view.ReadInt64(8);

    /// <summary>How often something was handed in.</summary>
    public long Count => _view.ReadInt64(0);

    /// <summary>Says that so many inputs were handed in by now, and so many saved.</summary>
    public void Tell(long handed, long saved)
    {
        var at = Head + (_count % Entries * EntryBytes);
        _view.Write(at, Stopwatch.GetTimestamp());
        _view.Write(at + 8, handed);
        _view.Write(8, saved);
        _view.Write(0, ++_count);
    }

    /// <summary>How long before the end the first input was handed in that is not among those.</summary>
    public TimeSpan LostOf(long recovered)
    {
        var count = Count;
        var last = TimeOf(count - 1);
        for (var i = Math.Max(0, count - Entries + 1); i < count; i++)
        {
            if (_view.ReadInt64(Head + (i % Entries * EntryBytes) + 8) > recovered)
            {
                return Stopwatch.GetElapsedTime(TimeOf(i), last);
            }
        }

        return TimeSpan.Zero;
    }

    public void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
    }

    private long TimeOf(long entry) => _view.ReadInt64(Head + (entry % Entries * EntryBytes));
}
