using Microsoft.Extensions.Hosting;

namespace Ingestion.Api.Auth.Provider;

/// <summary>Fetches the identity provider's keys at start, so that the first user does not wait and an operator sees a wrong address in the log.</summary>
internal sealed class ProviderWarmUp(ProviderKeys keys) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => keys.WarmUpAsync().WaitAsync(stoppingToken);
}
