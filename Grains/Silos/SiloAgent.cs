using Ingestion.Grains.Silos.Evidence;
using Ingestion.Grains.Silos.Recycling;
using Ingestion.Grains.Webhooks;
using Ingestion.Silos;
using Ingestion.Silos.Evidence;
using Ingestion.Silos.Recycling;
using Ingestion.Status;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Ingestion.Grains.Silos;

/// <inheritdoc cref="ISiloAgent"/>
internal sealed class SiloAgent(GrainId id, Orleans.Runtime.Silo silo, ILoggerFactory loggers, IServiceProvider services)
    : GrainService(id, silo, loggers), ISiloAgent
{
    // Null in a silo that takes no sockets.
    private readonly ISocketLoad? _sockets = services.GetService<ISocketLoad>();
    private readonly SharedWebhooks _webhooks = services.GetRequiredService<SharedWebhooks>();
    private readonly Recycler _recycler = services.GetRequiredService<Recycler>();
    private readonly EvidenceKeeper _evidence = services.GetRequiredService<EvidenceKeeper>();
    private readonly IConnections? _connections = services.GetService<IConnections>();

    public Task<int> RebalanceSocketsAsync(int count) => Task.FromResult(_sockets?.Rebalance(count) ?? 0);

    public Task RefreshSharedWebhooksAsync() => _webhooks.RefreshAsync();

    public Task<int> DisconnectAsync(Disconnection which) => Task.FromResult(_connections?.Disconnect(which) ?? 0);

    public Task RefreshDeniedAsync() => _connections?.RefreshDeniedAsync() ?? Task.CompletedTask;

    public Task<HeapAnswer> SurveyHeapAsync() => _evidence.CollectAsync(CancellationToken.None);

    public Task<SocketFigures> GetSocketsAsync() => Task.FromResult(_sockets?.Look() ?? SocketFigures.None);

    public Task<RecycleStep> RecycleAsync() => Task.FromResult(_recycler.Order());
}
