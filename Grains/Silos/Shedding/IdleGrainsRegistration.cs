using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Ingestion.Grains.Silos.Shedding;

/// <summary>Counts activations, and makes them go where memory is short.</summary>
internal static class IdleGrainsRegistration
{
    /// <summary>Registers <see cref="IIdleGrains"/>, unless there is another one, and what observes Orleans for it.</summary>
    public static IServiceCollection AddIdleGrains(this IServiceCollection services)
    {
        services.TryAddSingleton<IIdleGrains>(provider => provider.GetRequiredService<IdleGrains>());
        return services
            .AddSingleton<ActivationCensus>()
            .AddSingleton<IdleGrainMetrics>()
            .AddSingleton<IdleGrains>()
            .AddSingleton<IActivationWorkingSetObserver>(provider => provider.GetRequiredService<IdleGrains>());
    }
}
