namespace EcgGate.Cli.Bench;

/// <summary>What else the machine has to do while edges are measured.</summary>
internal enum BenchLoadKind
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A thread for each processor that only computes.</summary>
    Cpu,

    /// <summary>This process allocates hard, as a careless host does: collections one after the other.</summary>
    Gc,

    /// <summary>A file is written, flushed and read again without end.</summary>
    Disk,
}
