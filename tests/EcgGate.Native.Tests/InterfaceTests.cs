using System.Runtime.InteropServices;
using System.Text;
using CsCheck;
using EcgGate.Isolated;
using EcgGate.Signals;
using EcgGate.Timing;

namespace EcgGate.Native.Tests;

/// <summary>What is wrong comes back as a status and a sentence; nothing throws and nothing ends the process.</summary>
[Collection(Library.Collection)]
public sealed unsafe class InterfaceTests : IDisposable
{
    private const int Bytes = 4096;

    private readonly void* _memory = NativeMemory.AlignedAlloc(Bytes, 64);

    public static TheoryData<string, string> BadOptions => new()
    {
        { "size", "options.size is 8" },
        { "memory", "event_memory is NULL" },
        { "misaligned", "not aligned to 8 bytes" },
        { "small", "event_memory_bytes is 200" },
        { "source", "source_uri is NULL" },
        { "kind", "known are push:, samples:, patient:SCENARIO, alsa:hw:1 and ads1292r:" },
        { "scenario", "There is no scenario 'sinus-57'" },
        { "board", "drdy, the GPIO line of the data-ready output, is missing" },
        { "line", "line_uri is 'gpio?'" },
        { "emulated line", "needs an emulated source" },
        { "callback", "needs options.line" },
        { "rate", "sampling_rate_hz is 12" },
        { "leads", "lead_count is 3" },
        { "clock", "clock is 7" },
        { "clock of a patient", "may go by another clock" },
        { "gate", "Target delay is 150 ms" },
        { "tick", "cutoff_ns is 70000001 ns" },
        { "priority", "pulse_priority is 100; it must lie between 0 and 99" },
        { "samples", "needs options.samples" },
        { "board rate", "board_rate_hz is 333" },
        { "board part", "board_part is 7" },
        { "margin", "initial_spin_margin_ns is 5000000000" },
    };

    [Theory]
    [MemberData(nameof(BadOptions))]
    public void Options_that_cannot_be_used_are_refused_with_a_sentence_that_names_them(string what, string sentence)
    {
        var core = Library.Require();
        var status = Create(core, what, out var engine);

        status.Should().BeOneOf(AbiStatus.BadArgument, AbiStatus.SourceFailed);
        core.TakeLastError().Should().Contain(sentence).And.NotContain("Parameter");
        engine.Should().Be(0);
    }

    [Fact]
    public void Good_options_are_taken_and_a_destroyed_engine_is_no_engine_any_more()
    {
        var core = Library.Require();
        Create(core, "nothing", out var engine).Should().Be(AbiStatus.Ok);
        core.Destroy(engine).Should().Be(AbiStatus.Ok);

        foreach (var handle in new[] { engine, 0, -1, 63, engine + 1 })
        {
            var gateEvent = new AbiEvent { Size = (uint)sizeof(AbiEvent) };
            var sample = new AbiSample { Size = (uint)sizeof(AbiSample) };
            nuint length = 0;
            AbiStatus[] answers =
            [
                core.Start(handle), core.Arm(handle), core.Disarm(handle), core.Stop(handle), core.Wait(handle, 0), core.Push(handle, &sample, 1, 0),
                core.NextEvent(handle, &gateEvent), core.GetStatistics(handle, null), core.GetInfo(handle, null), core.GetText(handle, AbiText.Failure, null, 0, &length),
                core.GetHistogram(handle, AbiHistogram.Lateness, null, 0, &length), core.GetPulses(handle, null, 0, &length), core.Destroy(handle),
            ];
            answers.Should().AllBeEquivalentTo(AbiStatus.BadHandle);
            core.TakeLastError().Should().Contain("destroyed");
        }
    }

    [Fact]
    public void A_caller_with_another_header_is_refused()
    {
        var core = Library.Require();
        var options = new AbiOptions { Size = (uint)sizeof(AbiOptions) };
        nint engine = 1;

        core.Create(Abi.Version + 1, &options, &engine).Should().Be(AbiStatus.AbiMismatch);
        core.TakeLastError().Should().Contain("built for interface 2, this library has 1");
        engine.Should().Be(0);
    }

    [Fact]
    public void A_later_options_struct_is_taken_where_what_it_adds_is_not_set_and_refused_where_it_is()
    {
        var core = Library.Require();
        var room = stackalloc byte[sizeof(AbiOptions) + 16];
        var options = (AbiOptions*)room;
        fixed (byte* uri = "push:\0"u8)
        {
            *options = Good(uri);
            options->Size = (uint)sizeof(AbiOptions) + 16;
            nint engine = 0;
            core.Create(Abi.Version, options, &engine).Should().Be(AbiStatus.Ok, core.TakeLastError());
            core.Destroy(engine).Should().Be(AbiStatus.Ok);
            room[sizeof(AbiOptions) + 9] = 1;
            core.Create(Abi.Version, options, &engine).Should().Be(AbiStatus.BadArgument);
            core.TakeLastError().Should().Contain($"a field at byte {sizeof(AbiOptions) + 9}");
        }
    }

