using System.Globalization;

namespace EcgGate.Emulator.Patient;

/// <summary>The scenarios by name, and their options as they stand in <c>patient:SCENARIO?option=value&amp;...</c>.</summary>
public static class ScenarioCatalog
{
    /// <summary>What such a source begins with.</summary>
    public const string Prefix = "patient:";

    private static readonly PatientScenario[] Known =
    [
        Make("sinus-60", "Sinus rhythm at 60 a minute", 60, Rhythms.Sinus),
        Make("sinus-75", "Sinus rhythm at 75 a minute", 75, Rhythms.Sinus),
        Make("sinus-100", "Sinus rhythm at 100 a minute", 100, Rhythms.Sinus),
        Make("sinus-rsa", "Sinus rhythm at 66 a minute that follows the breath (respiratory sinus arrhythmia)", 66, Rhythms.Sinus, respiratoryDepth: 0.12),
        Make("brady-35", "Sinus bradycardia at 35 a minute", 35, c => Rhythms.Regular(c, TruthRhythm.SinusBradycardia, TruthBeatClass.Normal, Morphology.Normal)),
        Make("tachy-150", "Tachycardia at 150 a minute", 150, c => Rhythms.Regular(c, TruthRhythm.Tachycardia, TruthBeatClass.Normal, Morphology.Normal), respiratoryDepth: 0.004),
        Make("atrial-fibrillation", "Atrial fibrillation: irregular, f waves in place of P", 80, Rhythms.AtrialFibrillation, atrialWaves: true),
        Make("sinus-pvc", "Sinus rhythm at 62 a minute with isolated PVCs and compensatory pauses", 62, Rhythms.IsolatedPvcs),
        Make("pvc-bigeminy", "Every other beat a PVC, from the first", 72, Rhythms.Bigeminy),
        Make("pvc-trigeminy", "Every third beat a PVC, from the first", 72, Rhythms.Trigeminy),
        Make("pvc-couplets", "Sinus rhythm with pairs of PVCs", 72, Rhythms.Couplets),
        Make("r-on-t", "Sinus rhythm with PVCs that begin at the top of the T wave", 66, Rhythms.ROnT),
        Make("vt-run", "Sinus rhythm with runs of ventricular tachycardia at 180 a minute", 76, Rhythms.VentricularRuns),
        Make("vf", "Sinus rhythm that falls into ventricular fibrillation after 20 s, and returns after a shock", 84, Rhythms.VentricularFibrillation),
        Make("asystole", "Sinus rhythm that stops for some 8 s after 20 s, an escape beat, and back", 68, Rhythms.Asystole),
        Make("av-block", "Second degree AV block (Mobitz II): P waves without QRS", 75, Rhythms.AtrioventricularBlock),
        Make("bundle-branch-block", "Left bundle branch block: wide, notched QRS on every beat", 70, c => Rhythms.Regular(c, TruthRhythm.Sinus, TruthBeatClass.LeftBundleBranchBlock, Morphology.LeftBundleBranchBlock)),
        Make("right-bundle-branch-block", "Right bundle branch block: broad S in II, rsR' in V1", 70, c => Rhythms.Regular(c, TruthRhythm.Sinus, TruthBeatClass.RightBundleBranchBlock, Morphology.RightBundleBranchBlock)),
        Make("paced", "Ventricular pacing at 70 a minute with spikes", 70, Rhythms.Paced),
        Make("tall-t", "Tall T waves as in IEC 60601-2-27: T 1.2 mV beside a QRS of 1 mV", 80, c => Rhythms.Regular(c, TruthRhythm.Sinus, TruthBeatClass.Normal, Morphology.TallT)),
        Make("low-amplitude", "Sinus rhythm at 72 a minute, R 0.5 mV", 72, Rhythms.Sinus, gain: 0.5),
        Make("high-amplitude", "Sinus rhythm at 72 a minute, R 5 mV", 72, Rhythms.Sinus, gain: 5),
        Make("supraventricular-premature", "Sinus rhythm with premature atrial beats", 68, Rhythms.AtrialPrematures),
        Make("pvc-fusion", "Sinus rhythm with fusion beats", 66, Rhythms.Fusions),
    ];

    private static readonly string[] OptionNames = ["rate", "seed", "duration", "gain", "invert", "noise", "wander", "motion", "mains", "dc", "step", "leadoff", "saturation", "spike", "artefact"];

    /// <summary>All scenarios, with their default options.</summary>
    public static IReadOnlyList<PatientScenario> All => Known;

    /// <summary>The scenario of this name.</summary>
    /// <param name="name">A name as in <see cref="All"/>.</param>
    /// <exception cref="ArgumentException">There is none of this name; the message lists those that there are.</exception>
    public static PatientScenario Get(string name) =>
        TryParse(name, out var scenario, out var problem) ? scenario : throw new ArgumentException(problem, nameof(name));

