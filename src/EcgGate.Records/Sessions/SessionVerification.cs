using System.Globalization;
using EcgGate.Detection;
using EcgGate.Signals;

namespace EcgGate.Records.Sessions;

/// <summary>What the check of a session came to.</summary>
public enum SessionVerdict
{
    /// <summary>Whole, closed in order, and an equal core told the same of it, bit for bit.</summary>
    Verified,

    /// <summary>
    /// It ended in a crash. As far as it reaches it is whole, and an equal core told the same of it, bit for bit; what was
    /// on its way to the disk is missing.
    /// </summary>
    VerifiedToItsEnd,

    /// <summary>Inputs or events were lost while it was recorded, so that not all of it can be replayed.</summary>
    Incomplete,

    /// <summary>A file was damaged or changed afterwards.</summary>
    Damaged,

    /// <summary>An equal core told something else.</summary>
    Differs,
}

/// <summary>The check of a session: are its files whole, and do the decisions in it follow from what entered the core? Immutable.</summary>
public sealed record SessionVerification
{
    /// <summary>
    /// How much of one file may be missing against the other after a crash, by the samples' time: each was on its way to
    /// the disk.
    /// </summary>
    private const double LongestTailSeconds = 2;

    /// <summary>A rounding of the WFDB record is at most half a unit; some more for the arithmetic.</summary>
    private const double WidestRounding = 0.51 / SessionFiles.UnitsPerMillivolt;

    /// <summary>What it came to.</summary>
    public required SessionVerdict Verdict { get; init; }

    /// <summary>What is wrong, each in one sentence, the most serious first; empty where nothing is.</summary>
    public required IReadOnlyList<string> Problems { get; init; }

    /// <summary>What is worth knowing, and not wrong.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>Samples that were replayed.</summary>
    public required long Samples { get; init; }

    /// <summary>Events that are in the record.</summary>
    public required long Events { get; init; }

    /// <summary>Events that an equal core told the same, bit for bit.</summary>
    public required long EqualEvents { get; init; }

    /// <summary>Whether it passes: all that is there is as it was, and follows.</summary>
    public bool IsGood => Verdict is SessionVerdict.Verified or SessionVerdict.VerifiedToItsEnd;

    /// <summary>Checks a session.</summary>
    /// <param name="session">The session.</param>
    /// <param name="progress">Told the samples done, now and then; null for none.</param>
    /// <exception cref="RecordException">A file cannot be read at all.</exception>
    public static SessionVerification Of(RecordedSession session, IProgress<long>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(session);
        return new Check(session).Run(progress);
    }

    /// <summary>Whether two events are the same, bit for bit.</summary>
    internal static bool AreEqual(in GateEvent one, in GateEvent other) =>
        one.Equals(other)
        && Bits(one.Beat.Beat.RTime.Samples) == Bits(other.Beat.Beat.RTime.Samples)
        && Bits(one.Beat.PulseTime.Samples) == Bits(other.Beat.PulseTime.Samples)
        && Bits(one.Beat.RRIntervalMilliseconds) == Bits(other.Beat.RRIntervalMilliseconds)
        && Bits(one.Beat.Beat.Confidence) == Bits(other.Beat.Beat.Confidence)
        && Bits(one.Beat.Beat.TemplateResidual) == Bits(other.Beat.Beat.TemplateResidual)
        && Bits(one.Beat.Beat.AmplitudeMillivolts) == Bits(other.Beat.Beat.AmplitudeMillivolts);

    /// <summary>A record's equality takes 0 and -0 for the same; NaN has many forms and one meaning.</summary>
    private static long Bits(double value) => double.IsNaN(value) ? -1 : BitConverter.DoubleToInt64Bits(value);

    private sealed class Check(RecordedSession session) : IGateEventSink
    {
        private readonly List<string> _damage = [];
        private readonly List<string> _lost = [];
        private readonly List<string> _notes = [];
        private readonly List<GateEvent> _replayed = [];
        private string? _difference;
        private long _samples;
        private long _inputs;
        private long _lastIndex = -1;
        private long _equal;

        public void OnEvent(in GateEvent gateEvent) => _replayed.Add(gateEvent);

