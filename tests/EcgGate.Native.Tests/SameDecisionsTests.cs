using EcgGate.Detection;
using EcgGate.Isolated;
using EcgGate.Records;
using EcgGate.Signals;
using EcgGate.TestSupport;
using EcgGate.Timing;

namespace EcgGate.Native.Tests;

/// <summary>The same samples through the native library and through the managed core: the same events, bit for bit.</summary>
[Collection(Library.Collection)]
public sealed class SameDecisionsTests
{
    public static TheoryData<string> Traces() =>
        [.. Directory.EnumerateFiles(Path.Combine(Recordings.Repository, "traces"), "*.hea").Select(file => Path.GetFileNameWithoutExtension(file)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Traces))]
    public void Replay_through_the_native_library_is_that_through_the_managed_core(string trace)
    {
        var library = Library.Require();
        using var record = Open(trace);
        var expected = new Recorder();
        GateReplay.Run(record, new GateOptions(), expected, cancellation: TestContext.Current.CancellationToken);

        using var again = Open(trace);
        using var native = new NativeHost(library, AbiClock.Samples, again.Info.SamplingRateHertz, again.Info.LeadNames.Count);
        foreach (var sample in SamplesOf(again))
        {
            native.Push(in sample);
            native.Drain();
        }

        native.Stop();
        ShouldBeTheSame(native.Events, expected.Events);
        native.Events.Count(one => one.Kind == GateEventKind.BeatOutcome).Should().BeGreaterThan(10);
    }

    [Theory]
    [InlineData("sinus-pvc", 1)]
    [InlineData("atrial-fibrillation", 2)]
    public void Pulses_placed_by_jittering_stamps_stand_at_the_same_nanosecond(string trace, int seed)
    {
        var library = Library.Require();
        var delay = TimeSpan.FromMilliseconds(3);
        using var record = Open(trace);
        var rate = record.Info.SamplingRateHertz;
        var expected = new Recorder();
        var timer = new VirtualPulseTimer();
        var core = new GateCore(new GateOptions(), rate, new RWaveDetector(rate), expected, delay);
        var loop = new GateLoop(core, timer, new SampleClock(rate, delay), 1_000_000);
        loop.Arm();
        using var native = new NativeHost(library, AbiClock.Stamps, rate, record.Info.LeadNames.Count, fixedDelay: delay);

        var random = new Random(seed);
        foreach (var sample in SamplesOf(record))
        {
            // A board 120 ppm fast, stamps up to 0.4 ms late, now and then one by 20 ms.
            var late = random.Next(400_000) + (random.Next(500) == 0 ? 20_000_000 : 0);
            var time = new MonotonicTime(1_000_000_000 + (long)(sample.Index * 1e9 / (rate * 1.00012)) + late);
            timer.AdvanceTo(time);
            loop.Take([sample], time);
            native.Push(in sample, time.Nanoseconds);
            native.Drain();
        }

        loop.End(isFault: false);
        core.Abandon();
        native.Stop();
        ShouldBeTheSame(native.Events, expected.Events);
        native.Statistics.BeatsFired.Should().BePositive("pulses, too, are to be compared");
    }

    private static IEcgSource Open(string trace) => EcgFile.Open(Path.Combine(Recordings.Repository, "traces", trace), new EcgFileOptions());

    private static IEnumerable<EcgSample> SamplesOf(IEcgSource source)
    {
        var block = new EcgSample[256];
        while (source.Read(block).Count is > 0 and var count)
        {
            for (var i = 0; i < count; i++)
            {
                yield return block[i];
            }
        }
    }

    // Through the C struct, whose bytes are compared: NaN equals NaN, and 0 is not -0.
    private static void ShouldBeTheSame(List<GateEvent> native, List<GateEvent> managed)
    {
        static byte[] BytesOf(GateEvent one)
        {
            var bytes = new byte[AbiConversion.SizeOf<AbiEvent>()];
            System.Runtime.InteropServices.MemoryMarshal.Write(bytes, AbiConversion.ToAbi(in one));
            return bytes;
        }

        native.Should().HaveSameCount(managed);
        for (var i = 0; i < native.Count; i++)
        {
            BytesOf(native[i]).AsSpan().SequenceEqual(BytesOf(managed[i])).Should().BeTrue($"event {i} is {managed[i]} in the managed core and {native[i]} in the native one");
        }
    }

    private sealed class Recorder : IGateEventSink
    {
        public List<GateEvent> Events { get; } = [];

        public void OnEvent(in GateEvent gateEvent) => Events.Add(gateEvent);
    }
}