    /// <summary>
    /// Reads a scenario with options: <c>patient:sinus-pvc?noise=muscle:0.1&amp;mains=50:0.2&amp;seed=7</c>. The
    /// prefix may be left out.
    /// </summary>
    /// <remarks>
    /// <para>Values are plain numbers with a point. Those of disturbances may end in <c>@START-END</c> or <c>@START-</c>
    /// (seconds). An option that is a disturbance may stand more than once.</para>
    /// <list type="bullet">
    /// <item><c>rate</c> 20 to 220 /min; <c>seed</c> 0 and up; <c>duration</c> 1 to 864,000 s; <c>gain</c> 0.01 to 20;
    /// <c>invert</c> 0, 1 or both.</item>
    /// <item><c>noise=muscle:RMS</c> (also <c>wander:</c>, <c>motion:</c>); <c>wander=MV</c>; <c>motion=MV</c>;
    /// <c>mains=HZ:MV</c>; <c>dc=MV</c>; <c>step=FACTOR@...</c>.</item>
    /// <item><c>leadoff=0@20-25</c> (0, 1 or both); <c>saturation=MV@20-21</c>.</item>
    /// <item><c>spike=MV:MS</c> pacing spikes, up to ±700 mV and 0.1 to 2 ms; <c>artefact=FACTOR</c> of delivered
    /// pulses, 0 for none.</item>
    /// </list>
    /// </remarks>
    /// <param name="text">What to read.</param>
    /// <param name="scenario">The scenario, or null.</param>
    /// <param name="problem">One sentence that says what is wrong and what would be right; empty where nothing is.</param>
    public static bool TryParse(string text, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out PatientScenario? scenario, out string problem)
    {
        ArgumentNullException.ThrowIfNull(text);
        scenario = null;
        var rest = text.StartsWith(Prefix, StringComparison.Ordinal) ? text[Prefix.Length..] : text;
        var question = rest.IndexOf('?', StringComparison.Ordinal);
        var name = question < 0 ? rest : rest[..question];
        var found = Array.Find(Known, s => s.Name == name);
        if (found is null)
        {
            problem = $"There is no scenario '{name}'{Suggest(name, Known.Select(s => s.Name))}. The scenarios are: {string.Join(", ", Known.Select(s => s.Name))}.";
            return false;
        }

        problem = "";
        if (question >= 0)
        {
            var seen = new HashSet<string>(StringComparer.Ordinal);
            foreach (var option in rest[(question + 1)..].Split('&'))
            {
                var equals = option.IndexOf('=', StringComparison.Ordinal);
                var key = equals < 0 ? option : option[..equals];
                if (!OptionNames.Contains(key, StringComparer.Ordinal))
                {
                    problem = $"The virtual patient has no option '{key}'{Suggest(key, OptionNames)}. The options are: {string.Join(", ", OptionNames)}.";
                    return false;
                }

                if (equals < 0)
                {
                    problem = $"Option '{key}' of the virtual patient needs a value, as in '{key}={Example(key)}'.";
                    return false;
                }

                var isDisturbance = key is "noise" or "wander" or "motion" or "mains" or "dc" or "step" or "leadoff" or "saturation";
                if (!seen.Add(key) && !isDisturbance)
                {
                    problem = $"Option '{key}' of the virtual patient is given twice; give it once.";
                    return false;
                }

                var value = option[(equals + 1)..];
                var changed = isDisturbance ? WithDisturbance(found, key, value) : WithOption(found, key, value);
                if (changed is null)
                {
                    problem = $"Option '{key}={value}' of the virtual patient is not {Expected(key)}, as in '{key}={Example(key)}'.";
                    return false;
                }

                found = changed;
            }
        }

        scenario = found;
        return true;
    }

    private static PatientScenario Make(string name, string description, double rate, Func<RhythmContext, IEnumerable<RhythmStep>> script, double respiratoryDepth = 0.012, bool atrialWaves = false, double gain = 1) =>
        new(name, description, new HeartPlan { Script = script, RespiratoryDepth = respiratoryDepth, AtrialWaves = atrialWaves, Gain = gain }, rate);

