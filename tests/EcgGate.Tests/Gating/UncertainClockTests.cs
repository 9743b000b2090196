using EcgGate.Gating;
using EcgGate.Signals;
using EcgGate.Tests.Support;
using EcgGate.Timing;

namespace EcgGate.Tests.Gating;

public sealed class UncertainClockTests
{
    private const int Beats = 20;

    [Theory]
    [InlineData(0, 1_000_000)]
    [InlineData(50_000, 850_000)]
    [InlineData(300_000, 100_000)]
    public void An_uncertain_clock_narrows_the_tolerance_of_each_edge_by_three_deviations(long uncertainty, long expected)
    {
        var (timer, core) = Run(uncertainty, isLocked: true, new GateOptions());

        core.Ledger.Fired.Should().BeGreaterThan(5);
        timer.Orders.Should().NotBeEmpty().And.OnlyContain(order => order.LatestEdge.NanosecondsSince(order.Deadline) == expected);
    }

    [Theory]
    [InlineData(334_000, true)]
    [InlineData(2_000_000, true)]
    [InlineData(long.MaxValue, false)]
    [InlineData(0, false)]
    public void A_clock_that_may_be_wrong_by_more_than_a_millisecond_places_no_pulse(long uncertainty, bool isLocked)
    {
        var (timer, core) = Run(uncertainty, isLocked, new GateOptions { EdgeTolerance = TimeSpan.FromMilliseconds(10) });

        timer.Orders.Should().BeEmpty();
        core.Ledger.Fired.Should().Be(0);
        core.Ledger.WithheldFor(Reason.SourceGap).Should().BeGreaterThan(5);
    }

    [Fact]
    public void A_tolerance_of_which_nothing_is_left_places_no_pulse()
    {
        var (timer, _) = Run(70_000, isLocked: true, new GateOptions { EdgeTolerance = TimeSpan.FromMilliseconds(0.2) });

        timer.Orders.Should().BeEmpty();
    }

    private static (RecordingTimer Timer, GateCore Core) Run(long uncertainty, bool isLocked, GateOptions options)
    {
        var detector = new ScriptedDetector();
        for (var i = 0; i < Beats; i++)
        {
            detector.Beat(500 + (i * 1000), 20);
        }

        var harness = new CoreHarness(detector, options);
        using var inner = new VirtualPulseTimer();
        var timer = new RecordingTimer(inner);
        var timeline = new StubTimeline(uncertainty, isLocked);
        var pump = new GatePump(harness.Core, timer, timeline, 1_000_000);
        pump.Arm();
        for (var i = 0L; i < (Beats * 1000) + 600; i++)
        {
            inner.AdvanceTo(timeline.HostTimeOf(new SampleTime(i)));
            pump.Feed(new EcgSample(i, detector.SignalAt(i)));
        }

        pump.Stop();
        return (timer, harness.Core);
    }

    private sealed class StubTimeline(long uncertainty, bool isLocked) : ISampleTimeline
    {
        private readonly NominalTimeline _inner = new(CoreHarness.Rate);

        public bool IsLocked => isLocked;

        public long UncertaintyNanoseconds => uncertainty;

        public MonotonicTime HostTimeOf(SampleTime sample) => _inner.HostTimeOf(sample);

        public SampleTime SampleTimeOf(MonotonicTime time) => _inner.SampleTimeOf(time);
    }

    private sealed class RecordingTimer(VirtualPulseTimer inner) : IPulseTimer
    {
        public List<PulseOrder> Orders { get; } = [];

        public bool IsArmed => inner.IsArmed;

        public PulseTimerFault Fault => inner.Fault;

        public ArmToken Arm() => inner.Arm();

        public void Disarm() => inner.Disarm();

        public void Disarm(ArmToken token) => inner.Disarm(token);

        public bool TrySchedule(in PulseOrder order)
        {
            Orders.Add(order);
            return inner.TrySchedule(in order);
        }

        public void Cancel(long beatNumber) => inner.Cancel(beatNumber);

        public bool TryTakeReport(out PulseReport report) => inner.TryTakeReport(out report);
    }
}