    [Fact]
    public void An_earlier_options_struct_is_taken_as_if_what_it_lacks_were_not_set()
    {
        var core = Library.Require();
        fixed (byte* uri = "push:\0"u8)
        {
            var options = Good(uri);
            options.Size = (uint)((byte*)&options.NeedsPermits - (byte*)&options);
            options.NeedsPermits = 1;
            options.InputMemoryBytes = 1;
            nint engine = 0;
            core.Create(Abi.Version, &options, &engine).Should().Be(AbiStatus.Ok, core.TakeLastError());
            nuint count = 7;
            core.NextInputs(engine, null, 0, &count).Should().Be(AbiStatus.BadState);
            core.TakeLastError().Should().Contain("options.input_memory was NULL");
            core.Destroy(engine).Should().Be(AbiStatus.Ok);
        }
    }

    [Fact]
    public void A_struct_gets_as_much_as_its_size_has_room_for()
    {
        var core = Library.Require();
        Create(core, "nothing", out var engine).Should().Be(AbiStatus.Ok);
        var info = new AbiInfo { Size = 16, FixedDelayNs = 77, SamplingRateHz = 0 };
        core.GetInfo(engine, &info).Should().Be(AbiStatus.Ok);
        (info.Size, info.SamplingRateHz, info.FixedDelayNs).Should().Be((16u, 500, 77L));

        info.Size = 0;
        core.GetInfo(engine, &info).Should().Be(AbiStatus.BadArgument);
        core.Destroy(engine).Should().Be(AbiStatus.Ok);
    }

    [Fact]
    public void Samples_are_refused_before_the_start_and_after_the_stop_and_text_is_cut_to_its_room()
    {
        var core = Library.Require();
        Create(core, "nothing", out var engine).Should().Be(AbiStatus.Ok);
        var sample = new AbiSample { Size = (uint)sizeof(AbiSample) };
        core.Push(engine, &sample, 1, 0).Should().Be(AbiStatus.BadState);
        core.Start(engine).Should().Be(AbiStatus.Ok);
        core.Start(engine).Should().Be(AbiStatus.BadState);
        core.Push(engine, &sample, 1, 0).Should().Be(AbiStatus.Ok);
        core.Push(engine, null, 1, 0).Should().Be(AbiStatus.BadArgument);
        sample.Size = 4;
        core.Push(engine, &sample, 1, 0).Should().Be(AbiStatus.BadArgument);
        core.Stop(engine).Should().Be(AbiStatus.Ok);
        core.Stop(engine).Should().Be(AbiStatus.Ok);
        core.Wait(engine, -1).Should().Be(AbiStatus.Ok);
        core.Arm(engine).Should().Be(AbiStatus.BadState);

        var buffer = stackalloc byte[4];
        nuint length = 0;
        core.GetText(engine, AbiText.SourceName, buffer, 4, &length).Should().Be(AbiStatus.Ok);
        length.Should().Be(5);
        Marshal.PtrToStringUTF8((nint)buffer).Should().Be("pus");
        core.Destroy(engine).Should().Be(AbiStatus.Ok);
    }

    [Fact]
    public void Events_that_find_the_callers_memory_full_are_dropped_and_counted()
    {
        var core = Library.Require();
        using var host = new NativeHost(core, AbiClock.Samples, 500, 1, capacity: 2);
        for (var i = 0; i < 5_000; i++)
        {
            var sample = new EcgSample(i, i % 400 < 5 ? 1 : 0);
            host.Push(in sample);
        }

        host.Stop();
        host.Events.Should().HaveCount(2);
        host.Statistics.DroppedEvents.Should().BePositive();
    }

    [Fact]
    public void Options_come_through_the_C_struct_unchanged()
    {
        var span = Gen.Long[0, 864_000_000_000].Select(ticks => new TimeSpan(ticks));
        var part = Gen.Double[0.01, 300];
        Gen.Select(Gen.Select(span, span, span, span, span), Gen.Select(span, span, span, span), Gen.Select(part, part, part, part, part, Gen.Int[4, 60], Gen.Bool)).Sample((a, b, c) =>
        {
            var gate = new GateOptions
            {
                TargetDelay = a.Item1,
                Cutoff = a.Item2,
                EdgeTolerance = a.Item3,
                OrderLead = a.Item4,
                PulseWidth = a.Item5,
                MinimumInterval = b.Item1,
                AsystoleAfter = b.Item2,
                Blanking = b.Item3,
                ArmedFor = b.Item4,
                MinimumRatePerMinute = c.Item1,
                MaximumRatePerMinute = c.Item2,
                PrematureFraction = c.Item3,
                PauseFraction = c.Item4,
                ShapeTolerance = c.Item5,
                LearningBeats = c.Item6,
                NeedsPermits = c.Item7,
            };

            AbiConversion.ToGateOptions(AbiConversion.ToAbi(gate, new GateEngineOptions())).Should().Be(gate);
        });
    }

