using EcgGate.Emulator.Boards;
using EcgGate.Hardware.Converters;
using EcgGate.Timing;

namespace EcgGate.Hardware.Tests.Converters;

/// <summary>A host on a clock that only the test moves, and that can be made to come late.</summary>
internal sealed class Paced
{
    public Paced() => Clock = new HostClock(() => Pace.Now, SleepUntil);

    public VirtualPace Pace { get; } = new();

    public HostClock Clock { get; }

    /// <summary>How late the host wakes, in ns, by the number of the sleep.</summary>
    public Func<int, long> Late { get; set; } = _ => 0;

    public int Sleeps { get; private set; }

    private void SleepUntil(MonotonicTime time)
    {
        Pace.SleepUntil(time, CancellationToken.None);
        Pace.Advance(Late(Sleeps++));
    }
}

/// <summary>A converter whose code is the time since its first read, in us, as it was in the middle of the read.</summary>
internal sealed class ClockChannel(Paced host) : IConverterChannel
{
    private MonotonicTime _first;

    public int Reads { get; private set; }

    /// <summary>How long a read takes, in ns, by its number.</summary>
    public Func<int, long> Takes { get; set; } = _ => 40_000;

    /// <summary>What a read throws, by its number; null for nothing.</summary>
    public Func<int, Exception?> Throws { get; set; } = _ => null;

    public bool TryRead(out int code)
    {
        var read = Reads++;
        _first = _first == default ? host.Pace.Now : _first;
        if (Throws(read) is { } error)
        {
            throw error;
        }

        code = (int)(host.Pace.Now.NanosecondsSince(_first) / 1000);
        host.Pace.Advance(Takes(read));
        return true;
    }
}
