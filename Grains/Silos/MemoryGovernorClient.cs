using Ingestion.Silos;
using Orleans.Runtime.Services;

namespace Ingestion.Grains.Silos;

/// <summary>Calls the governor of any silo.</summary>
internal sealed class MemoryGovernorClient(IServiceProvider services) : GrainServiceClient<IMemoryGovernor>(services), IMemoryGovernorClient
{
    public Task<MemorySample> GetSampleAsync(SiloAddress silo) => GetGrainService(silo).GetSampleAsync();

    public Task SetBufferBudgetAsync(SiloAddress silo, long bytes) => GetGrainService(silo).SetBufferBudgetAsync(bytes);
}