    [Fact]
    public void Thread_options_come_through_the_C_struct_unchanged()
    {
        var realtime = Gen.Select(Gen.Int[0, 99], Gen.Int[-1, 1023], Gen.Bool, Gen.Bool).Select((priority, processor, locked, awake) => new RealtimeOptions
        {
            Priority = priority,
            Processor = processor < 0 ? null : processor,
            LockMemory = locked,
            HoldProcessorAwake = awake,
        });
        Gen.Select(realtime, realtime, Gen.Int[2, 65_536], Gen.Long[0, 50_000].Select(ticks => new TimeSpan(ticks))).Sample((core, pulse, capacity, margin) =>
        {
            var engine = new GateEngineOptions
            {
                Runtime = GateRuntime.InProcess,
                CoreThread = core,
                Timer = new PulseTimerOptions { Realtime = pulse, ReportCapacity = capacity, InitialSpinMargin = margin, MinimumSpinMargin = margin / 2, MaximumSpinMargin = margin * 2 },
            };

            AbiConversion.ToEngineOptions(AbiConversion.ToAbi(new GateOptions(), engine)).Should().Be(engine);
        });
    }

    /// <summary>
    /// Who adds an option here adds it to ecggate_options, to AbiConversion and to the two tests above. One of the timer's
    /// stays behind: traces of single pulses do not leave the library.
    /// </summary>
    [Theory]
    [InlineData(typeof(GateOptions), 16)]
    [InlineData(typeof(PulseTimerOptions), 6)]
    [InlineData(typeof(RealtimeOptions), 4)]
    public void No_option_is_left_behind_on_the_way_into_the_library(Type options, int carried) =>
        options.GetProperties(System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.Instance).Should().HaveCount(carried);

    public void Dispose() => NativeMemory.AlignedFree(_memory);

    private AbiOptions Good(byte* uri)
    {
        var options = AbiConversion.ToAbi(new GateOptions(), new GateEngineOptions { CoreThread = RealtimeOptions.Ordinary, Timer = new PulseTimerOptions { Realtime = RealtimeOptions.Ordinary } });
        options.SourceUri = uri;
        options.SamplingRateHz = 500;
        options.BoardRateHz = 500;
        options.EventMemory = _memory;
        options.EventMemoryBytes = Bytes;
        return options;
    }

    private AbiStatus Create(NativeCore core, string what, out nint engine)
    {
        var source = what switch
        {
            "kind" => "camera:",
            "scenario" => "patient:sinus-57",
            "board" => "ads1292r:/dev/spidev0.0",
            "clock of a patient" or "board rate" or "board part" => "patient:sinus-75",
            "samples" => "samples:",
            _ => "push:",
        };
        var line = what switch
        {
            "line" => "gpio?",
            "emulated line" => "emulated:",
            "callback" => "callback:",
            _ => "null:",
        };
        nint made = 1;
        fixed (byte* sourceText = Encoding.UTF8.GetBytes(source + '\0'), lineText = Encoding.UTF8.GetBytes(line + '\0'))
        {
            var options = Good(sourceText);
            options.LineUri = lineText;
            switch (what)
            {
                case "size": options.Size = 8; break;
                case "memory": options.EventMemory = null; break;
                case "misaligned": options.EventMemory = (byte*)_memory + 4; break;
                case "small": options.EventMemoryBytes = 200; break;
                case "source": options.SourceUri = null; break;
                case "rate": options.SamplingRateHz = 12; break;
                case "leads": options.LeadCount = 3; break;
                case "clock": options.Clock = 7; break;
                case "clock of a patient": options.Clock = (int)AbiClock.Samples; break;
                case "gate": options.TargetDelayNs = 150_000_000; break;
                case "tick": options.CutoffNs = 70_000_001; break;
                case "priority": options.PulsePriority = 100; break;
                case "board rate": options.BoardRateHz = 333; break;
                case "board part": options.BoardPart = 7; break;
                case "margin": options.InitialSpinMarginNs = 5_000_000_000; break;
            }

            var status = core.Create(Abi.Version, &options, &made);
            engine = made;
            return status;
        }
    }
}
