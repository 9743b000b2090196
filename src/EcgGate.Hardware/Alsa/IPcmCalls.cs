namespace EcgGate.Hardware.Alsa;

/// <summary>
/// The few calls of libasound that an opened capture device needs: the seam at which tests put a sound card of their own.
/// </summary>
/// <remarks>Each returns what libasound does, a negative errno for an error; none throws, waits (but for <see cref="Wait"/>) or allocates.</remarks>
internal interface IPcmCalls : IDisposable
{
    /// <summary>snd_pcm_start.</summary>
    int Start();

    /// <summary>snd_pcm_prepare: after an overrun.</summary>
    int Prepare();

    /// <summary>snd_pcm_wait: 1 once a period is there, 0 when the time is over.</summary>
    int Wait(int milliseconds);

    /// <summary>snd_pcm_htimestamp: how many frames there were, and when that was on CLOCK_MONOTONIC; 0 where the device does not say.</summary>
    int Status(out long frames, out long nanoseconds);

    /// <summary>snd_pcm_readi: how many frames were read.</summary>
    long Read(Span<byte> destination, long frames);

    /// <summary>snd_strerror.</summary>
    string Describe(int error);
}
