using Ingestion.Grains.Silos.Acting;
using Ingestion.Grains.Silos.Sensing;
using Ingestion.Silos;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Ingestion.Grains.Silos;

internal static class GovernorRegistration
{
    /// <summary>The memory governor of this silo. Its signal and its hands are replaced by those that are registered before.</summary>
    public static ISiloBuilder AddMemoryGovernor(this ISiloBuilder silo)
    {
        silo.Services.AddOptions<MemoryOptions>().BindConfiguration("Ingestion:Memory").ValidateDataAnnotations().ValidateOnStart();
        silo.Services.AddOrleansShedding();
        silo.Services.TryAddSingleton<IMemorySense, MemorySense>();
        silo.Services.TryAddSingleton<IMemoryActuator, ProcessActuator>();
        silo.Services.AddSingleton<MemoryPressure>();
        silo.Services.AddSingleton<IMemoryPressure>(services => services.GetRequiredService<MemoryPressure>());
        silo.Services.AddSingleton<BufferCredits>();
        silo.Services.AddSingleton<ActionLog>();
        silo.Services.AddSingleton<GovernorView>();
        silo.Services.AddSingleton<MemoryMetrics>();
        silo.Services.AddSingleton<LeakWatch>();
        silo.Services.AddSingleton<MemoryGovernor>();
        silo.Services.AddHostedService<GovernorLoop>();
        silo.Services.AddSingleton<IMemoryGovernorClient, MemoryGovernorClient>();
        return silo.AddGrainService<MemoryGovernorService>();
    }
}
