using System.Buffers.Binary;
using EcgGate.Hardware.LineIn;
using EcgGate.NAudio;
using EcgGate.Signals;
using NAudio.Wave;

namespace EcgGate.Providers.Tests;

/// <summary>The provider on NAudio's own types; the sound card is a fake that does what a capture of NAudio's does.</summary>
public sealed class NAudioTests
{
    private static readonly TimeSpan Block = TimeSpan.FromMilliseconds(4);

    private readonly EcgSample[] _samples = new EcgSample[256];

    [Fact]
    public void Blocks_of_a_capture_become_samples_in_millivolts()
    {
        var capture = new FakeCapture(new WaveFormat(8000, 16, 1));
        using var source = NAudioLineIn.Open(capture, Block, new LineInOptions { FullScaleMillivolts = 5 });
        capture.IsRecording.Should().BeFalse("it begins with the first read");
        capture.Started = () => capture.Send(Enumerable.Repeat((short)16384, 224));

        var seen = 0;
        while (seen < 20)
        {
            var block = source.Read(_samples);
            block.Count.Should().BePositive();
            seen += block.Count;
        }

        source.Info.SamplingRateHertz.Should().Be(1000);
        source.Info.IsLive.Should().BeTrue();
        source.Info.FixedDelay.Should().BePositive();
        _samples[0].Lead0Millivolts.Should().BeApproximately(2.5f, 0.01f);
    }

    [Fact]
    public void A_capture_that_stops_by_itself_ends_the_source_with_its_reason()
    {
        var capture = new FakeCapture(new WaveFormat(8000, 16, 1));
        using var source = NAudioLineIn.Open(capture, Block, new LineInOptions { Name = "desk" });
        capture.Started = () => capture.Stop(new InvalidOperationException("The device was removed."));

        source.Invoking(s => s.Read(_samples)).Should().Throw<EcgSourceException>().WithMessage("desk: the capture failed: The device was removed. Check that*");
    }

    [Fact]
    public void A_source_that_is_disposed_stops_the_capture_and_takes_that_for_no_failure()
    {
        var capture = new FakeCapture(new WaveFormat(8000, 16, 2));
        var source = NAudioLineIn.Open(capture, Block, new LineInOptions());
        source.Dispose();

        capture.IsDisposed.Should().BeTrue();
        capture.Invoking(c => c.Stop(null)).Should().NotThrow();
    }

    [Fact]
    public void Blocks_that_are_too_long_to_gate_with_are_refused_with_the_arithmetic_and_the_capture_is_let_go()
    {
        var capture = new FakeCapture(new WaveFormat(8000, 16, 1));

        FluentActions.Invoking(() => NAudioLineIn.Open(capture, TimeSpan.FromMilliseconds(100), new LineInOptions())).Should().Throw<EcgSourceException>().WithMessage("*100*ms*");
        capture.IsDisposed.Should().BeTrue();
    }

    [Fact]
    public void A_format_that_is_none_of_the_known_ones_is_refused()
    {
        var capture = new FakeCapture(new WaveFormat(8000, 8, 1));

        FluentActions.Invoking(() => NAudioLineIn.Open(capture, Block, new LineInOptions { Name = "desk" })).Should().Throw<EcgSourceException>().WithMessage("desk: it records as *choose one of them*");
    }

    [Fact]
    public void A_file_that_NAudio_reads_is_a_record()
    {
        var bytes = new byte[4 * 500];
        for (var i = 0; i < 500; i++)
        {
            BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(4 * i), (short)(i * 10));
            BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan((4 * i) + 2), (short)(i == 499 ? short.MinValue : -i));
        }

        using var stream = new RawSourceWaveStream(new MemoryStream(bytes), new WaveFormat(500, 16, 2));
        using var record = NAudioRecord.Open(stream, "tape", fullScaleMillivolts: 32.768, channel: 0, lead1Channel: 1);
        var read = new List<EcgSample>();
        EcgBlock block;
        while ((block = record.Read(_samples)).Count > 0)
        {
            read.AddRange(_samples.AsSpan(0, block.Count));
        }

        record.Info.LengthSamples.Should().Be(500);
        read.Select(s => s.Index).Should().Equal(Enumerable.Range(0, 500).Select(i => (long)i));
        read[400].Lead0Millivolts.Should().BeApproximately(4, 1e-4f);
        read[400].Lead1Millivolts.Should().BeApproximately(-0.4f, 1e-4f);
        read[499].Status.Should().Be(SampleStatus.Lead1Saturated);
    }

    [Fact]
    public void A_file_at_the_rate_of_a_sound_card_is_brought_down()
    {
        using var stream = new RawSourceWaveStream(new MemoryStream(new byte[2 * 48_000]), new WaveFormat(48_000, 16, 1));
        using var record = NAudioRecord.Open(stream, "tape", 5);

        record.Info.SamplingRateHertz.Should().Be(1000);
        FluentActions.Invoking(() => NAudioRecord.Open(stream, "tape", 5, channel: 1)).Should().Throw<EcgSourceException>().WithMessage("tape: channel 1 * has channels 0 to 0.");
    }

    /// <summary>A capture as NAudio has them, without a sound card.</summary>
    private sealed class FakeCapture(WaveFormat format) : IWaveIn
    {
        public event EventHandler<WaveInEventArgs>? DataAvailable;

        public event EventHandler<StoppedEventArgs>? RecordingStopped;

        public WaveFormat WaveFormat { get; set; } = format;

        public bool IsRecording { get; private set; }

        public bool IsDisposed { get; private set; }

        public Action? Started { get; set; }

        public void StartRecording()
        {
            IsRecording = true;
            Started?.Invoke();
        }

        public void StopRecording() => IsRecording = false;

        /// <summary>Sends blocks of 32 frames, 4 ms at 8 kHz.</summary>
        public void Send(IEnumerable<short> samples)
        {
            foreach (var block in samples.Chunk(32))
            {
                var bytes = new byte[2 * block.Length];
                Buffer.BlockCopy(block, 0, bytes, 0, bytes.Length);
                DataAvailable?.Invoke(this, new WaveInEventArgs(bytes, bytes.Length));
            }
        }

        public void Stop(Exception? error) => RecordingStopped?.Invoke(this, new StoppedEventArgs(error!));

        public void Dispose() => IsDisposed = true;
    }
}
