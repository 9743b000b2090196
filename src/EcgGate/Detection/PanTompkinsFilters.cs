namespace EcgGate.Detection;

/// <summary>
/// The filters of Pan and Tompkins (1985) at any sampling rate: low-pass, high-pass, five-point derivative, square,
/// moving-window integral.
/// </summary>
/// <remarks>
/// <para>
/// The paper's integer coefficients are for 200 Hz alone; used at 360 Hz, as published code does, the pass band moves up
/// to 9-20 Hz and the window shrinks to 83 ms. Here each stage is defined by its times: two means of 30 ms; the signal
/// less its mean of 160 ms; differences over ±5 and ±10 ms; a mean of 150 ms. At 200 Hz these are the paper's own
/// filters, up to their gain, which is 1 here.
/// </para>
/// <para>O(1) per sample, no allocation. Not thread-safe.</para>
/// </remarks>
internal sealed class PanTompkinsFilters
{
    public const double LowPassSeconds = 0.030;
    public const double HighPassSeconds = 0.160;
    public const double DerivativeSeconds = 0.005;
    public const double IntegralSeconds = 0.150;

    private readonly WindowMean _lowFirst;
    private readonly WindowMean _lowSecond;
    private readonly WindowMean _baseline;
    private readonly WindowMean _integral;
    private readonly double[] _lowPassed;
    private readonly double[] _band;
    private readonly int _near;
    private readonly int _far;
    private readonly double _nearPart;
    private readonly double _farPart;
    private readonly double _slopeScale;
    private int _lowPassedAt;
    private int _bandAt;

    public PanTompkinsFilters(double samplingRateHertz)
    {
        _lowFirst = new WindowMean(LowPassSeconds * samplingRateHertz);
        _lowSecond = new WindowMean(LowPassSeconds * samplingRateHertz);
        _baseline = new WindowMean(HighPassSeconds * samplingRateHertz);
        _integral = new WindowMean(IntegralSeconds * samplingRateHertz);

        // The high-pass passes the signal as late as its mean is: z^-16 at 200 Hz, which much published code leaves out.
        var straight = (int)Math.Floor(_baseline.Delay + 0.5);
        _lowPassed = new double[straight];

        (_near, _nearPart) = Split(DerivativeSeconds * samplingRateHertz);
        (_far, _farPart) = Split(2 * DerivativeSeconds * samplingRateHertz);
        var reach = _far + (_farPart > 0 ? 1 : 0);
        _band = new double[(int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)((2 * reach) + 1))];
        _slopeScale = 1 / (8 * DerivativeSeconds);

        BandDelay = _lowFirst.Delay + _lowSecond.Delay + straight;
        SlopeLag = reach;
        IntegralLength = IntegralSeconds * samplingRateHertz;
    }

    /// <summary>Samples from the input to <see cref="Band"/>: 110 ms give or take a sample, 105 ms at 200 Hz.</summary>
    public double BandDelay { get; }

    /// <summary>Samples from <see cref="Band"/> to <see cref="Slope"/>: 10 ms, rounded up.</summary>
    public int SlopeLag { get; }

    /// <summary>Samples in the integral's window.</summary>
    public double IntegralLength { get; }

    /// <summary>The band-passed signal (5-11 Hz), mV.</summary>
    public double Band { get; private set; }

    /// <summary>Its derivative, mV/s.</summary>
    public double Slope { get; private set; }

    /// <summary>The mean of the squared derivative over the window, (mV/s)².</summary>
    public double Integral { get; private set; }

    public void Process(double value)
    {
        var low = _lowSecond.Process(_lowFirst.Process(value));
        var straight = _lowPassed[_lowPassedAt];
        _lowPassed[_lowPassedAt] = low;
        _lowPassedAt = _lowPassedAt + 1 == _lowPassed.Length ? 0 : _lowPassedAt + 1;
        Band = straight - _baseline.Process(low);

        var mask = _band.Length - 1;
        _bandAt = (_bandAt + 1) & mask;
        _band[_bandAt] = Band;
        var centre = _bandAt - SlopeLag;
        Slope = _slopeScale * ((2 * Difference(centre, _near, _nearPart)) + Difference(centre, _far, _farPart));
        Integral = Math.Max(0, _integral.Process(Slope * Slope));
    }

    /// <summary>Puts all stages into the state they would have after this input for ever.</summary>
    public void Settle(double value)
    {
        _lowFirst.Settle(value);
        _lowSecond.Settle(value);
        _baseline.Settle(value);
        _integral.Settle(0);
        Array.Fill(_lowPassed, value);
        Array.Clear(_band);
        _lowPassedAt = _bandAt = 0;
        Band = Slope = Integral = 0;
    }

    private static (int Whole, double Part) Split(double samples)
    {
        var whole = (int)Math.Floor(samples + 1e-9);
        var part = Math.Max(0, samples - whole);
        return (whole, part < 1e-6 ? 0 : part);
    }

    /// <summary>Value so much after the centre less value so much before it, between samples along straight lines.</summary>
    private double Difference(int centre, int whole, double part)
    {
        var mask = _band.Length - 1;
        var difference = _band[(centre + whole) & mask] - _band[(centre - whole) & mask];
        return part == 0
            ? difference
            : ((1 - part) * difference) + (part * (_band[(centre + whole + 1) & mask] - _band[(centre - whole - 1) & mask]));
    }
}
