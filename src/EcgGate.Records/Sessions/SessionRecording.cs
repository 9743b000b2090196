using System.Collections.Concurrent;
using EcgGate.Delivery;
using EcgGate.Signals;

namespace EcgGate.Records.Sessions;

/// <summary>
/// Carries what an engine tells into a <see cref="SessionRecorder"/> on a thread of its own, and hands the events on to the
/// host. Where the record fails it does what its rule says.
/// </summary>
/// <remarks>
/// <para>
/// It reads the engine's events and inputs, so nobody else may: the host takes events from <see cref="TryReadEvent"/> and
/// samples, for a view, from <see cref="TryReadSample"/>. The engine must keep inputs
/// (<see cref="GateEngineOptions.InputCapacity"/>; <see cref="UsualInputCapacity"/> is enough).
/// </para>
/// <para>
/// Where somebody else must read the events, as a procedure's gate does, say so and give them to
/// <see cref="OnEvent"/> (<c>new EngineGate(engine, protocol, recording)</c>).
/// </para>
/// <para>Make it before the engine is started, and close it after the engine was stopped. The reading calls: one thread.</para>
/// </remarks>
public sealed class SessionRecording : IGateEventSink, IDisposable
{
    /// <summary>Room for inputs that outlasts a host that stands still for some seconds, at 2,000 samples a second too: 2.6 MB.</summary>
    public const int UsualInputCapacity = 1 << 16;

    /// <summary>Samples kept for a view that does not take them; older ones are forgotten.</summary>
    private const int SamplesKept = 20_000;

    /// <summary>How often it carries.</summary>
    internal static readonly TimeSpan Period = TimeSpan.FromMilliseconds(10);

    private readonly GateEngine _engine;
    private readonly SessionRecorder _recorder;
    private readonly RecordFailureRule _rule;
    private readonly bool _isToldEvents;
    private readonly ConcurrentQueue<GateEvent> _events = new();
    private readonly ConcurrentQueue<EcgSample> _samples = new();
    private readonly GateInput[] _block = new GateInput[1024];
    private readonly ManualResetEventSlim _stop = new();
    private readonly Thread? _thread;
    private long _droppedEvents;
    private long _markedInputs;
    private bool _closed;

    /// <summary>Begins to carry.</summary>
    /// <param name="engine">Not started yet; with room for inputs. Not disposed.</param>
    /// <param name="recorder">Closed by <see cref="Close"/>.</param>
    /// <param name="rule">What becomes of gating while the record cannot be written.</param>
    /// <param name="isToldEvents">Events come by <see cref="OnEvent"/>: the engine's are left for somebody else to read.</param>
    /// <exception cref="ArgumentException">The engine keeps no inputs.</exception>
    public SessionRecording(GateEngine engine, SessionRecorder recorder, RecordFailureRule rule = RecordFailureRule.Disarm, bool isToldEvents = false)
        : this(engine, recorder, rule, isToldEvents, hasThread: true)
    {
    }

    internal SessionRecording(GateEngine engine, SessionRecorder recorder, RecordFailureRule rule, bool isToldEvents, bool hasThread)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(recorder);
        if (!engine.KeepsInputs)
        {
            throw new ArgumentException($"The engine keeps nothing of what enters its core, so that no record can be made: set {nameof(GateEngineOptions)}.{nameof(GateEngineOptions.InputCapacity)}, for example to {UsualInputCapacity}.", nameof(engine));
        }

        _engine = engine;
        _recorder = recorder;
        _rule = rule;
        _isToldEvents = isToldEvents;
        if (hasThread)
        {
            _thread = new Thread(Run) { Name = "ecggate-recording", IsBackground = true };
            _thread.Start();
        }
    }

    /// <summary>
    /// What the record's failure did, in one sentence, as soon as it first failed; null where it never did. Any thread.
    /// </summary>
    public string? Trouble { get; private set; }

    /// <summary>Where a procedure's events go, to be recorded too.</summary>
    public IDeliverySink Procedure => _recorder;

    /// <inheritdoc/>
    public void OnEvent(in GateEvent gateEvent) => _recorder.Record(in gateEvent);

    /// <summary>Takes the next event, as <see cref="GateEngine.TryReadEvent"/> would.</summary>
    public bool TryReadEvent(out GateEvent gateEvent) => _events.TryDequeue(out gateEvent);

    /// <summary>Takes the next sample, for a view; the oldest are forgotten where nobody takes them.</summary>
    public bool TryReadSample(out EcgSample sample) => _samples.TryDequeue(out sample);

    /// <summary>After the engine was stopped: records what is left, and closes the session.</summary>
    /// <param name="why">Why it ended, for people.</param>
    /// <returns>False where the record could not be closed in order.</returns>
    public bool Close(string why = "closed")
    {
        if (_closed)
        {
            return _recorder.Problem is null;
        }

        _closed = true;
        _stop.Set();
        _thread?.Join();
        Carry();
        if (_engine.DroppedInputs - _markedInputs is > 0 and var unmarked)
        {
            // Nothing came after them that would have marked the place.
            _recorder.Record([GateInput.OfLost(unmarked)]);
        }

        return _recorder.Close(why);
    }

    /// <summary>Closes it, as <see cref="Close"/>.</summary>
    public void Dispose()
    {
        _ = Close();
        _stop.Dispose();
        _recorder.Dispose();
    }

    /// <summary>Carries what waits, and looks after the record.</summary>
    internal void Carry()
    {
        while (_engine.ReadInputs(_block) is > 0 and var count)
        {
            foreach (ref readonly var input in _block.AsSpan(0, count))
            {
                if (input.Kind == GateInputKind.Lost)
                {
                    _markedInputs += input.Number;
                }
                else if (input.Kind == GateInputKind.Sample)
                {
                    _samples.Enqueue(input.Sample);
                }
            }

            _recorder.Record(_block.AsSpan(0, count));
        }

        while (_samples.Count > SamplesKept)
        {
            _ = _samples.TryDequeue(out _);
        }

        // Counted first: what is dropped meanwhile comes after the events that are read now.
        var dropped = _engine.DroppedEvents;
        while (!_isToldEvents && _engine.TryReadEvent(out var gateEvent))
        {
            _recorder.Record(in gateEvent);
            _events.Enqueue(gateEvent);
        }

        if (dropped > _droppedEvents)
        {
            _recorder.NoteLostEvents(dropped - _droppedEvents);
            _droppedEvents = dropped;
        }

        // What the record lacks was lost for good: it is no record of the pulses that follow, either, until somebody looks.
        var lost = dropped > 0 || _engine.DroppedInputs > 0 ? $"The record has holes: {_engine.DroppedInputs} inputs and {dropped} events were dropped, as nobody took them in time." : null;
        if ((_recorder.Problem ?? lost) is { } problem)
        {
            if (_rule == RecordFailureRule.Disarm)
            {
                // Again and again, as the host may arm meanwhile.
                _engine.Disarm();
            }

            if (Trouble is null)
            {
                Trouble = _rule == RecordFailureRule.Disarm
                    ? $"{problem} The gate was disarmed: no pulse without a record of it."
                    : $"{problem} Gating goes on without it.";
                _recorder.Note(Trouble);
            }
        }
    }

    private void Run()
    {
        do
        {
            Carry();
        }
        while (!_stop.Wait(Period));
    }
}
