using EcgGate.Emulator.Patient;

namespace EcgGate.Emulator.Simulation;

/// <summary>Lays out what goes wrong in one patient, in order of time, as far ahead as asked.</summary>
/// <remarks>Each kind draws from a sequence of its own, so that leaving one out changes no other.</remarks>
internal sealed class FaultPlan
{
    private const int FirstStream = 300;

    /// <summary>How likely a patient meets a kind where chance decides.</summary>
    private const double ShareOfPatients = 0.13;

    private readonly FaultSelection _selection;
    private readonly PriorityQueue<SimulatedFault, (double Start, int Kind)> _next = new();
    private readonly SeededRandom[] _random;

    public FaultPlan(ulong seed, FaultSelection selection, bool hasProcedures = false)
    {
        _selection = selection;
        var kinds = Enum.GetValues<SimulatedFaultKind>();
        _random = new SeededRandom[kinds.Length];
        foreach (var kind in kinds)
        {
            var random = _random[(int)kind] = new SeededRandom(seed, (ulong)(FirstStream + (int)kind));
            if ((hasProcedures || !FaultSelection.IsOfProcedures(kind)) && selection.Meets(kind, random.NextDouble() < ShareOfPatients && kind != SimulatedFaultKind.SmallSpikes))
            {
                Draw(kind, 0, random.Uniform(2, 20));
            }
        }
    }

    /// <summary>The next fault that begins by then, if there is one.</summary>
    public bool TryTake(double untilSeconds, out SimulatedFault fault)
    {
        while (_next.TryPeek(out fault, out _) && fault.StartSeconds <= untilSeconds)
        {
            _next.Dequeue();
            Draw(fault.Kind, fault.Number + 1, fault.StartSeconds);
            if (_selection.Includes(fault.Kind, fault.Number))
            {
                return true;
            }
        }

        return false;
    }

    private void Draw(SimulatedFaultKind kind, int number, double after)
    {
        var random = _random[(int)kind];
        var gap = MeanGapSeconds(kind) * Math.Min(4, -PortableMath.Log(1 - random.NextDouble()));
        var size = random.NextDouble();
        var choice = random.NextDouble();
        _next.Enqueue(new SimulatedFault(kind, number, after + 0.05 + gap, Seconds(kind, size, random), size, choice), (after + 0.05 + gap, (int)kind));
    }

    private static double MeanGapSeconds(SimulatedFaultKind kind) => kind switch
    {
        SimulatedFaultKind.Lost or SimulatedFaultKind.Repeated or SimulatedFaultKind.Disordered or SimulatedFaultKind.NotANumber => 20,
        SimulatedFaultKind.Late or SimulatedFaultKind.TimerLate or SimulatedFaultKind.ClockStep or SimulatedFaultKind.Disarm => 25,
        SimulatedFaultKind.Options or SimulatedFaultKind.Stop or SimulatedFaultKind.SourceFails => 90,
        SimulatedFaultKind.OperatorAborts or SimulatedFaultKind.GeneratorRefuses or SimulatedFaultKind.Garbled or SimulatedFaultKind.StrayPulse => 60,
        SimulatedFaultKind.OperatorPauses or SimulatedFaultKind.HostHangs or SimulatedFaultKind.ReadingLost or SimulatedFaultKind.ReadingLate => 15,
        _ => 40,
    };

    /// <summary>How long it lasts: from a moment to seconds, the shorter the likelier.</summary>
    private static double Seconds(SimulatedFaultKind kind, double size, SeededRandom random)
    {
        var share = random.NextDouble();
        share *= share * share;
        return kind switch
        {
            SimulatedFaultKind.Lost or SimulatedFaultKind.Late or SimulatedFaultKind.DataReadyLost => 0.001 + (1.2 * share),
            SimulatedFaultKind.Repeated or SimulatedFaultKind.Disordered or SimulatedFaultKind.NotANumber or SimulatedFaultKind.SpiErrors => 0.001 + (0.4 * share),
            SimulatedFaultKind.Drift => 5 + (60 * size),
            SimulatedFaultKind.Noise or SimulatedFaultKind.Amplitude => 1 + (25 * random.NextDouble()),
            SimulatedFaultKind.Motion => 0.03 + (0.6 * random.NextDouble()),
            SimulatedFaultKind.Stuck or SimulatedFaultKind.LeadOff or SimulatedFaultKind.Saturation => 0.004 + (5 * share),
            SimulatedFaultKind.TimerLate or SimulatedFaultKind.LineRefuses or SimulatedFaultKind.LineSticks or SimulatedFaultKind.LineSlow => 0.5 + (5 * random.NextDouble()),
            SimulatedFaultKind.RingFull => 5 + (30 * random.NextDouble()),
            SimulatedFaultKind.Disarm or SimulatedFaultKind.Stop or SimulatedFaultKind.SourceFails or SimulatedFaultKind.Options => 4 * share,
            SimulatedFaultKind.GeneratorSlow or SimulatedFaultKind.OperatorWaits => 1 + (40 * share),
            SimulatedFaultKind.GeneratorRefuses or SimulatedFaultKind.Garbled or SimulatedFaultKind.OperatorResumes or SimulatedFaultKind.OperatorConfirms => 0.1 + (6 * share),
            SimulatedFaultKind.Interlock or SimulatedFaultKind.OverCurrent or SimulatedFaultKind.OpenCircuit or SimulatedFaultKind.ShortCircuit or SimulatedFaultKind.LowVoltage => 0.3 + (12 * share),
            SimulatedFaultKind.RisingImpedance => 4 + (20 * size),
            SimulatedFaultKind.ReadingLost or SimulatedFaultKind.ReadingLate => 0.2 + (6 * share),
            SimulatedFaultKind.OperatorGone => 0.5 + (10 * share),
            SimulatedFaultKind.HostHangs => 0.05 + (9 * share),
            _ => 0,
        };
    }
}
