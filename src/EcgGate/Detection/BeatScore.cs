namespace EcgGate.Detection;

/// <summary>
/// A linear score over causal features, fixed at the start and adapted to the present signal by logistic regression
/// on the verifier's clear cases.
/// </summary>
internal sealed class BeatScore
{
    // Names and starting weights. The weights are a logistic regression over half of the MIT-BIH records at hand.
    internal static readonly float[] Prior =
    [
        1.52f, // constant
        1.59f, // ln(slope energy / that of the last beats)
        1.81f, // ln(height / that of the last beats)
        3.79f, // ln(slope energy / activity before)
        -0.06f, // high-frequency noise
        -1.49f, // ln(largest non-beats / beats)
        1.44f, // soon after the last beat
        1.83f, // the same times ln(energy / that of the last beat)
        0.31f, // early in the rhythm
        -0.12f, // late in the rhythm
        4.00f, // match to a shape of beats
        -2.09f, // match to a shape of non-beats
        1.54f, // age
        -1.62f,
        0.00f,
        0.00f,
    ];

    private readonly float[] _weights = new float[BeatFeatures.Count];

    public BeatScore() => Reset();

    public ReadOnlySpan<float> Weights => _weights;

    public void Reset() => Prior.CopyTo(_weights, 0);

    public float Score(in BeatFeatures features)
    {
        var sum = 0f;
        for (var i = 0; i < BeatFeatures.Count; i++)
        {
            sum += _weights[i] * features[i];
        }

        return sum;
    }
}
