namespace EcgGate.Cli.Bench;

/// <summary>A load on ordinary threads of this process, from its creation to its disposal.</summary>
internal sealed class BenchLoad : IDisposable
{
    /// <summary>Small objects that stay alive, so that each full collection has something to walk: some 60 MB.</summary>
    private const int LiveObjects = 1_000_000;

    private const int DiskBlock = 1 << 20;
    private const int DiskBlocks = 64;

    private readonly List<Thread> _threads = [];
    private readonly string? _file;
    private volatile bool _stopped;
    private volatile float _sum;

    /// <summary>Starts the load.</summary>
    /// <exception cref="IOException">There is no room for the file of <see cref="BenchLoadKind.Disk"/>.</exception>
    public BenchLoad(BenchLoadKind kind)
    {
        switch (kind)
        {
            case BenchLoadKind.Cpu:
                StartEach(Environment.ProcessorCount, Compute);
                break;
            case BenchLoadKind.Gc:
                StartEach(2, Allocate);
                break;
            case BenchLoadKind.Disk:
                _file = Path.Combine(Path.GetTempPath(), $"ecggate-bench-{Environment.ProcessId}.tmp");
                using (File.Create(_file))
                {
                    // Only that it can be.
                }

                StartEach(1, WriteAndRead);
                break;
        }
    }

    /// <summary>The file that is written, for tests.</summary>
    internal string? FilePath => _file;

    public void Dispose()
    {
        _stopped = true;
        foreach (var thread in _threads)
        {
            thread.Join();
        }

        if (_file is not null)
        {
            File.Delete(_file);
        }
    }

    private void StartEach(int count, Action body)
    {
        for (var i = 0; i < count; i++)
        {
            var thread = new Thread(() => body()) { IsBackground = true, Name = "bench-load" };
            _threads.Add(thread);
            thread.Start();
        }
    }

    private void Compute()
    {
        var value = 1f;
        while (!_stopped)
        {
            for (var i = 0; i < 10_000; i++)
            {
                value = (value * 1.000001f) + 0.5f;
            }

            _sum = value;
        }
    }

    private void Allocate()
    {
        // Nodes that point to each other and change places: old objects to young ones, which is what costs most.
        var random = new Random(1);
        var live = new Node?[LiveObjects / 2];
        var i = 0;
        while (!_stopped)
        {
            var at = random.Next(live.Length);
            live[at] = new Node(live[random.Next(live.Length)]?.Payload is { Length: > 0 } payload ? payload : new byte[16 + (i & 63)], live[(at + 1) % live.Length]);
            _ = new byte[(i++ & 1023) == 0 ? 100_000 : 256];
            if ((i & 0xFFFF) == 0)
            {
                // Chains would grow without end.
                foreach (var node in live)
                {
                    node?.Next = null;
                }
            }
        }
    }

    private void WriteAndRead()
    {
        var block = new byte[DiskBlock];
        try
        {
            using var file = new FileStream(_file!, FileMode.Create, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            while (!_stopped)
            {
                file.Position = 0;
                for (var i = 0; i < DiskBlocks && !_stopped; i++)
                {
                    file.Write(block);
                    file.Flush(flushToDisk: true);
                }

                file.Position = 0;
                while (!_stopped && file.Read(block) > 0)
                {
                    // Only the traffic counts.
                }
            }
        }
        catch (IOException)
        {
            // A disk that is full is a load too, until somebody makes room.
            while (!_stopped)
            {
                Thread.Sleep(100);
            }
        }
    }

    private sealed class Node(byte[] payload, Node? next)
    {
        public byte[] Payload { get; } = payload;

        public Node? Next { get; set; } = next;
    }
}
