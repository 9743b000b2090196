using System.Buffers.Binary;
using EcgGate.Delivery;
using EcgGate.Gating;

namespace EcgGate.Records.Sessions;

/// <summary>
/// A session as it lies in its folder: read as far as it is whole, whatever a crash or damage left of it. Immutable once
/// opened; inputs are streamed from the disk.
/// </summary>
public sealed class RecordedSession
{
    private readonly List<SessionEntry> _entries = [];
    private readonly List<SessionFinding> _findings = [];

    private RecordedSession(string folder)
    {
        Folder = folder;
    }

    /// <summary>Where it is.</summary>
    public string Folder { get; }

    /// <summary>What the session was.</summary>
    public SessionHeader Header { get; private set; } = null!;

    /// <summary>Each line that is whole, in order, the head and the end among them.</summary>
    public IReadOnlyList<SessionEntry> Entries => _entries;

    /// <summary>What is wrong with the lines. <see cref="ReadInputs"/> has its own.</summary>
    public IReadOnlyList<SessionFinding> Findings => _findings;

    /// <summary>Its last line, where it was closed in order; null after a crash.</summary>
    public SessionEntry? Closed => _entries[^1].Kind == SessionEntryKind.Closed ? _entries[^1] : null;

    /// <summary>What the gate told, in order.</summary>
    public IEnumerable<GateEvent> GateEvents => _entries.Where(entry => entry.Kind == SessionEntryKind.Gate).Select(entry => entry.Gate);

    /// <summary>The ledger's lines.</summary>
    public IEnumerable<BeatOutcome> Beats => GateEvents.Where(one => one.Kind == GateEventKind.BeatOutcome).Select(one => one.Beat);

    /// <summary>What the generator measured of each pulse, in order, whether a procedure told it or the generator itself.</summary>
    public IEnumerable<PulseReading> Pulses => _entries
        .Where(entry => entry.Kind == SessionEntryKind.Pulse
            || (entry.Kind == SessionEntryKind.Delivery && entry.Delivery.Kind is DeliveryEventKind.TestPulse or DeliveryEventKind.TreatmentPulse or DeliveryEventKind.FailedPulse or DeliveryEventKind.UnexpectedPulse))
        .Select(entry => entry.Kind == SessionEntryKind.Pulse ? entry.Pulse : entry.Delivery.Pulse);

    /// <summary>Events of the gate that were lost, by the record's own account.</summary>
    public long LostEvents => _entries.Where(entry => entry.Kind == SessionEntryKind.LostEvents).Sum(entry => entry.Count);

    /// <summary>Path of the WFDB record.</summary>
    public string RecordPath => SessionFiles.RecordPath(Folder);

    /// <summary>Opens a session and reads its lines.</summary>
    /// <exception cref="RecordException">There is none, or not even its head can be read.</exception>
    public static RecordedSession Open(string folder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        var session = new RecordedSession(folder);
        var path = Path.Combine(folder, SessionFiles.Events);
        try
        {
            session.ReadLines(File.ReadAllBytes(path));
        }
        catch (Exception problem) when (problem is FileNotFoundException or DirectoryNotFoundException)
        {
            throw RecordException.InFile(folder, $"there is no session here ({SessionFiles.Events} is missing); give the folder that 'run --record' made.", problem);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw RecordException.InFile(path, $"the session cannot be read ({problem.Message.TrimEnd('.')}).", problem);
        }

        return session;
    }

    /// <summary>Reads all that entered the core, in order, as far as it is whole.</summary>
    /// <param name="findings">
    /// Gets what is wrong. Where a block is damaged or missing, a <see cref="GateInputKind.Lost"/> stands in its place.
    /// </param>
    /// <exception cref="RecordException">The file is missing, or cannot be read at all.</exception>
    public IEnumerable<GateInput> ReadInputs(ICollection<SessionFinding> findings)
    {
        ArgumentNullException.ThrowIfNull(findings);
        var path = Path.Combine(Folder, SessionFiles.Inputs);
        FileStream file;
        try
        {
            file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1 << 16);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw RecordException.InFile(path, $"the inputs of the session cannot be read ({problem.Message.TrimEnd('.')}).", problem);
        }

