using Ingestion.Silos.Evidence;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Ingestion.Grains.Silos.Evidence;

internal static class EvidenceRegistration
{
    /// <summary>
    /// Evidence of leaks. An <see cref="EvidenceFolder"/> that is registered before counts; without one no files are kept. So does a surveyor.
    /// </summary>
    public static void AddEvidence(this IServiceCollection services)
    {
        services.TryAddSingleton(new EvidenceFolder(Path: null));
        services.TryAddSingleton<IHeapSurveyor, HeapSurveyor>();
        services.AddSingleton<HeapSurveys>();
        services.AddSingleton<EvidenceFiles>();
        services.AddSingleton<IMemoryDetail, MemoryDetailReader>();
        services.AddSingleton<EvidenceKeeper>().AddHostedService(provider => provider.GetRequiredService<EvidenceKeeper>());
    }
}