        public SessionVerification Run(IProgress<long>? progress)
        {
            var header = session.Header;
            if (header.Version != SessionHeader.OwnVersion)
            {
                _notes.Add($"It was recorded by version {header.Version} and is replayed by {SessionHeader.OwnVersion}; where they decide otherwise, that is a difference.");
            }

            foreach (var finding in session.Findings)
            {
                Sort(finding);
            }

            var isComplete = Replay(progress);
            Compare(isComplete);
            if (session.Closed is { } closed)
            {
                CheckCounts(closed);
            }
            else
            {
                _notes.Add("The session was not closed: it ended in a crash, or still goes on.");
            }

            CheckMirror();
            var verdict = _difference is not null ? SessionVerdict.Differs
                : _damage.Count > 0 ? SessionVerdict.Damaged
                : _lost.Count > 0 ? SessionVerdict.Incomplete
                : session.Closed is null ? SessionVerdict.VerifiedToItsEnd
                : SessionVerdict.Verified;
            return new SessionVerification
            {
                Verdict = verdict,
                Problems = [.. _difference is null ? Array.Empty<string>() : [_difference], .. _damage, .. _lost],
                Notes = _notes,
                Samples = _samples,
                Events = session.GateEvents.LongCount(),
                EqualEvents = _equal,
            };
        }

        private string At(long index) => string.Create(
            CultureInfo.InvariantCulture,
            $"sample {index} ({Math.Max(0, index) / session.Header.Source.SamplingRateHertz:0.000} s)");

        private void Sort(SessionFinding finding)
        {
            // A crash cuts the end of a file; a session that was closed has no such end.
            if (finding.IsTail && session.Closed is null)
            {
                _notes.Add($"{finding}: the end was on its way to the disk.");
            }
            else
            {
                _damage.Add($"{finding}.");
            }
        }

        /// <returns>False where it ended early, since inputs were lost.</returns>
        private bool Replay(IProgress<long>? progress)
        {
            var header = session.Header;
            var core = new GateCore(header.Options, header.Source.SamplingRateHertz, new RWaveDetector(header.Source.SamplingRateHertz), this, header.Source.LargestDelay);
            var findings = new List<SessionFinding>();
            var isComplete = true;
            foreach (var input in session.ReadInputs(findings))
            {
                _inputs++;
                if (!isComplete)
                {
                    continue;
                }

                if (input.Kind == GateInputKind.Lost)
                {
                    isComplete = false;
                    _lost.Add($"{input.Number} inputs after {At(_lastIndex)} are missing: from there on nothing can be replayed.");
                    continue;
                }

                GateReplay.Apply(core, in input);
                if (input.Kind == GateInputKind.Sample)
                {
                    _lastIndex = input.Number;
                    if (++_samples % 100_000 == 0)
                    {
                        progress?.Report(_samples);
                    }
                }
            }

            foreach (var finding in findings)
            {
                Sort(finding);
            }

            return isComplete;
        }

        private void Compare(bool isComplete)
        {
            var mayLack = session.LostEvents;
            var lacking = 0L;
            var next = 0;
            var lastRecorded = -1L;
            foreach (var recorded in session.GateEvents)
            {
                // Only as many may be passed over as the record says were lost.
                var at = next;
                while (at < _replayed.Count && !AreEqual(_replayed[at], in recorded) && at - next < mayLack - lacking)
                {
                    at++;
                }

                if (at >= _replayed.Count && next >= _replayed.Count)
                {
                    TakeBeyond(in recorded, isComplete);
                    return;
                }

                if (at >= _replayed.Count && !isComplete && at - next <= mayLack - lacking)
                {
                    // What was lost of the events reaches beyond what could be replayed.
                    TellLost(at - next, lastRecorded);
                    return;
                }

                if (at >= _replayed.Count || !AreEqual(_replayed[at], in recorded))
                {
                    _difference = $"At {At(recorded.SampleIndex)} the record says {Describe(in recorded)}; the replay says {Describe(_replayed[next])}.";
                    return;
                }

                if (at > next)
                {
                    lacking += at - next;
                    TellLost(at - next, lastRecorded);
                }

                next = at + 1;
                _equal++;
                lastRecorded = recorded.SampleIndex;
            }

            if (next < _replayed.Count)
            {
                var missing = _replayed.Count - next;
                var since = _replayed[next].SampleIndex;
                if (missing <= mayLack - lacking)
                {
                    TellLost(missing, lastRecorded);
                }
                else if (session.Closed is null && (_lastIndex - since) / session.Header.Source.SamplingRateHertz <= LongestTailSeconds)
                {
                    _notes.Add($"The last {missing} events, from {At(since)} on, had not reached the disk; the replay tells them.");
                }
                else
                {
                    _difference = $"At {At(since)} the replay says {Describe(_replayed[next])}; the record says nothing.";
                }
            }
        }

