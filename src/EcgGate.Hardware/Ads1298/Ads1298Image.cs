using System.Numerics;
using EcgGate.Hardware.Ads129x;

namespace EcgGate.Hardware.Ads1298;

/// <summary>The register image for a set of options, and what each lead hangs on. Immutable.</summary>
internal sealed class Ads1298Image
{
    public const int RegisterCount = 26;
    public const int ChannelCount = 8;

    private readonly Ads1298Options _options;
    private readonly int _limbNegative;
    private readonly int _limbPositive;

    public Ads1298Image(Ads1298Options options)
    {
        _options = options;
        Leads = [.. options.Leads.Select(name => Ads1298Lead.TryCreate(name, options.LeadMap, out var lead, out var problem) ? lead : throw new ArgumentException(problem, nameof(options)))];

        var first = options.LeadMap.ChannelOf("I");
        var second = options.LeadMap.ChannelOf("II");
        UsesWilson = Leads.Any(lead => lead.IsAgainstWilson);
        foreach (var lead in Leads)
        {
            Channels |= BitOf(lead.ChannelA) | BitOf(lead.ChannelB);
        }

        if (UsesWilson)
        {
            // Their inputs carry the limb electrodes, whose state can only be told while the channels are on.
            Channels |= BitOf(first!.Value) | BitOf(second!.Value);
        }

        var raw = Leads.Where(lead => lead.IsRaw).Aggregate(0, (bits, lead) => bits | BitOf(lead.ChannelA));
        var limb = ((first is { } i ? BitOf(i) : 0) | (second is { } ii ? BitOf(ii) : 0)) & Channels;
        _limbPositive = limb;

        // The right arm is the negative input of both: one of them is enough to watch and to drive from.
        _limbNegative = limb == 0 ? 0 : 1 << BitOperations.TrailingZeroCount(limb);
        WatchedPositive = Channels;
        WatchedNegative = _limbNegative | raw;
    }

    public IReadOnlyList<Ads1298Lead> Leads { get; }

    /// <summary>Channels that are on, bit 0 for channel 1.</summary>
    public int Channels { get; }

    public bool UsesWilson { get; }

    /// <summary>Positive inputs whose electrodes are watched.</summary>
    public int WatchedPositive { get; }

    /// <summary>Negative inputs whose electrodes are watched.</summary>
    public int WatchedNegative { get; }

    /// <summary>Electrodes of a lead: positive inputs in bits 8 to 15, negative ones in bits 0 to 7.</summary>
    public int ElectrodesOf(Ads1298Lead lead)
    {
        if (_options.LeadOff == Ads1298LeadOff.Off || _options.Input != Ads129xInput.Electrodes)
        {
            return 0;
        }

        var positive = BitOf(lead.ChannelA) | BitOf(lead.ChannelB);
        var negative = lead.IsRaw ? BitOf(lead.ChannelA) : _limbNegative;
        if (lead.IsAgainstWilson)
        {
            positive |= _limbPositive;
        }

        return ((positive & WatchedPositive) << 8) | (negative & WatchedNegative);
    }

    /// <summary>What is written: CONFIG1 to LOFF_FLIP, and PACE to WCT2.</summary>
    public Ads129xRegisterBlock[] Blocks()
    {
        var (wilson1, wilson2) = Wilson();
        var leadOff = _options.LeadOff != Ads1298LeadOff.Off;
        var first = new List<byte>
        {
            new Ads1298Config1(DataRate(_options.Rate)).Value,
            new Ads1298Config2(InternalTest: _options.Input == Ads129xInput.TestSignal).Value,
            new Ads1298Config3(RightLegPower: _options.RightLegDrive).Value,
            new Ads1298LeadOffControl(_options.LeadOff, _options.LeadOffCurrent, _options.LeadOffThreshold).Value,
        };
        for (var channel = 1; channel <= ChannelCount; channel++)
        {
            first.Add(Channel(channel).Value);
        }

        // From the limb electrodes where they are in use, else from those of the channels as they are.
        var drivenPositive = _limbPositive == 0 ? WatchedPositive : _limbPositive;
        var drivenNegative = _limbPositive == 0 ? WatchedNegative : _limbNegative;
        first.Add((byte)(_options.RightLegDrive ? drivenPositive : 0));
        first.Add((byte)(_options.RightLegDrive ? drivenNegative : 0));
        first.Add((byte)(leadOff ? WatchedPositive : 0));
        first.Add((byte)(leadOff ? WatchedNegative : 0));
        first.Add(0); // LOFF_FLIP

        byte[] second =
        [
            new Ads1298Pace(BufferPower: false).Value,
            default(Ads1298Respiration).Value,
            new Ads1298Config4(LeadOffComparators: leadOff).Value,
            wilson1.Value,
            wilson2.Value,
        ];
        var compared = new byte[first.Count];
        Array.Fill(compared, (byte)0xFF);
        compared[1] = Ads1298Config2.Known;
        compared[2] = Ads1298Config3.Known;
        return
        [
            new Ads129xRegisterBlock((int)Ads1298Register.Config1, [.. first], compared),
            new Ads129xRegisterBlock((int)Ads1298Register.Pace, second, [0xFF, Ads1298Respiration.Known, 0xFF, 0xFF, 0xFF]),
        ];
    }

    private static int BitOf(int channel) => 1 << (channel - 1);

    private static int DataRate(Ads1298Rate rate) => BitOperations.Log2((uint)((int)Ads1298Rate.Sps32000 / (int)rate));

    private Ads1298Channel Channel(int channel) => (Channels & BitOf(channel)) == 0
        ? Ads1298Channel.Unused
        : new Ads1298Channel(Ads129xGain.BitsOf((int)_options.Gain), _options.Input switch
        {
            Ads129xInput.TestSignal => Ads1298Multiplexer.TestSignal,
            Ads129xInput.Shorted => Ads1298Multiplexer.Shorted,
            _ => Ads1298Multiplexer.Electrodes,
        });

    private (Ads1298Wilson1 First, Ads1298Wilson2 Second) Wilson()
    {
        if (!UsesWilson)
        {
            return default;
        }

        // Right arm, left arm, left leg.
        var first = _options.LeadMap.ChannelOf("I")!.Value;
        var second = _options.LeadMap.ChannelOf("II")!.Value;
        return (
            new Ads1298Wilson1(true, new Ads1298WilsonInput(first, Negative: true)),
            new Ads1298Wilson2(true, new Ads1298WilsonInput(first, Negative: false), new Ads1298WilsonInput(second, Negative: false)));
    }
}
