namespace EcgGate.Hardware.Ads129x;

/// <summary>What a source has seen of its board since it was opened.</summary>
/// <param name="Frames">Frames read, bad ones included.</param>
/// <param name="LostFrames">Frames that were replaced before they were read, or never came.</param>
/// <param name="BadFrames">Frames without a valid status word.</param>
/// <param name="LateReads">Frames that had been ready before the reader came for them.</param>
/// <param name="StrayEdges">Data-ready edges that came too early to be true, and left the line high.</param>
public readonly record struct Ads129xStatistics(long Frames, long LostFrames, long BadFrames, long LateReads, long StrayEdges);
