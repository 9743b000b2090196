using Microsoft.Extensions.Options;

namespace EcgGate.Hosting;

/// <summary>Finds everything that is wrong with the options at once, so that the host does not start on a bad set.</summary>
internal sealed class EcgGateHostOptionsValidator : IValidateOptions<EcgGateHostOptions>
{
    private const int LargestSubscriber = 1_000_000;

    public ValidateOptionsResult Validate(string? name, EcgGateHostOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var problems = new List<string>();
        if (options.Gate is null)
        {
            problems.Add($"{nameof(options.Gate)} is null; leave it out for the defaults.");
        }
        else
        {
            problems.AddRange(options.Gate.Validate());
        }

        if (options.Engine is null)
        {
            problems.Add($"{nameof(options.Engine)} is null; leave it out for the defaults.");
        }

        if (options.Target is null)
        {
            if (options.Source is null)
            {
                problems.Add($"{nameof(options.Source)} is not set, nor is {nameof(options.Target)}; give AddEcgGate the address of an ECG source, or a function that opens one.");
            }

            if (options.Line is null)
            {
                problems.Add($"{nameof(options.Line)} is not set, nor is {nameof(options.Target)}; give AddEcgGate a function that opens the trigger line, or a NullPulseLine for a dry run.");
            }
        }
        else if (options.Source is not null || options.Line is not null)
        {
            problems.Add($"{nameof(options.Target)} is set, and {nameof(options.Source)} or {nameof(options.Line)} too; set either.");
        }

        if (!(options.CollectEvery.TotalMilliseconds is >= 1 and <= 1000))
        {
            problems.Add($"{nameof(options.CollectEvery)} is {options.CollectEvery.TotalMilliseconds:0.###} ms; it must lie between 1 and 1,000 ms.");
        }

        if (options.SubscriberCapacity is < 1 or > LargestSubscriber)
        {
            problems.Add($"{nameof(options.SubscriberCapacity)} is {options.SubscriberCapacity}; it must lie between 1 and {LargestSubscriber:N0}.");
        }

        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }
}
