using Ingestion.Silos;
using Microsoft.Extensions.Logging;
using Orleans.Runtime.Services;

namespace Ingestion.Grains.Silos.Gossip;

/// <inheritdoc cref="ISiloGossip"/>
internal sealed class SiloGossipService(GrainId id, Orleans.Runtime.Silo silo, ILoggerFactory loggers, ReportedSilos reported)
    : GrainService(id, silo, loggers), ISiloGossip
{
    public Task ReportAsync(SiloFigures figures)
    {
        reported.Add(figures);
        return Task.CompletedTask;
    }
}

/// <inheritdoc cref="ISiloGossipClient"/>
internal sealed class SiloGossipClient(IServiceProvider services) : GrainServiceClient<ISiloGossip>(services), ISiloGossipClient
{
    public Task ReportAsync(SiloAddress silo, SiloFigures figures) => GetGrainService(silo).ReportAsync(figures);
}
