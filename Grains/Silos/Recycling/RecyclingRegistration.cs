using Ingestion.Silos.Recycling;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Ingestion.Grains.Silos.Recycling;

internal static class RecyclingRegistration
{
    /// <summary>
    /// Lets the silo restart itself. A <see cref="SiloSeat"/> that is registered before counts; without one the seat is the name of the silo.
    /// </summary>
    public static void AddRecycling(this IServiceCollection services)
    {
        services.TryAddSingleton(provider => new SiloSeat(provider.GetRequiredService<ILocalSiloDetails>().Name));
        services.TryAddSingleton<RequestCount>();
        services.AddSingleton<RecycleMetrics>();
        services.AddSingleton<Recycler>().AddHostedService(provider => provider.GetRequiredService<Recycler>());
    }
}
