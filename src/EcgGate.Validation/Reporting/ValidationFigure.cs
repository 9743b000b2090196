namespace EcgGate.Validation;

/// <summary>A figure that a limit can be put on.</summary>
/// <param name="Name">Its name in limits, in small letters.</param>
/// <param name="Unit"><c>%</c>, <c>ms</c>, or nothing for a count.</param>
/// <param name="Meaning">What it is, in a few words.</param>
/// <param name="Of">Finds it; null where it is not known.</param>
public sealed record ValidationFigure(string Name, string Unit, string Meaning, Func<ValidationResult, double?> Of)
{
    /// <summary>All of them, in the order in which they are explained.</summary>
    public static IReadOnlyList<ValidationFigure> All { get; } =
    [
        new("se", "%", "QRS sensitivity, gross, from 0:00", result => result.Total.Detection.Se),
        new("ppv", "%", "QRS positive predictivity, gross, from 0:00", result => result.Total.Detection.Ppv),
        new("se5", "%", "QRS sensitivity, gross, from 5:00 (EC57)", result => result.Total.DetectionEc57.Se),
        new("ppv5", "%", "QRS positive predictivity, gross, from 5:00 (EC57)", result => result.Total.DetectionEc57.Ppv),
        new("avgse", "%", "QRS sensitivity, average over records, from 0:00", result => result.Total.DetectionAverage.Se),
        new("avgppv", "%", "QRS positive predictivity, average over records, from 0:00", result => result.Total.DetectionAverage.Ppv),
        new("avgse5", "%", "QRS sensitivity, average over records, from 5:00", result => result.Total.DetectionEc57Average.Se),
        new("avgppv5", "%", "QRS positive predictivity, average over records, from 5:00", result => result.Total.DetectionEc57Average.Ppv),
        new("minse", "%", "lowest QRS sensitivity of any record, from 0:00", result => result.Records.Min(record => record.Detection.Se)),
        new("minppv", "%", "lowest QRS positive predictivity of any record, from 0:00", result => result.Records.Min(record => record.Detection.Ppv)),
        new("seout", "%", "QRS sensitivity outside shutdown, gross, from 0:00", result => result.Total.Detection.SeOutsideShutdown),
        new("ppvout", "%", "QRS positive predictivity outside shutdown, gross, from 0:00", result => result.Total.Detection.PpvOutsideShutdown),
        new("seout5", "%", "QRS sensitivity outside shutdown, gross, from 5:00", result => result.Total.DetectionEc57.SeOutsideShutdown),
        new("ppvout5", "%", "QRS positive predictivity outside shutdown, gross, from 5:00", result => result.Total.DetectionEc57.PpvOutsideShutdown),
        new("shutdown", "%", "time in which the signal was too poor to judge, from 0:00", result => result.Total.Detection.ShutdownPercent),
        new("vebse", "%", "sensitivity for ventricular beats, gross, from 0:00", result => result.Total.Detection.VebSe),
        new("vebppv", "%", "positive predictivity for ventricular beats, gross, from 0:00", result => result.Total.Detection.VebPpv),
        new("fn", "", "reference beats missed, from 0:00", result => result.Total.Detection.Fn),
        new("fp", "", "detections without a reference beat, from 0:00", result => result.Total.Detection.Fp),
        new("rrerror", "ms", "RR error, root mean square, from 0:00", result => result.Total.Detection.RRErrorMs),
        new("p50", "ms", "decision latency, median", result => result.Total.DecisionLatencyMs?.P50),
        new("p95", "ms", "decision latency, 95th percentile", result => result.Total.DecisionLatencyMs?.P95),
        new("p99", "ms", "decision latency, 99th percentile", result => result.Total.DecisionLatencyMs?.P99),
        new("by20", "%", "reference beats decided by R+20 ms", result => result.Total.DecisionLatencyMs?.By20),
        new("by30", "%", "reference beats decided by R+30 ms", result => result.Total.DecisionLatencyMs?.By30),
        new("by40", "%", "reference beats decided by R+40 ms", result => result.Total.DecisionLatencyMs?.By40),
        new("by45", "%", "reference beats decided by R+45 ms", result => result.Total.DecisionLatencyMs?.By45),
        new("by50", "%", "reference beats decided by R+50 ms", result => result.Total.DecisionLatencyMs?.By50),
        new("by60", "%", "reference beats decided by R+60 ms", result => result.Total.DecisionLatencyMs?.By60),
        new("by100", "%", "reference beats decided by R+100 ms", result => result.Total.DecisionLatencyMs?.By100),
        new("pulses", "", "pulses", result => result.Total.Audit?.Pulses),
        new("unsafe", "", "unsafe pulses", result => result.Total.Audit?.Unsafe),
        new("vulnerable", "", "pulses in the vulnerable period, where T waves are known", result => result.Total.Audit?.Vulnerable),
        new("ectopic", "", "pulses after ventricular beats", result => result.Total.Audit?.Ectopic),
        new("fusion", "", "pulses after fusion beats", result => result.Total.Audit?.Fusion),
        new("premature", "", "pulses after supraventricular premature beats", result => result.Total.Audit?.Premature),
        new("eligible", "", "beats on which a pulse may be expected", result => result.Total.Audit?.Eligible),
        new("yield", "%", "eligible beats that got a safe pulse", result => result.Total.Audit?.Yield),
        new("minyield", "%", "lowest yield of any record", result => result.Records.Min(record => record.Audit?.Yield)),
        new("records", "", "records judged", result => result.Records.Count),
        new("failures", "", "records that could not be judged", result => result.Failures.Count),
    ];

    /// <summary>Finds a figure by its name, in large or small letters; <c>+p</c> stands for <c>ppv</c>.</summary>
    public static ValidationFigure? Find(string name) =>
        All.FirstOrDefault(figure => string.Equals(figure.Name, name.Replace("+p", "ppv", StringComparison.OrdinalIgnoreCase), StringComparison.OrdinalIgnoreCase));
}
