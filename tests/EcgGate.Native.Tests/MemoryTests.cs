using EcgGate.Emulator.Patient;
using EcgGate.Isolated;
using EcgGate.Signals;

namespace EcgGate.Native.Tests;

/// <summary>After the start, not one byte.</summary>
[Collection(Library.Collection)]
public sealed class MemoryTests
{
    [Fact]
    public void Pushing_samples_and_taking_events_allocates_nothing_and_collects_nothing()
    {
        var library = Library.Require();
        var patient = new VirtualPatient(ScenarioCatalog.Get("sinus-pvc?noise=muscle:0.05"));
        using var host = new NativeHost(library, AbiClock.Samples, 500, 1);

        void Push(int from, int to)
        {
            for (var i = from; i < to; i++)
            {
                var sample = new EcgSample(i, (float)patient.Millivolts(0, i / 500.0));
                host.Push(in sample);
                host.Drain();
            }
        }

        // The thread attaches itself to the library's runtime with its first call.
        Push(0, 1);
        var before = host.Statistics;
        Push(1, 150_000);
        var after = host.Statistics;

        (after.CoreAllocatedBytes - before.CoreAllocatedBytes).Should().Be(0);
        after.Collections.Should().Be(0);
        after.BeatsFired.Should().BeGreaterThan(50);
        after.BeatsWithheld.Should().BeGreaterThan(10);
    }

    [Fact]
    public void An_isolated_engine_on_the_emulated_board_allocates_nothing_in_either_thread()
    {
        _ = Library.Require();
        var target = new GateTarget { SourceUri = "patient:sinus-100", LineUri = "emulated:", BoardRateHertz = 250 };
        using var engine = GateEngine.Open(target, new GateOptions { LearningBeats = 4, MinimumInterval = TimeSpan.Zero }, new GateEngineOptions { NativeLibraryPath = Library.Path, InputCapacity = 1 << 16 });
        engine.Runtime.Should().Be(GateRuntime.Isolated);
        engine.Arm().Should().BeTrue();
        engine.Start();

        // From the first answered pulse on both threads have all that they need.
        var first = WaitFor(engine, figures => figures.CoreThreadAllocatedBytes > 0 && engine.TimerStatistics.Fired + engine.TimerStatistics.DroppedLate > 0, "a first pulse");
        WaitForPulses(engine, engine.TimerStatistics.Fired + engine.TimerStatistics.DroppedLate + 5);
        var last = engine.RuntimeStatistics;
        engine.Stop();

        engine.Failure.Should().BeNull();
        (last.CoreThreadAllocatedBytes - first.CoreThreadAllocatedBytes).Should().Be(0);
        (last.PulseThreadAllocatedBytes - first.PulseThreadAllocatedBytes).Should().Be(0);
        last.Collections.Should().Be(0);
        last.CollectionPause.Should().Be(TimeSpan.Zero);
    }

    private static void WaitForPulses(GateEngine engine, long pulses) =>
        _ = WaitFor(engine, _ => engine.TimerStatistics.Fired + engine.TimerStatistics.DroppedLate >= pulses, "further pulses");

    private static GateRuntimeStatistics WaitFor(GateEngine engine, Func<GateRuntimeStatistics, bool> reached, string what)
    {
        for (var i = 0; i < 600; i++)
        {
            var figures = engine.RuntimeStatistics;
            if (reached(figures))
            {
                return figures;
            }

            Thread.Sleep(100);
        }

        Assert.Skip($"The machine stood still too often for {what} within a minute.");
        throw new InvalidOperationException();
    }
}
