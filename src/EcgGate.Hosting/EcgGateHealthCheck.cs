using EcgGate.Gating;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace EcgGate.Hosting;

/// <summary>
/// Unhealthy where the engine does not run or has faulted; degraded while pulses are inhibited or events were lost;
/// healthy else, armed or not.
/// </summary>
internal sealed class EcgGateHealthCheck(IEcgGate gate) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var counts = gate.Counts;
        var data = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["state"] = gate.State.ToString(),
            ["reason"] = gate.StateReason.ToString(),
            ["beats"] = counts.Beats,
            ["fired"] = counts.Fired,
            ["withheld"] = counts.Withheld,
            ["missed"] = counts.Missed,
            ["droppedEvents"] = counts.DroppedEvents,
        };

        return Task.FromResult(
            gate.Failure is { } failure ? HealthCheckResult.Unhealthy(failure.Message, failure, data) :
            !gate.IsRunning ? HealthCheckResult.Unhealthy("The engine is not running.", data: data) :
            gate.State == GateState.Faulted ? HealthCheckResult.Unhealthy("The gate has faulted and waits to be armed anew.", data: data) :
            gate.State == GateState.Inhibited ? HealthCheckResult.Degraded($"Pulses are inhibited: {gate.StateReason}.", data: data) :
            counts.DroppedEvents > 0 ? HealthCheckResult.Degraded($"{counts.DroppedEvents} events found the ring full.", data: data) :
            HealthCheckResult.Healthy(gate.State.ToString(), data));
    }
}
