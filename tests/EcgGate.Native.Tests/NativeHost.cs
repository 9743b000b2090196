using System.Runtime.InteropServices;
using System.Text;
using EcgGate.Isolated;
using EcgGate.Signals;

namespace EcgGate.Native.Tests;

/// <summary>A host that pushes samples, as one in C would.</summary>
internal sealed unsafe class NativeHost : IDisposable
{
    private readonly NativeCore _core;
    private readonly void* _memory;
    private readonly nint _engine;

    public NativeHost(NativeCore core, AbiClock clock, double rate, int leads, GateOptions? options = null, TimeSpan fixedDelay = default, int capacity = 4096)
    {
        _core = core;
        var bytes = MemoryRing<AbiEvent>.BytesFor(capacity);
        _memory = NativeMemory.AlignedAlloc((nuint)bytes, 64);
        var given = AbiConversion.ToAbi(options ?? new GateOptions(), new GateEngineOptions());
        given.Clock = (int)clock;
        given.SamplingRateHz = rate;
        given.LeadCount = leads;
        given.FixedDelayNs = AbiConversion.ToNanoseconds(fixedDelay);
        given.EventMemory = _memory;
        given.EventMemoryBytes = bytes;
        nint engine = 0;
        fixed (byte* uri = Encoding.UTF8.GetBytes(Abi.PushUri + '\0'))
        {
            given.SourceUri = uri;
            Check(core.Create(Abi.Version, &given, &engine));
        }

        _engine = engine;
        Check(core.Start(engine));
        Check(core.Arm(engine));
    }

    public List<GateEvent> Events { get; } = [];

    public nint Engine => _engine;

    public AbiStatistics Statistics
    {
        get
        {
            var figures = new AbiStatistics { Size = (uint)sizeof(AbiStatistics) };
            Check(_core.GetStatistics(_engine, &figures));
            return figures;
        }
    }

    public void Push(in EcgSample sample, long time = 0)
    {
        var one = AbiConversion.ToAbi(in sample);
        Check(_core.Push(_engine, &one, 1, time));
    }

    public void Drain()
    {
        var one = new AbiEvent { Size = (uint)sizeof(AbiEvent) };
        while (_core.NextEvent(_engine, &one) == AbiStatus.Ok)
        {
            Events.Add(AbiConversion.FromAbi(in one));
        }
    }

    public void Stop()
    {
        Check(_core.Stop(_engine));
        Drain();
    }

    public void Dispose()
    {
        Check(_core.Destroy(_engine));
        NativeMemory.AlignedFree(_memory);
    }

    // The text is only asked for where there is one to tell: copying it allocates.
    private void Check(AbiStatus status) => status.Should().Be(AbiStatus.Ok, status == AbiStatus.Ok ? string.Empty : _core.TakeLastError());
}
