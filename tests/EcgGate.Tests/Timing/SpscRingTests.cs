using CsCheck;
using EcgGate.Timing;

namespace EcgGate.Tests.Timing;

public sealed class SpscRingTests
{
    [Fact]
    public void It_behaves_like_a_bounded_queue() =>
        Gen.Select(Gen.Int[2, 20], Gen.Bool.Array[0, 200]).Sample((capacity, writes) =>
        {
            var ring = new SpscRing<long>(capacity);
            var model = new Queue<long>();
            var dropped = 0;
            var next = 0L;
            foreach (var write in writes)
            {
                if (write)
                {
                    var fits = model.Count < ring.Capacity;
                    ring.TryWrite(++next).Should().Be(fits);
                    if (fits)
                    {
                        model.Enqueue(next);
                    }
                    else
                    {
                        dropped++;
                    }
                }
                else
                {
                    ring.TryRead(out var item).Should().Be(model.TryDequeue(out var expected));
                    item.Should().Be(expected);
                }

                ring.Count.Should().Be(model.Count);
            }

            ring.Dropped.Should().Be(dropped);
        });

    [Fact]
    public void Two_threads_hand_over_every_item_once_whole_and_in_order()
    {
        const long Items = 300_000;
        var ring = new SpscRing<(long Number, long Complement, long Square)>(64);
        var writer = new Thread(() =>
        {
            for (var i = 1L; i <= Items; i++)
            {
                while (!ring.TryWrite((i, ~i, i * i)))
                {
                    Thread.Yield();
                }
            }
        });
        writer.Start();

        var wrong = 0;
        for (var expected = 1L; expected <= Items;)
        {
            if (ring.TryRead(out var item))
            {
                wrong += item == (expected, ~expected, expected * expected) ? 0 : 1;
                expected++;
            }
            else
            {
                Thread.Yield();
            }
        }

        writer.Join();
        wrong.Should().Be(0);
        ring.TryRead(out _).Should().BeFalse();
    }

    [Theory]
    [InlineData(2, 2)]
    [InlineData(3, 4)]
    [InlineData(64, 64)]
    [InlineData(65, 128)]
    public void The_capacity_is_rounded_up_to_a_power_of_two(int asked, int capacity) =>
        new SpscRing<int>(asked).Capacity.Should().Be(capacity);

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    [InlineData(int.MaxValue)]
    public void Absurd_capacities_are_refused(int capacity) =>
        FluentActions.Invoking(() => new SpscRing<int>(capacity)).Should().Throw<ArgumentOutOfRangeException>();
}
