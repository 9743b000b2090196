namespace EcgGate.Native;

/// <summary>The engines that live, by handle: a handle that was destroyed, or never was one, is found out.</summary>
/// <remarks>Any thread. A handle is the number of a slot and how often that slot was used.</remarks>
internal static class Engines
{
    private const int Slots = 64;

    private static readonly Lock Changing = new();
    private static readonly NativeEngine?[] Living = new NativeEngine?[Slots];
    private static readonly int[] Uses = new int[Slots];

    /// <exception cref="InvalidOperationException">There are too many engines.</exception>
    public static nint Add(NativeEngine engine)
    {
        lock (Changing)
        {
            var slot = Array.IndexOf(Living, null);
            if (slot < 0)
            {
                throw new InvalidOperationException($"There are {Slots} engines already; destroy those that are done.");
            }

            Living[slot] = engine;
            return HandleOf(slot, ++Uses[slot]);
        }
    }

    /// <summary>The engine of a handle; null where there is none.</summary>
    public static NativeEngine? Find(nint handle)
    {
        var slot = (int)(handle & (Slots - 1));
        var engine = Volatile.Read(ref Living[slot]);
        return handle == HandleOf(slot, Volatile.Read(ref Uses[slot])) ? engine : null;
    }

    /// <summary>Takes it out: from now on the handle is none.</summary>
    public static NativeEngine? Remove(nint handle)
    {
        lock (Changing)
        {
            var engine = Find(handle);
            if (engine is not null)
            {
                Living[(int)(handle & (Slots - 1))] = null;
            }

            return engine;
        }
    }

    // Never 0, which C knows as NULL.
    private static nint HandleOf(int slot, int use) => (nint)(((long)(uint)use * Slots) + slot);
}
