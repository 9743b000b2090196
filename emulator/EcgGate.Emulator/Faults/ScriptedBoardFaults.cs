using EcgGate.Emulator.Boards;
using EcgGate.Emulator.Patient;
using EcgGate.Timing;

namespace EcgGate.Emulator.Faults;

/// <summary>What a schedule makes a board, a converter or a sound card suffer; each asks for what can happen to it.</summary>
/// <param name="faults">What goes wrong.</param>
/// <param name="time">Where the patient's zero lies on the board's clock.</param>
public sealed class ScriptedBoardFaults(FaultSchedule faults, PatientTime time) : BoardFaults
{
    private const int LongestFrame = 64;

    // A stray edge comes so far behind the true one, as a share of the way to the next.
    private const double StrayAt = 0.4;

    private readonly byte[] _stuck = new byte[LongestFrame];
    private readonly SeededRandom _random = new(faults.Seed, 450);
    private int _stuckLength;
    private int _resets;
    private int _silences;
    private int _overruns;
    private long _strayDecidedFor = long.MinValue;
    private bool _isStrayDue;

    /// <inheritdoc/>
    public override bool IsPowered(MonotonicTime now)
    {
        var seconds = time.SecondsAt(now);
        return !faults.IsUnderWay(FaultKind.BrownOut, seconds) && !faults.IsUnderWay(FaultKind.Unplugged, seconds);
    }

    /// <inheritdoc/>
    public override bool TakeReset(MonotonicTime now)
    {
        // Power that comes back is a reset too, even where nobody asked while it was away.
        var seconds = time.SecondsAt(now);
        return TakeNew(ref _resets, faults.CountBegun(FaultKind.BoardReset, seconds) + faults.CountOver(FaultKind.BrownOut, seconds) + faults.CountOver(FaultKind.Unplugged, seconds));
    }

    /// <inheritdoc/>
    public override byte? IdAt(MonotonicTime now) => faults.IsUnderWay(FaultKind.WrongId, time.SecondsAt(now), out var id) ? (byte)id : null;

    /// <inheritdoc/>
    public override double OscillatorErrorAt(MonotonicTime now) => faults.IsUnderWay(FaultKind.ClockOff, time.SecondsAt(now), out var error) ? error : 0;

    /// <inheritdoc/>
    public override double TakeSilence(MonotonicTime now)
    {
        var seconds = time.SecondsAt(now);
        return TakeNew(ref _silences, faults.CountBegun(FaultKind.DataReadyLost, seconds)) ? faults.SecondsLeft(FaultKind.DataReadyLost, seconds) : 0;
    }

    /// <inheritdoc/>
    public override MonotonicTime? StrayEdgeBetween(MonotonicTime now, MonotonicTime edge)
    {
        if (!faults.IsUnderWay(FaultKind.DataReadyDoubled, time.SecondsAt(now), out var probability))
        {
            return null;
        }

        // Asked more than once on the way to the same edge: decided once.
        if (edge.Nanoseconds != _strayDecidedFor)
        {
            _strayDecidedFor = edge.Nanoseconds;
            _isStrayDue = _random.NextDouble() < probability;
        }

        if (!_isStrayDue)
        {
            return null;
        }

        _isStrayDue = false;
        return now.AddNanoseconds((long)(edge.NanosecondsSince(now) * StrayAt));
    }

    /// <inheritdoc/>
    public override bool TakeRefusal(MonotonicTime now) =>
        faults.IsUnderWay(FaultKind.BusRefuses, time.SecondsAt(now), out var probability) && _random.NextDouble() < probability;

    /// <inheritdoc/>
    public override double TakeOverrun(MonotonicTime now)
    {
        var seconds = time.SecondsAt(now);
        return TakeNew(ref _overruns, faults.CountBegun(FaultKind.Overrun, seconds)) ? faults.SecondsLeft(FaultKind.Overrun, seconds) : -1;
    }

    /// <inheritdoc/>
    public override void OnConversion(MonotonicTime now, Span<byte> bytes)
    {
        if (faults.IsUnderWay(FaultKind.StuckData, time.SecondsAt(now)) && bytes.Length == _stuckLength)
        {
            _stuck.AsSpan(0, _stuckLength).CopyTo(bytes);
        }
        else if (bytes.Length <= LongestFrame)
        {
            bytes.CopyTo(_stuck);
            _stuckLength = bytes.Length;
        }
    }

    /// <inheritdoc/>
    public override void OnRead(MonotonicTime now, Span<byte> bytes)
    {
        if (faults.IsUnderWay(FaultKind.BitErrors, time.SecondsAt(now), out var probability))
        {
            Disturb(bytes, probability);
        }
    }

    private static bool TakeNew(ref int taken, int begun)
    {
        var isNew = begun > taken;
        taken = Math.Max(taken, begun);
        return isNew;
    }

    /// <summary>Turns each bit with the same probability, going from one that is turned to the next.</summary>
    private void Disturb(Span<byte> bytes, double probability)
    {
        if (probability >= 1)
        {
            foreach (ref var one in bytes)
            {
                one = (byte)~one;
            }

            return;
        }

        if (probability <= 0)
        {
            return;
        }

        var keeps = PortableMath.Log(1 - probability);
        for (var bit = Skip(); bit < bytes.Length * 8.0; bit += 1 + Skip())
        {
            bytes[(int)bit / 8] ^= (byte)(1 << ((int)bit % 8));
        }

        double Skip() => Math.Floor(PortableMath.Log(1 - _random.NextDouble()) / keeps);
    }
}