        private void TellLost(long events, long after) =>
            _lost.Add($"{events} events after {At(after)} are not in the record: they were lost on the way to it.");

        private void TakeBeyond(in GateEvent recorded, bool isComplete)
        {
            if (!isComplete)
            {
                return;
            }

            if (session.Closed is null && recorded.SampleIndex >= _lastIndex
                && (recorded.SampleIndex - _lastIndex) / session.Header.Source.SamplingRateHertz <= LongestTailSeconds)
            {
                _notes.Add($"Events from {At(recorded.SampleIndex)} on had reached the disk before the samples that they follow from: they are not replayed.");
            }
            else
            {
                _difference = $"At {At(recorded.SampleIndex)} the record says {Describe(in recorded)}; the replay says nothing.";
            }
        }

        private void CheckCounts(SessionEntry closed)
        {
            var events = session.GateEvents.LongCount();
            if (closed.Count != events)
            {
                _damage.Add($"{SessionFiles.Events}: {closed.Count} events were recorded, and {events} are there.");
            }

            if (closed.Inputs != _inputs)
            {
                _damage.Add($"{SessionFiles.Inputs}: {closed.Inputs} inputs were recorded, and {_inputs} are there.");
            }
        }

        /// <summary>The WFDB record must show the same ECG, rounded.</summary>
        private void CheckMirror()
        {
            try
            {
                using var record = WfdbRecord.Open(session.RecordPath);
                var block = new EcgSample[4096];
                var (count, at, compared) = (0, 0, 0L);
                foreach (var input in session.ReadInputs([]))
                {
                    if (input.Kind != GateInputKind.Sample)
                    {
                        continue;
                    }

                    while (at >= count || block[at].Index < input.Number)
                    {
                        if (++at >= count)
                        {
                            (count, at) = (record.Read(block).Count, 0);
                            if (count == 0)
                            {
                                EndOfMirror(input.Number);
                                return;
                            }
                        }
                    }

                    if (block[at].Index == input.Number)
                    {
                        compared++;
                        if (Math.Abs(block[at].Lead0Millivolts - input.Lead0Millivolts) > WidestRounding + (Math.Abs(input.Lead0Millivolts) * 1e-6)
                            && Math.Abs(input.Lead0Millivolts) < 400)
                        {
                            _damage.Add($"{SessionFiles.Record}.dat: at {At(input.Number)} the ECG is {block[at].Lead0Millivolts} mV; {input.Lead0Millivolts} mV entered the core.");
                            return;
                        }
                    }
                }
            }
            catch (RecordException problem)
            {
                if (session.Closed is null)
                {
                    _notes.Add($"The WFDB record cannot be read: {problem.Message}");
                }
                else
                {
                    _damage.Add(problem.Message);
                }
            }
        }

        private void EndOfMirror(long index)
        {
            if (session.Closed is null)
            {
                _notes.Add($"The WFDB record ends before {At(index)}.");
            }
            else
            {
                _damage.Add($"{SessionFiles.Record}.dat: the ECG ends before {At(index)}, to which samples entered the core.");
            }
        }

        private static string Describe(in GateEvent one) => one.Kind switch
        {
            GateEventKind.StateChanged => $"{one.State} ({one.Reason})",
            GateEventKind.Permitted => string.Create(CultureInfo.InvariantCulture, $"{one.PermittedPulses} pulses permitted until sample {one.PermittedUntil.Samples}"),
            GateEventKind.BeatRefuted => string.Create(CultureInfo.InvariantCulture, $"beat at sample {one.Beat.Beat.RTime.Samples} taken back"),
            _ => string.Create(
                CultureInfo.InvariantCulture,
                $"beat {one.Beat.BeatNumber} {one.Beat.Outcome} ({one.Beat.Reason}), R at sample {one.Beat.Beat.RTime.Samples}, pulse at {one.Beat.PulseTime.Samples}, residual {one.Beat.Beat.TemplateResidual}"),
        };
    }
}
