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
        1.08f, // constant
        1.84f, // ln(slope energy / that of the last beats)
        2.53f, // ln(height / that of the last beats)
        2.22f, // ln(slope energy / activity before)
        -2.31f, // high-frequency noise
        -1.37f, // ln(largest non-beats / beats)
        1.53f, // soon after the last beat
        0.56f, // the same times ln(energy / that of the last beat)
        4.37f, // early in the rhythm
        -0.23f, // late in the rhythm
        4.51f, // match to a shape of beats
        -2.82f, // match to a shape of non-beats
        1.89f, // age
        -1.27f,
        0.00f,
        0.00f,
    ];

    // Some 20 clear cases move the weights, some 500 bring them back. From 0.03 to 0.3 the result hardly changes.
    private const float LearningRate = 0.05f;
    private const float Return = 0.002f;

    private readonly float[] _weights = new float[BeatFeatures.Count];

    public BeatScore() => Reset();

    public ReadOnlySpan<float> Weights => _weights;

    public void Reset() => Prior.CopyTo(_weights, 0);

    /// <summary>
    /// One step of logistic regression towards a label that is beyond doubt, and a small step back to the start.
    /// </summary>
    public void Learn(in BeatFeatures features, bool isBeat)
    {
        var error = (isBeat ? 1 : 0) - (1 / (1 + MathF.Exp(-Score(in features))));
        for (var i = 0; i < BeatFeatures.Count; i++)
        {
            _weights[i] += (LearningRate * error * features[i]) + (Return * (Prior[i] - _weights[i]));
        }
    }

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
