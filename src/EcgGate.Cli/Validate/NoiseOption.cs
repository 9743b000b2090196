using EcgGate.Emulator.Patient;
using EcgGate.Records;
using EcgGate.Signals;
using EcgGate.Validation.Noise;

namespace EcgGate.Cli.Validate;

/// <summary>The options that mix noise into clean records.</summary>
internal static class NoiseOption
{
    /// <summary>The noise of the virtual patient.</summary>
    private const string Emulated = "emulated";

    /// <summary>The folder of the MIT-BIH Noise Stress Test Database, looked for beside the records.</summary>
    private const string Database = "nstdb";

    /// <summary>Muscles, moving electrodes and a wandering baseline in the shares that a restless patient has; only the sum's shape counts.</summary>
    private const string EmulatedNoise = "noise=muscle:0.1&motion=1&wander=0.3";

    /// <summary>Runs over again after so long: the protocol's noisy turns see different parts of it.</summary>
    private const double EmulatedSeconds = 613;

    /// <summary>The noise that is asked for; null for none.</summary>
    /// <exception cref="CliException">There is no such noise, or one option is given without the other.</exception>
    public static StressNoise? Read(string? noise, double? decibels, IReadOnlyList<string> places)
    {
        if (noise is null && decibels is null)
        {
            return null;
        }

        if (noise is null || decibels is not { } ratio)
        {
            throw new CliException($"{(noise is null ? "--snr is for --noise, which says what to mix in" : "--noise needs --snr, the signal-to-noise ratio in dB")}, for example --noise ma --snr 12.");
        }

        if (!(ratio is >= -30 and <= 60))
        {
            throw new CliException($"--snr is {ratio}; it must lie between -30 and 60 dB.");
        }

        if (noise == Emulated)
        {
            return new StressNoise(noise, ratio, OfPatient);
        }

        var path = Find(noise, places);
        try
        {
            // What is wrong with it is told once, not of each record.
            Open(path).Dispose();
        }
        catch (RecordException problem)
        {
            throw new CliException($"--noise: {problem.Message}", problem);
        }

        return new StressNoise(Path.GetFileName(path), ratio, rate =>
        {
            using var source = Open(path);
            return NoiseSignal.Read(source, rate);
        });
    }

    /// <summary>Opens a record of noise. Those of the database say that they are not calibrated; only their shape counts.</summary>
    private static IEcgSource Open(string path) => EcgFile.Open(path, new EcgFileOptions { HighestRateHertz = null, UncalibratedGain = 200 });

    private static string Find(string noise, IReadOnlyList<string> places)
    {
        var candidates = new List<string> { noise, Path.Combine(Database, noise) };
        foreach (var place in places)
        {
            var folder = Directory.Exists(place) ? place : Path.GetDirectoryName(place);
            if (folder is not null)
            {
                candidates.Add(Path.GetFullPath(Path.Combine(folder, "..", Database, noise)));
            }
        }

        foreach (var candidate in candidates)
        {
            try
            {
                EcgFile.Identify(candidate);
                return candidate;
            }
            catch (RecordException)
            {
                // Not here.
            }
        }

        throw new CliException($"--noise is '{noise}': it is neither '{Emulated}' nor a record, nor is there one of that name in a folder {Database} here or beside the records. 'ecggate traces fetch {Database}' gets em, bw and ma.");
    }

    /// <summary>What is left of a noisy virtual patient without the same one in quiet.</summary>
    private static NoiseSignal OfPatient(double rate)
    {
        var quiet = FormattableString.Invariant($"sinus-75?duration={EmulatedSeconds}");
        var (noisy, clean) = (Samples($"{quiet}&{EmulatedNoise}", rate), Samples(quiet, rate));
        return new NoiseSignal(
            [.. noisy.Lead0.Zip(clean.Lead0, (a, b) => a - b)],
            [.. noisy.Lead1.Zip(clean.Lead1, (a, b) => a - b)]);
    }

    private static NoiseSignal Samples(string scenario, double rate)
    {
        using var source = new PatientSource(new VirtualPatient(ScenarioCatalog.Get(scenario)), rate);
        return NoiseSignal.Read(source, rate);
    }
}
