using System.Globalization;
using EcgGate.Gating;

namespace EcgGate.Emulator.Simulation;

/// <summary>What a simulation is to do.</summary>
public sealed record SimulationOptions
{
    /// <summary>True beats of one patient; the next patient has the next seed. 1,000.</summary>
    public const int BeatsPerPatient = 1_000;

    /// <summary>Everything that chance decides follows from it: that of the first patient. Default 1.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>True beats of all patients together. Default 100,000.</summary>
    public long Beats { get; init; } = 100_000;

    /// <summary>What goes wrong. Default all, by chance.</summary>
    public FaultSelection Faults { get; init; } = FaultSelection.All;

    /// <summary>
    /// Whether the engines carry out procedures, with the faults of generator, operator and host; else an operator arms and
    /// nothing more. Default false.
    /// </summary>
    public bool Procedures { get; init; }

    /// <summary>How many patients run at the same time; the result does not depend on it. Default: as many as there are cores.</summary>
    public int Parallelism { get; init; } = Environment.ProcessorCount;

    /// <summary>Opens the driver for the patients that are measured through the emulated board; null for none of those.</summary>
    public SimulationDriver? Driver { get; init; }

    /// <summary>Whether a patient that breaks an invariant is run again and again with less. Default true.</summary>
    public bool Shrinks { get; init; } = true;

    /// <summary>Errors put in, for tests.</summary>
    internal ProcedureHooks Hooks { get; init; } = new();

    internal PatientResult Run(ulong seed, long beats, FaultSelection faults) => PatientRun.Run(seed, beats, faults, Driver, Procedures ? Hooks : null);
}

/// <summary>A patient in whom an invariant did not hold, and the smallest case found that still shows it.</summary>
/// <param name="Seed">The patient's seed.</param>
/// <param name="Beats">How many beats it takes.</param>
/// <param name="Faults">The faults that it takes.</param>
/// <param name="Breach">What did not hold, in the smallest case.</param>
/// <param name="Count">How often something did not hold in this patient, in the whole.</param>
/// <param name="Procedures">Whether procedures were carried out.</param>
public sealed record SimulationFailure(ulong Seed, long Beats, FaultSelection Faults, InvariantBreach Breach, long Count, bool Procedures = false)
{
    /// <summary>The command that shows it.</summary>
    public string Command => string.Create(CultureInfo.InvariantCulture, $"ecggate simulate --seed {Seed} --beats {Beats} --faults {Faults}{(Procedures ? " --procedures" : "")}");
}

/// <summary>The figures of a simulation.</summary>
public sealed record SimulationResult
{
    /// <summary>Patients that were run to their end.</summary>
    public required int Patients { get; init; }

    /// <summary>Those of them that were measured through the emulated board and its driver.</summary>
    public required int PatientsOnBoard { get; init; }

    /// <summary>Beats that the patients' hearts made.</summary>
    public required long Beats { get; init; }

    /// <summary>Simulated time.</summary>
    public required TimeSpan Time { get; init; }

    /// <summary>Samples taken.</summary>
    public required long Samples { get; init; }

    /// <summary>Engines started.</summary>
    public required long Engines { get; init; }

    /// <summary>Beats that the engines detected: each has one outcome.</summary>
    public required long Detected { get; init; }

    /// <summary>Beats fired on.</summary>
    public required long Fired { get; init; }

    /// <summary>Beats withheld, by reason.</summary>
    public required IReadOnlyList<KeyValuePair<Reason, long>> Withheld { get; init; }

    /// <summary>Beats missed, by reason.</summary>
    public required IReadOnlyList<KeyValuePair<Reason, long>> Missed { get; init; }

    /// <summary>Edges on ventricular beats; safe by their place, but not wanted.</summary>
    public required long EdgesOnEctopicBeats { get; init; }

    /// <summary>Edges on fusion beats.</summary>
    public required long EdgesOnFusionBeats { get; init; }

    /// <summary>Edges on premature atrial beats.</summary>
    public required long EdgesOnPrematureBeats { get; init; }

    /// <summary>Edges that a slow line made later than it was told to, beyond the window: each was taken for a fault.</summary>
    public required long EdgesLateByTheLine { get; init; }

    /// <summary>Events that found the ring full.</summary>
    public required long DroppedEvents { get; init; }

    /// <summary>What came of the procedures; null where there were none.</summary>
    public ProcedureFigures? Procedures { get; init; }

    /// <summary>Faults injected, by kind.</summary>
    public required IReadOnlyList<KeyValuePair<SimulatedFaultKind, long>> Faults { get; init; }

    /// <summary>How often an invariant did not hold.</summary>
    public required long Breaches { get; init; }

    /// <summary>The patients in whom one did not, in the order of their seeds; the first ones shrunk.</summary>
    public required IReadOnlyList<SimulationFailure> Failures { get; init; }
}

/// <summary>Runs the whole engine against random patients and faults in virtual time, and has a referee check each step.</summary>
public static class SimulationRunner
{
    /// <summary>How many failing patients are shrunk; the rest is named as it is.</summary>
    private const int MostShrunk = 8;

    /// <summary>Runs that shrinking one patient may take.</summary>
    private const int MostTries = 120;

