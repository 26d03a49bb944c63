using Microsoft.Extensions.DependencyInjection;

namespace Ingestion.Grains.Silos.Shedding;

/// <summary>Counts activations, and makes them go where memory is short.</summary>
internal static class IdleGrainsRegistration
{
    /// <summary>Registers <see cref="IIdleGrains"/> and what observes Orleans for it.</summary>
    public static IServiceCollection AddIdleGrains(this IServiceCollection services) => services
        .AddSingleton<ActivationCensus>()
        .AddSingleton<IdleGrainMetrics>()
        .AddSingleton<IdleGrains>()
        .AddSingleton<IIdleGrains>(provider => provider.GetRequiredService<IdleGrains>())
        .AddSingleton<IActivationWorkingSetObserver>(provider => provider.GetRequiredService<IdleGrains>());
}
