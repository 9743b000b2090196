using EcgGate.Hosting;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the gate to a host's services.</summary>
public static class EcgGateHosting
{
    /// <summary>The name of the health check.</summary>
    public const string HealthCheckName = "ecggate";

    /// <summary>
    /// Adds a gate that the host starts and stops: <see cref="IEcgGate"/> to arm and to follow it, its metrics and its
    /// options, which are checked before the host starts.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">Sets the source, the line, and what else differs from the defaults.</param>
    /// <returns>The options, to bind them to a configuration as well.</returns>
    /// <exception cref="InvalidOperationException">A gate was added before: a process drives one line.</exception>
    public static OptionsBuilder<EcgGateHostOptions> AddEcgGate(this IServiceCollection services, Action<EcgGateHostOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        if (services.Any(service => service.ServiceType == typeof(EcgGateService)))
        {
            throw new InvalidOperationException("A gate was added to these services before; a process gates one source on one line.");
        }

        services.AddMetrics();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<EcgGateHostOptions>, EcgGateHostOptionsValidator>());
        services.AddSingleton<EcgGateService>();
        services.AddSingleton<IEcgGate>(provider => provider.GetRequiredService<EcgGateService>());
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<EcgGateService>());
        return services.AddOptions<EcgGateHostOptions>().Configure(configure).ValidateOnStart();
    }

    /// <summary>
    /// Adds a check of the gate's health: unhealthy where the engine does not run or has faulted, degraded while pulses are
    /// inhibited or events were lost.
    /// </summary>
    /// <param name="builder">The health checks of a host to whose services the gate was added.</param>
    public static IHealthChecksBuilder AddEcgGate(this IHealthChecksBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddCheck<EcgGateHealthCheck>(HealthCheckName);
    }
}