    /// <summary>Runs a simulation.</summary>
    /// <param name="options">What to do.</param>
    /// <param name="progress">Told the beats done, from several threads; null for none.</param>
    /// <param name="cancellation">Ends it early: the patients that are done count.</param>
    public static SimulationResult Run(SimulationOptions options, IProgress<long>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Beats, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Parallelism, 1, nameof(options));
        var count = (int)Math.Min(int.MaxValue, (options.Beats + SimulationOptions.BeatsPerPatient - 1) / SimulationOptions.BeatsPerPatient);
        var results = new PatientResult?[count];
        var next = -1;
        long done = 0;
        void Work()
        {
            int number;
            while (!cancellation.IsCancellationRequested && (number = Interlocked.Increment(ref next)) < count)
            {
                var beats = Math.Min(SimulationOptions.BeatsPerPatient, options.Beats - ((long)number * SimulationOptions.BeatsPerPatient));
                var result = options.Run(unchecked(options.Seed + (ulong)number), beats, options.Faults);
                results[number] = result;
                progress?.Report(Interlocked.Add(ref done, beats));
            }
        }

        var workers = Enumerable.Range(0, Math.Min(options.Parallelism, count)).Select(_ => Task.Factory.StartNew(Work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();
        Task.WaitAll(workers, CancellationToken.None);
        return Sum(options, [.. results.OfType<PatientResult>()], cancellation);
    }

    private static SimulationResult Sum(SimulationOptions options, List<PatientResult> patients, CancellationToken cancellation)
    {
        var failures = new List<SimulationFailure>();
        foreach (var patient in patients.Where(patient => patient.BreachCount > 0))
        {
            failures.Add(options.Shrinks && failures.Count < MostShrunk && !cancellation.IsCancellationRequested
                ? Shrink(patient, options)
                : new SimulationFailure(patient.Seed, SimulationOptions.BeatsPerPatient, options.Faults, patient.Breaches[0], patient.BreachCount, options.Procedures));
        }

        ProcedureFigures? procedures = options.Procedures ? new() : null;
        foreach (var figures in patients.Select(patient => patient.Procedures).OfType<ProcedureFigures>())
        {
            procedures!.Add(figures);
        }

        return new SimulationResult
        {
            Procedures = procedures,
            Patients = patients.Count,
            PatientsOnBoard = patients.Count(patient => patient.OnBoard),
            Beats = patients.Sum(patient => patient.TrueBeats),
            Time = TimeSpan.FromSeconds(patients.Sum(patient => patient.Seconds)),
            Samples = patients.Sum(patient => patient.Samples),
            Engines = patients.Sum(patient => (long)patient.Engines),
            Detected = patients.Sum(patient => patient.Detected),
            Fired = patients.Sum(patient => patient.Fired),
            Withheld = ByReason(patients, patient => patient.Withheld),
            Missed = ByReason(patients, patient => patient.Missed),
            EdgesOnEctopicBeats = patients.Sum(patient => patient.EdgesOnEctopicBeats),
            EdgesOnFusionBeats = patients.Sum(patient => patient.EdgesOnFusionBeats),
            EdgesOnPrematureBeats = patients.Sum(patient => patient.EdgesOnPrematureBeats),
            EdgesLateByTheLine = patients.Sum(patient => patient.EdgesLateByTheLine),
            DroppedEvents = patients.Sum(patient => patient.DroppedEvents),
            Faults = [.. patients.SelectMany(patient => patient.Faults).CountBy(fault => fault.Kind).OrderBy(entry => entry.Key).Select(entry => KeyValuePair.Create(entry.Key, (long)entry.Value))],
            Breaches = patients.Sum(patient => patient.BreachCount),
            Failures = failures,
        };
    }

    private static List<KeyValuePair<Reason, long>> ByReason(List<PatientResult> patients, Func<PatientResult, long[]> counts) =>
        [.. Enum.GetValues<Reason>().Select(reason => KeyValuePair.Create(reason, patients.Sum(patient => counts(patient)[(int)reason]))).Where(entry => entry.Value > 0)];

    /// <summary>Leaves out what is not needed for the breach: beats after it, then faults, half of them at a time, then one by one.</summary>
    private static SimulationFailure Shrink(PatientResult patient, SimulationOptions options)
    {
        var invariant = patient.Breaches[0].Invariant;
        var best = patient;
        var faults = patient.Faults.ToList();
        var beats = patient.BeatsToBreach;
        var selection = options.Faults;
        var tries = 0;

        bool Try(List<SimulatedFault> fewer)
        {
            tries++;
            var chosen = FaultSelection.Of(fewer);
            var result = options.Run(patient.Seed, beats, chosen);
            if (result.BreachCount == 0 || result.Breaches[0].Invariant != invariant)
            {
                return false;
            }

            best = result;
            faults = [.. result.Faults];
            beats = Math.Min(beats, result.BeatsToBreach);
            selection = chosen;
            return true;
        }

        // The whole list, named one by one: what began after the breach is gone already.
        _ = Try([.. faults.Where(fault => fault.StartSeconds <= patient.Breaches[0].PatientSeconds)]);
        for (var size = (faults.Count + 1) / 2; size >= 1 && tries < MostTries; size = size == 1 ? 0 : (size + 1) / 2)
        {
            for (var from = 0; from < faults.Count && tries < MostTries;)
            {
                var fewer = faults.ToList();
                fewer.RemoveRange(from, Math.Min(size, faults.Count - from));
                from += Try(fewer) ? 0 : size;
            }
        }

        return new SimulationFailure(patient.Seed, beats, selection, best.Breaches[0], patient.BreachCount, options.Procedures);
    }
}
