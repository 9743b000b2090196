using EcgGate.Isolated;
using EcgGate.Timing;

namespace EcgGate.Native;

/// <summary>An engine that reads an opened source on its own core thread.</summary>
internal sealed class SourceEngine : NativeEngine
{
    private readonly NativeConnection _connection;
    private readonly InProcessRunner _runner;

    /// <exception cref="ArgumentException">The options are not valid.</exception>
    public SourceEngine(NativeConnection connection, GateOptions options, GateEngineOptions engineOptions, EventMemory events, InputMemory? inputs)
        : base(events, inputs)
    {
        _connection = connection;
        _runner = new InProcessRunner(connection.Source, connection.Line, options, engineOptions, events, inputs);
    }

    public override bool IsRunning => _runner.IsRunning;

    public override string Failure => _runner.Failure?.Message ?? string.Empty;

    public override string SourceName => _connection.Source.Info.Name;

    public override string CoreWarnings => string.Join('\n', _runner.CoreThreadStatus?.Warnings ?? []);

    protected override PulseTimer Timer => _runner.Timer;

    public override bool Arm() => _runner.Arm();

    public override bool Permit(long upToPulses, TimeSpan validFor) => _runner.Permit(upToPulses, validFor);

    public override void Disarm() => _runner.Disarm();

    public override bool Stop()
    {
        _runner.Stop();
        return !_runner.IsRunning;
    }

    public override bool Wait(TimeSpan timeout) => _runner.Wait(timeout);

    public override unsafe AbiStatus Push(AbiSample* samples, nuint count, long lastTimeNanoseconds) =>
        LastError.Set(AbiStatus.BadState, $"{SourceName} brings its samples itself; push needs the source {Abi.PushUri}");

    public override AbiInfo GetInfo()
    {
        var info = _connection.Source.Info;
        return new AbiInfo
        {
            Size = AbiConversion.SizeOf<AbiInfo>(),
            LeadCount = info.LeadNames.Count,
            SamplingRateHz = info.SamplingRateHertz,
            FixedDelayNs = AbiConversion.ToNanoseconds(info.FixedDelay),
            ZeroTimeNs = _connection.Bench?.PatientTime.Zero.Nanoseconds ?? 0,
            BlockDelayNs = AbiConversion.ToNanoseconds(info.BlockDelay),
            DurationS = _connection.DurationSeconds ?? double.NaN,
        };
    }

    public override IReadOnlyList<AbiPulse>? GetPulses() => _connection.Bench is null ? null :
    [
        .. _connection.Bench.Generator.GetPulses().Select(pulse => new AbiPulse
        {
            Size = AbiConversion.SizeOf<AbiPulse>(),
            EdgeNs = pulse.Edge.Nanoseconds,
            WidthNs = double.IsNaN(pulse.WidthSeconds) ? -1 : (long)Math.Round(pulse.WidthSeconds * 1e9),
        }),
    ];

    public override void Dispose()
    {
        _runner.Dispose();
        if (!_runner.IsRunning)
        {
            _connection.Dispose();
        }
    }

    protected override void Begin() => _runner.Start();

    protected override void AddTo(ref AbiStatistics figures)
    {
        AddTo(ref figures, _runner.Core);
        figures.Samples = _runner.Samples;
        figures.MissingSamples = _runner.MissingSamples;
        figures.CoreAllocatedBytes = _runner.CoreAllocatedBytes;
        if (_runner.CoreThreadStatus is { } status)
        {
            figures.CorePriority = status.FifoPriority;
            figures.CoreProcessor = status.Processor ?? -1;
            figures.CoreFlags = AbiConversion.FlagsOf(status);
        }
    }
}
