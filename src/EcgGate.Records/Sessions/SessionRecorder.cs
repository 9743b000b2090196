using EcgGate.Delivery;

namespace EcgGate.Records.Sessions;

/// <summary>
/// Records a session into a folder that a crash at any moment leaves readable: all that entered the core, exactly; what the
/// gate and the generator told, a line each with a checksum; and a WFDB record for every other program. docs/sessions.md
/// has the formats.
/// </summary>
/// <remarks>
/// <para>
/// Outside the real-time part: <see cref="SessionRecording"/> hands it what an engine tells. Its own thread writes and
/// synchronises every <see cref="SessionRecorderOptions.WritePeriod"/>; the calls that record take a short lock and never
/// wait for the disk. Any thread.
/// </para>
/// <para>
/// Where the disk is full, fails or hangs, <see cref="Problem"/> says so, what comes is kept in memory within bounds and
/// written as soon as that works again, and nothing that was recorded is lost. Whether gating goes on meanwhile is the
/// host's decision.
/// </para>
/// </remarks>
public sealed class SessionRecorder : IDeliverySink, IDisposable
{
    private const int MostBlockBytes = 1 << 16;

    /// <summary>What a sample and a line take while they wait for the WFDB record.</summary>
    private const int MirrorBytesEach = 48;

    private readonly SessionRecorderOptions _options;
    private readonly Lock _gate = new();
    private readonly Lock _saving = new();
    private readonly AppendLog _events;
    private readonly AppendLog _inputs;
    private readonly WfdbMirror _mirror;
    private readonly SessionLine _line = new();
    private readonly long _began;
    private readonly AutoResetEvent _wake = new(initialState: false);
    private readonly Thread? _thread;
    private readonly byte[] _block = new byte[InputLog.HeaderBytes + MostBlockBytes];
    private int _blockLength = InputLog.HeaderBytes;
    private int _blockCount;
    private long _lastIndex = long.MinValue;
    private long _inputCount;
    private long _eventCount;
    private long _savedInputs;
    private long _lostInputs;
    private long _lostEvents;
    private long _unsavedSince;
    private long _savingSince;
    private string? _failure;
    private long _failedSince;
    private volatile bool _closing;
    private bool _closed;

    private SessionRecorder(string folder, SessionHeader header, SessionRecorderOptions options)
    {
        _options = options;
        _began = options.Clock.GetTimestamp();
        Folder = folder;
        var owned = new Stack<IDisposable>();
        try
        {
            _events = Own(new AppendLog(Open(SessionFiles.Events)));
            _inputs = Own(new AppendLog(Open(SessionFiles.Inputs)));
            _events.Append(_line.Header(header));
            _inputs.Append(InputLog.FileMagic);
            _mirror = Own(new WfdbMirror(folder, header.Source, options.Open));
            _events.Take();
            _events.Save();
            _inputs.Take();
            _inputs.Save();
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or RecordException)
        {
            while (owned.TryPop(out var file))
            {
                file.Dispose();
            }

            throw problem as RecordException ?? RecordException.InFile(folder, $"the session cannot be recorded there ({problem.Message.TrimEnd('.')}); check that the folder may be written, and the space on the disk.", problem);
        }

        if (options.HasThread)
        {
            _thread = new Thread(Run) { Name = "ecggate-recorder", IsBackground = true };
            _thread.Start();
        }

        T Own<T>(T file)
            where T : IDisposable
        {
            owned.Push(file);
            return file;
        }

        IRecordFile Open(string name) => options.Open(Path.Combine(folder, name));
    }

    /// <summary>Where it is.</summary>
    public string Folder { get; }

