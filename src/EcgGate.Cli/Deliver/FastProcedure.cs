using EcgGate.Cli.Figures;
using EcgGate.Cli.Run;
using EcgGate.Delivery;
using EcgGate.Emulator;
using EcgGate.Emulator.Generator;
using EcgGate.Emulator.Patient;
using EcgGate.Emulator.Resampling;
using EcgGate.Records;
using EcgGate.Records.Sessions;
using EcgGate.Signals;
using Spectre.Console;

namespace EcgGate.Cli.Deliver;

/// <summary>A procedure in virtual time: the same core, gate and session, as fast as the machine computes.</summary>
internal static class FastProcedure
{
    private const double PatientRateHertz = 500;

    /// <summary>Runs it.</summary>
    /// <param name="wish">What and how.</param>
    /// <param name="specification">A patient or a record.</param>
    /// <param name="reading">How a record is read.</param>
    /// <param name="cancellation">Aborts it.</param>
    /// <exception cref="CliException">The source has no virtual time.</exception>
    public static ProcedureResult Run(ProcedureWish wish, SourceSpecification specification, EcgFileOptions reading, CancellationToken cancellation)
    {
        switch (specification)
        {
            case PatientSpecification patient:
                var virtualPatient = new VirtualPatient(patient.Scenario);
                return Run(wish, specification.Text, virtualPatient, new TruthOfPatient(virtualPatient.Truth), PatientRateHertz, cancellation);
            case RecordSpecification record:
                var source = EcgFile.Open(record.Path, reading);
                var rate = source.Info.SamplingRateHertz;
                var factor = (source as DecimatedSource)?.Factor ?? 1;
                var (truth, _) = RecordTruth.Of(record.BasePath, rate * factor);
                using (var ecg = new ResampledEcg(source))
                {
                    return Run(wish, record.Name, ecg, truth, rate, cancellation);
                }

            default:
                throw new CliException($"--fast is for a patient or a record; {specification.Text} has a time of its own.");
        }
    }

    private static ProcedureResult Run(ProcedureWish wish, string name, IAnalogEcg ecg, ITruth? truth, double rate, CancellationToken cancellation)
    {
        if (rate is < 125 or > 2000)
        {
            throw new CliException($"{name} has {rate} samples per second; gating needs 125 to 2,000: resample it first.");
        }

        var options = wish.Plan.ApplyTo(wish.Options);
        using var source = new PatientSource(ecg, rate);
        using var recorder = wish.Record?.Begin(source.Info, options);
        var watch = new ProcedureWatch(recorder is null ? null : new RecordedEvents(recorder), recorder);
        var counted = new Counter(recorder);
        var tally = new GateTally();
        EmulatedHighVoltage? generator = null;
        EmulatedGenerator? trigger = null;

        void Show(SessionEntry entry)
        {
            if (ProcedureText.Line(entry, rate) is { } line)
            {
                wish.Console?.WriteLine(line);
            }
        }

        var session = DeliveryReplay.Run(
            source,
            options,
            wish.Plan,
            VirtualProcedure.Connect(ecg, VirtualProcedure.For(wish.Plan), (highVoltage, line) => (generator, trigger) = (highVoltage, line)),
            (session, now) =>
            {
                if (wish.Confirms)
                {
                    DeliveryReplay.Confirming(session, now);
                }
                else
                {
                    session.Heartbeat(now);
                }

                watch.Drain(tally, wish.IsWatched ? null : Show);
            },
            watch,
            watch,
            wish.Expected,
            counted,
            cancellation);
        watch.Drain(tally, wish.IsWatched ? null : Show);
        counted.Flush();
        var isWhole = recorder?.Close(session.State.ToString()) ?? true;
        return new ProcedureResult
        {
            Plan = wish.Plan,
            Progress = session.GetProgress(),
            LastPause = watch.LastPause,
            Figures = GateFigures.Of(name, rate, counted.Samples, tally, options),
            Judgement = truth is null ? null : PulseReferee.Judge(trigger!, truth),
            PulsesMade = trigger!.PulseCount,
            Record = wish.Record?.Folder,
            RecordTrouble = recorder?.Problem ?? (isWhole ? null : "it could not be closed: the disk did not take its end."),
        };
    }

    private sealed class RecordedEvents(SessionRecorder recorder) : IGateEventSink
    {
        public void OnEvent(in GateEvent gateEvent) => recorder.Record(in gateEvent);
    }

    /// <summary>Counts samples, and hands what enters the core to the record in blocks.</summary>
    private sealed class Counter(SessionRecorder? recorder) : IGateInputSink
    {
        private readonly GateInput[] _block = new GateInput[256];
        private int _count;

        public long Samples { get; private set; }

        public void OnInput(in GateInput input)
        {
            Samples += input.Kind == GateInputKind.Sample ? 1 : 0;
            _block[_count++] = input;
            if (_count == _block.Length)
            {
                Flush();
            }
        }

        public void Flush()
        {
            recorder?.Record(_block.AsSpan(0, _count));
            _count = 0;
        }
    }
}