    private static PatientScenario? WithOption(PatientScenario scenario, string key, string value)
    {
        switch (key)
        {
            case "seed":
                return ulong.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seed) ? scenario with { Seed = seed } : null;
            case "rate":
                return Number(value, 20, 220) is { } rate ? scenario with { RatePerMinute = rate } : null;
            case "duration":
                return Number(value, 1, 864_000) is { } duration ? scenario with { DurationSeconds = duration } : null;
            case "gain":
                return Number(value, 0.01, 20) is { } gain ? scenario with { AmplitudeFactor = gain } : null;
            case "artefact":
                return Number(value, 0, 100) is { } factor ? scenario with { Artefact = PulseArtefact.Scaled(factor) } : null;
            case "invert":
                return value is "0" or "1" or "both" ? scenario with { InvertLead0 = value is "0" or "both", InvertLead1 = value is "1" or "both" } : null;
            default:
                return Pair(value) is { } spike && Math.Abs(spike.First) is >= 0 and <= 700 && spike.Second is >= 0.1 and <= 2
                    ? scenario with { SpikeMillivolts = spike.First, SpikeSeconds = spike.Second / 1000 }
                    : null;
        }
    }

    private static PatientScenario? WithDisturbance(PatientScenario scenario, string key, string value)
    {
        var start = 0.0;
        var end = double.PositiveInfinity;
        var at = value.IndexOf('@', StringComparison.Ordinal);
        if (at >= 0)
        {
            var interval = value[(at + 1)..].Split('-');
            value = value[..at];
            if (interval.Length != 2 || Number(interval[0], 0, 864_000) is not { } from)
            {
                return null;
            }

            start = from;
            if (interval[1].Length > 0)
            {
                if (Number(interval[1], 0, 864_000) is not { } to || to <= from)
                {
                    return null;
                }

                end = to;
            }
        }

        if (key == "noise")
        {
            var colon = value.IndexOf(':', StringComparison.Ordinal);
            key = colon < 0 ? "" : value[..colon];
            value = value[(colon + 1)..];
        }

        Disturbance? disturbance = key switch
        {
            "muscle" => Number(value, 0, 10) is { } rms ? new MuscleNoise(rms) : null,
            "wander" => Number(value, 0, 100) is { } wander ? new BaselineWander(wander) : null,
            "motion" => Number(value, 0, 100) is { } motion ? new ElectrodeMotion(motion) : null,
            "mains" => Pair(value) is { First: >= 40 and <= 70, Second: >= 0 and <= 100 } mains ? new MainsHum(mains.First, mains.Second) : null,
            "dc" => Number(value, -1000, 1000) is { } dc ? new DcOffset(dc) : null,
            "step" => Number(value, -20, 20) is { } factor ? new AmplitudeStep(factor) : null,
            "saturation" => Number(value, -1000, 1000) is { } rail ? new Saturation(rail) : null,
            "leadoff" => value switch
            {
                "0" => new LeadOff(0),
                "1" => new LeadOff(1),
                "both" => new LeadOff(null),
                _ => null,
            },
            _ => null,
        };
        return disturbance is null
            ? null
            : scenario with { Disturbances = [.. scenario.Disturbances, disturbance with { StartSeconds = start, EndSeconds = end }] };
    }

    private static double? Number(string text, double least, double most) =>
        double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most
            ? value
            : null;

    private static (double First, double Second)? Pair(string text)
    {
        var parts = text.Split(':');
        return parts.Length == 2 && Number(parts[0], -1e6, 1e6) is { } first && Number(parts[1], -1e6, 1e6) is { } second ? (first, second) : null;
    }

    private static string Expected(string key) => key switch
    {
        "rate" => "a number of beats per minute from 20 to 220",
        "seed" => "a whole number from 0 up",
        "duration" => "a number of seconds from 1 to 864000",
        "gain" => "a factor from 0.01 to 20",
        "invert" => "a lead (0, 1 or both)",
        "noise" => "a kind (muscle, wander or motion) and its size in mV (muscle at most 10, the others at most 100)",
        "wander" or "motion" => "a size in mV from 0 to 100",
        "mains" => "a frequency from 40 to 70 Hz and a size in mV from 0 to 100",
        "dc" => "an offset in mV from -1000 to 1000",
        "step" => "a factor from -20 to 20",
        "leadoff" => "a lead (0, 1 or both)",
        "saturation" => "the amplifier's limit in mV from -1000 to 1000",
        "spike" => "a height in mV from -700 to 700 and a width in ms from 0.1 to 2",
        _ => "a factor from 0 to 100",
    };

    private static string Example(string key) => key switch
    {
        "rate" => "72",
        "seed" => "7",
        "duration" => "120",
        "gain" => "0.5",
        "invert" => "0",
        "noise" => "muscle:0.1@20-40",
        "wander" => "0.3",
        "motion" => "0.5@20-40",
        "mains" => "50:0.2",
        "dc" => "150",
        "step" => "0.5@30-",
        "leadoff" => "0@20-25",
        "saturation" => "410@20-21",
        "spike" => "3:0.5",
        _ => "1",
    };

    private static string Suggest(string name, IEnumerable<string> candidates)
    {
        var best = candidates.Select(c => (Name: c, Distance: Distance(name, c))).MinBy(c => c.Distance);
        return best.Distance <= Math.Max(2, name.Length / 3) ? $" (did you mean '{best.Name}'?)" : "";
    }

    /// <summary>Edits between two words (Levenshtein).</summary>
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[b.Length];
    }
}
