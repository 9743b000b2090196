using EcgGate.Emulator.Punctuality;
using EcgGate.Gating;
using EcgGate.Timing;
using HdrHistogram;

namespace EcgGate.Emulator.Tests.Punctuality;

public sealed class PunctualityMemoryTests
{
    [Fact]
    public void A_result_read_is_the_result_that_was_written()
    {
        var result = Sample();

        var read = PunctualityMemory.Read(PunctualityMemory.Write(result));

        read.Should().BeEquivalentTo(result, options => options.Excluding(entry => entry.Gaps).Excluding(entry => entry.Pipeline).Excluding(entry => entry.Order));
        read.Gaps.TotalCount.Should().Be(3);
        read.Gaps.GetValueAtPercentile(50).Should().Be(result.Gaps.GetValueAtPercentile(50));
        read.Gaps.GetMaxValue().Should().Be(result.Gaps.GetMaxValue());
        read.Order.TotalCount.Should().Be(0);
    }

    [Fact]
    public void What_is_of_another_build_or_cut_off_is_refused()
    {
        var bytes = PunctualityMemory.Write(Sample());
        var other = bytes.ToArray();
        other[0] ^= 1;

        FluentActions.Invoking(() => PunctualityMemory.Read(other)).Should().Throw<FormatException>().WithMessage("*another build*");
        for (var length = 0; length < bytes.Length; length += 7)
        {
            FluentActions.Invoking(() => PunctualityMemory.Read(bytes[..length])).Should().Throw<FormatException>();
        }
    }

    private static PunctualityResult Sample() => new()
    {
        Traces =
        [
            new() { BeatNumber = 9, Result = PulseResult.Fired, Deadline = new MonotonicTime(123), LatenessNanoseconds = 80, TakenNanoseconds = -5, WakeUpNanoseconds = -1, InvoluntarySwitches = 2 },
            new() { BeatNumber = 10, Result = PulseResult.DroppedLate, LatenessNanoseconds = 2_000_000, Collections = 1, PauseNanoseconds = 7 },
        ],
        Loopback = [70, null],
        Reference = [1, 2, 3],
        Gaps = Histogram(30, 30, 5_000_000_000),
        Pipeline = Histogram(400),
        Order = Histogram(),
        Missed = [KeyValuePair.Create(Reason.TimerLate, 1L)],
        Withheld = [KeyValuePair.Create(Reason.Learning, 8L), KeyValuePair.Create(Reason.SourceGap, 14L)],
        Faults = 3,
        AllocatedBytes = 4,
        Collections = 5,
        Pause = TimeSpan.FromMilliseconds(6),
        PulseThread = new RealtimeStatus { FifoPriority = 80, Processor = 1, MemoryLocked = true, Warnings = ["one", "two ä"] },
        CoreThread = new RealtimeStatus(),
        Time = TimeSpan.FromSeconds(7),
        IsStopped = true,
    };

    private static LongHistogram Histogram(params long[] values)
    {
        var histogram = new LongHistogram(10_000_000_000, 3);
        foreach (var value in values)
        {
            histogram.RecordValue(value);
        }

        return histogram;
    }
}
