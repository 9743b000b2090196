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
        -0.80f, // constant
        0.94f, // ln(slope energy / that of the last beats)
        2.35f, // ln(height / that of the last beats)
        1.50f, // ln(slope energy / activity before)
        -1.91f, // high-frequency noise
        -0.95f, // ln(largest non-beats / beats)
        -0.17f, // soon after the last beat
        0.12f, // the same times ln(energy / that of the last beat)
        2.85f, // early in the rhythm
        0.07f, // late in the rhythm
        4.50f, // match to a shape of beats
        -2.49f, // match to a shape of non-beats
        2.09f, // age
        -0.41f, // ln(slope energy / that of the last beats), squared with its sign
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
