using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace Ingestion.Grains.Silos;

/// <summary>
/// Orleans' own answer to memory pressure, in place of the governor's, to compare them. Its limits are shares of what
/// <see cref="Placing.TrueStatistics"/> gives as all there is, which is the budget.
/// </summary>
internal static class OrleansShedding
{
    /// <summary>Does nothing unless the operator wants Orleans' own: two that shed would fight.</summary>
    public static IServiceCollection AddOrleansShedding(this IServiceCollection services)
    {
        services.AddOptions<GrainCollectionOptions>().Configure<IOptions<MemoryOptions>>(
            static (collection, memory) => collection.EnableActivationSheddingOnMemoryPressure = memory.Value.OrleansSheds);
        // It refuses at a gateway and in streams, of which a silo has none: it is on so that all that Orleans has is compared.
        services.AddOptions<LoadSheddingOptions>().Configure<IOptions<MemoryOptions>>(
            static (load, memory) => load.LoadSheddingEnabled = memory.Value.OrleansSheds);
        return services;
    }
}