        return Stream(file, findings);
    }

    private static IEnumerable<GateInput> Stream(FileStream file, ICollection<SessionFinding> findings)
    {
        using (file)
        {
            void Find(long at, string text, bool isTail) => findings.Add(new SessionFinding(SessionFiles.Inputs, $"byte {at}", text, isTail));

            var magic = new byte[InputLog.FileMagic.Length];
            var isHeadRead = file.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false) == magic.Length;
            if (!isHeadRead || !InputLog.FileMagic.SequenceEqual(magic))
            {
                Find(0, isHeadRead ? "this is no file of inputs" : "the file ends within its first bytes", isTail: !isHeadRead);
                if (!isHeadRead)
                {
                    yield break;
                }
            }

            var header = new byte[InputLog.HeaderBytes];
            var entries = new byte[InputLog.MostEntryBytes];
            var inputs = new List<GateInput>();
            var expected = 0L;
            while (true)
            {
                var at = file.Position;
                inputs.Clear();
                var read = file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false);
                if (read == 0)
                {
                    yield break;
                }

                var length = read == header.Length ? BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(4)) : -1;
                var isBlock = length is >= 0 and <= InputLog.MostEntryBytes
                    && BinaryPrimitives.ReadUInt32LittleEndian(header) == InputLog.BlockMagic
                    && file.ReadAtLeast(entries.AsSpan(0, length), length, throwOnEndOfStream: false) == length
                    && InputLog.IsWhole(header, entries.AsSpan(0, length));
                if (!isBlock)
                {
                    var next = FindBlock(file, at + 1, header, entries);
                    if (next < 0)
                    {
                        Find(at, $"the last block is not whole: {file.Length - at} bytes are left out", isTail: true);
                        yield break;
                    }

                    Find(at, $"{next - at} bytes are damaged; reading goes on after them", isTail: false);
                    file.Position = next;
                    continue;
                }

                if (!InputLog.TryDecode(entries.AsSpan(0, length), BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(16)), inputs))
                {
                    Find(at, "the block holds what this version cannot read", isTail: false);
                    yield break;
                }

                var first = BinaryPrimitives.ReadInt64LittleEndian(header.AsSpan(8));
                if (first != expected)
                {
                    Find(at, $"{first - expected} inputs before here are missing", isTail: false);
                    yield return GateInput.OfLost(first - expected);
                }

                expected = first + inputs.Count;
                foreach (var input in inputs)
                {
                    yield return input;
                }
            }
        }
    }

    /// <summary>The next place at which a whole block begins; negative for none.</summary>
    private static long FindBlock(FileStream file, long from, byte[] header, byte[] entries)
    {
        var window = new byte[1 << 16];
        for (var start = from; start + InputLog.HeaderBytes <= file.Length;)
        {
            file.Position = start;
            var read = file.ReadAtLeast(window, window.Length, throwOnEndOfStream: false);
            for (var i = 0; i + InputLog.HeaderBytes <= read; i++)
            {
                if (BinaryPrimitives.ReadUInt32LittleEndian(window.AsSpan(i)) != InputLog.BlockMagic)
                {
                    continue;
                }

                window.AsSpan(i, header.Length).CopyTo(header);
                var length = BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(4));
                file.Position = start + i + header.Length;
                if (length is >= 0 and <= InputLog.MostEntryBytes
                    && file.ReadAtLeast(entries.AsSpan(0, length), length, throwOnEndOfStream: false) == length
                    && InputLog.IsWhole(header, entries.AsSpan(0, length)))
                {
                    return start + i;
                }
            }

            start += Math.Max(1, read - InputLog.HeaderBytes + 1);
        }

        return -1;
    }

    private void ReadLines(byte[] bytes)
    {
        var line = 0;
        var expected = 0L;
        for (var at = 0; at < bytes.Length;)
        {
            line++;
            var feed = bytes.AsSpan(at).IndexOf((byte)'\n');
            var length = feed < 0 ? bytes.Length - at : feed;
            var isRead = SessionLine.TryParse(bytes.AsMemory(at, length), out var entry, out var problem);
            at += length + 1;
            if (feed < 0)
            {
                // Without its line feed it may be cut right after its last brace, and is whole all the same.
                problem = isRead ? string.Empty : "the last line is not whole";
            }

            if (!isRead)
            {
                if (line == 1)
                {
                    throw RecordException.At(Path.Combine(Folder, SessionFiles.Events), "line 1", $"the head of the session cannot be read: {problem}.");
                }

                _findings.Add(new SessionFinding(SessionFiles.Events, $"line {line}", problem, IsTail: at >= bytes.Length));
                continue;
            }

            if (line == 1)
            {
                Header = entry!.Header ?? throw RecordException.At(Path.Combine(Folder, SessionFiles.Events), "line 1", "this is not the head of a session.");
            }

            if (entry!.Number != expected)
            {
                _findings.Add(new SessionFinding(SessionFiles.Events, $"line {line}", $"{entry.Number - expected} lines before here are missing", IsTail: false));
            }

            expected = entry.Number + 1;
            _entries.Add(entry);
        }

        if (_entries.Count == 0)
        {
            throw RecordException.InFile(Path.Combine(Folder, SessionFiles.Events), "the file is empty: the session ended as it began.");
        }
    }
}