    /// <summary>
    /// Why it is not recording at this moment, in one sentence: the disk is full, failed, or has not answered for
    /// <see cref="SessionRecorderOptions.SlowAfter"/>. Null where all is well. Any thread.
    /// </summary>
    public string? Problem
    {
        get
        {
            lock (_gate)
            {
                return _failure ?? (Age() > _options.SlowAfter
                    ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Folder}: the disk has not taken the record for {Age().TotalSeconds:0.0} s.")
                    : null);
            }
        }
    }

    /// <summary>Since when the oldest of what was handed in has been waiting to be on the disk; zero where nothing waits. Any thread.</summary>
    public TimeSpan UnsavedFor
    {
        get
        {
            lock (_gate)
            {
                return Age();
            }
        }
    }

    /// <summary>The longest that anything waited until it was on the disk. Any thread.</summary>
    public TimeSpan LongestUnsaved { get; private set; }

    /// <summary>How many of the inputs that were handed in are known to be on the disk. Any thread.</summary>
    public long SavedInputs => Interlocked.Read(ref _savedInputs);

    /// <summary>Inputs, and lines, that found memory full while the disk took nothing. They are lost, and the record says where.</summary>
    public long Lost { get; private set; }

    /// <summary>Makes the folder and begins a session in it.</summary>
    /// <param name="folder">A folder that holds no session yet.</param>
    /// <param name="header">What the session is.</param>
    /// <param name="options">How to record; null for the defaults.</param>
    /// <exception cref="RecordException">It holds a session already, or cannot be written.</exception>
    public static SessionRecorder Create(string folder, SessionHeader header, SessionRecorderOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        ArgumentNullException.ThrowIfNull(header);
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw RecordException.InFile(folder, $"the session's folder cannot be made ({problem.Message.TrimEnd('.')}); choose another.", problem);
        }

        if (File.Exists(Path.Combine(folder, SessionFiles.Events)) || File.Exists(Path.Combine(folder, SessionFiles.Inputs)))
        {
            throw RecordException.InFile(folder, "a session is recorded there already, and is never overwritten; choose another folder.");
        }

        return new SessionRecorder(folder, header, options ?? new SessionRecorderOptions());
    }

    /// <summary>Records what entered the core.</summary>
    public void Record(ReadOnlySpan<GateInput> inputs)
    {
        if (inputs.IsEmpty)
        {
            return;
        }

        lock (_gate)
        {
            foreach (ref readonly var input in inputs)
            {
                if (!HasRoom())
                {
                    _lostInputs += input.Kind == GateInputKind.Lost ? input.Number : 1;
                    Lost++;
                    continue;
                }

                if (_lostInputs > 0)
                {
                    Put(GateInput.OfLost(_lostInputs));
                    _lostInputs = 0;
                }

                Put(in input);
            }

            NoteUnsaved();
        }
    }

    /// <summary>Records what the gate told.</summary>
    public void Record(in GateEvent gateEvent)
    {
        lock (_gate)
        {
            if (!HasRoom())
            {
                _lostEvents++;
                Lost++;
                return;
            }

            NoteLostEvents();
            _eventCount++;
            _events.Append(_line.Gate(in gateEvent, Now()));
            if (gateEvent.Kind == GateEventKind.BeatOutcome)
            {
                _mirror.Add(gateEvent.Beat);
            }

            NoteUnsaved();
        }
    }

    /// <summary>Records what a generator measured of a pulse.</summary>
    public void Record(in PulseReading reading)
    {
        lock (_gate)
        {
            _events.Append(_line.Pulse(in reading, Now()));
            NoteUnsaved();
        }
    }

    /// <summary>Records what a procedure told.</summary>
    public void Record(in DeliveryEvent deliveryEvent)
    {
        lock (_gate)
        {
            _events.Append(_line.Delivery(in deliveryEvent, Now()));
            NoteUnsaved();
        }
    }

    /// <inheritdoc/>
    void IDeliverySink.OnDelivery(in DeliveryEvent deliveryEvent) => Record(in deliveryEvent);

    /// <summary>Records something for people to read.</summary>
    public void Note(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        lock (_gate)
        {
            _events.Append(_line.Text(SessionEntryKind.Note, text, Now()));
            NoteUnsaved();
        }
    }

    /// <summary>So many events of the gate were lost on the way here: the next one that is recorded comes after them.</summary>
    public void NoteLostEvents(long count)
    {
        lock (_gate)
        {
            _lostEvents += count;
        }
    }

    /// <summary>Closes the session in order: what was handed in is written, and a last line that says that it is whole.</summary>
    /// <param name="why">Why it ended, for people.</param>
    /// <returns>False where the disk did not take it: the record is that of a crash.</returns>
    public bool Close(string why = "closed")
    {
        ArgumentNullException.ThrowIfNull(why);
        if (_closed)
        {
            return Problem is null;
        }

        _closing = true;
        _wake.Set();
        if (_thread is not null && !_thread.Join(_options.ClosePatience))
        {
            // It hangs in the disk, in the middle of its files: they are left to it.
            _closed = true;
            return false;
        }

        _closed = true;
        return Finish(why);
    }

    /// <summary>Closes the session, as <see cref="Close"/>.</summary>
    public void Dispose()
    {
        _ = Close();
        if (_thread?.IsAlive != true)
        {
            _wake.Dispose();
        }
    }

    /// <summary>Writes and synchronises what was handed in before the call. What cannot be written is kept for the next time.</summary>
    /// <returns>False where it cannot: <see cref="Problem"/> says why.</returns>
    internal bool Save()
    {
        lock (_saving)
        {
            long taken;
            lock (_gate)
            {
                NoteLostInputs();
                NoteLostEvents();
                SealBlock();
                if (_savingSince == 0)
                {
                    (_savingSince, _unsavedSince) = (_unsavedSince, 0);
                }

                if (_savingSince == 0 && _failure is null)
                {
                    return true;
                }

                _events.Take();
                _inputs.Take();
                _mirror.Take();
                taken = _inputCount;
            }

            try
            {
                _inputs.Save();
                _events.Save();
                _mirror.Save();
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or RecordException)
            {
                lock (_gate)
                {
                    _failedSince = _failure is null ? _options.Clock.GetTimestamp() : _failedSince;
                    _failure = $"{Folder}: the session cannot be recorded ({problem.Message.TrimEnd('.')}); free space on the disk, or check it.";
                }

                return false;
            }

            Interlocked.Exchange(ref _savedInputs, taken);
            lock (_gate)
            {
                LongestUnsaved = Max(LongestUnsaved, Age());
                _savingSince = 0;
                if (_failure is { } failure)
                {
                    _failure = null;
                    var seconds = _options.Clock.GetElapsedTime(_failedSince).TotalSeconds;
                    _events.Append(_line.Text(SessionEntryKind.Trouble, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"For {seconds:0.0} s nothing could be written. {failure}"), Now()));
                    NoteUnsaved();
                }
            }

            return true;
        }
    }

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private void Run()
    {
        while (!_closing)
        {
            _ = _wake.WaitOne(_options.WritePeriod);
            _ = Save();
        }
    }

    private bool Finish(string why)
    {
        lock (_saving)
        {
            var isWhole = Save();
            try
            {
                if (isWhole)
                {
                    _mirror.Complete();
                    lock (_gate)
                    {
                        _events.Append(_line.Closed(why, _eventCount, _inputCount, Now()));
                        NoteUnsaved();
                    }

                    isWhole = Save();
                }
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or RecordException)
            {
                isWhole = false;
                lock (_gate)
                {
                    _failure = $"{Folder}: the session could not be closed ({problem.Message.TrimEnd('.')}).";
                }
            }

            _mirror.Dispose();
            _events.Dispose();
            _inputs.Dispose();
            _line.Dispose();
            return isWhole;
        }
    }

    private double Now() => _options.Clock.GetElapsedTime(_began).TotalSeconds;

    private TimeSpan Age()
    {
        var since = _savingSince != 0 ? _savingSince : _unsavedSince;
        return since == 0 ? TimeSpan.Zero : _options.Clock.GetElapsedTime(since);
    }

    private void NoteUnsaved()
    {
        if (_unsavedSince == 0)
        {
            // 0 stands for "nothing waits".
            _unsavedSince = Math.Max(1, _options.Clock.GetTimestamp());
        }
    }

    private bool HasRoom() => _events.Unsaved + _inputs.Unsaved + _blockLength + ((long)_mirror.Unsaved * MirrorBytesEach) < _options.MostUnsavedBytes;

    private void Put(in GateInput input)
    {
        if (_blockLength + InputLog.LongestEntry > _block.Length)
        {
            SealBlock();
        }

        _blockLength += InputLog.Encode(_block.AsSpan(_blockLength), in input, ref _lastIndex);
        _blockCount++;
        if (input.Kind == GateInputKind.Sample)
        {
            _mirror.Add(input.Sample);
        }
    }

    private void NoteLostInputs()
    {
        if (_lostInputs > 0 && HasRoom())
        {
            Put(GateInput.OfLost(_lostInputs));
            _lostInputs = 0;
            NoteUnsaved();
        }
    }

    private void NoteLostEvents()
    {
        if (_lostEvents > 0 && HasRoom())
        {
            _events.Append(_line.LostEvents(_lostEvents, Now()));
            _lostEvents = 0;
            NoteUnsaved();
        }
    }

    private void SealBlock()
    {
        if (_blockCount == 0)
        {
            return;
        }

        InputLog.WriteHeader(_block, _inputCount, _blockCount, _block.AsSpan(InputLog.HeaderBytes, _blockLength - InputLog.HeaderBytes));
        _inputs.Append(_block.AsSpan(0, _blockLength));
        _inputCount += _blockCount;
        (_blockLength, _blockCount, _lastIndex) = (InputLog.HeaderBytes, 0, long.MinValue);
    }
}
