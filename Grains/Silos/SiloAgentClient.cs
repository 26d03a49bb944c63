using Ingestion.Silos;
using Orleans.Runtime.Services;

namespace Ingestion.Grains.Silos;

/// <summary>Calls the agent of any silo.</summary>
internal sealed class SiloAgentClient(IServiceProvider services) : GrainServiceClient<ISiloAgent>(services), ISiloAgentClient
{
    public Task<int> RebalanceSocketsAsync(SiloAddress silo, int count) => GetGrainService(silo).RebalanceSocketsAsync(count);

    public Task RefreshSharedWebhooksAsync(SiloAddress silo) => GetGrainService(silo).RefreshSharedWebhooksAsync();
}
