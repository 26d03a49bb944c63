using Ingestion.Api.Auth;
using Ingestion.Api.Status.Broadcasts;
using Ingestion.Api.Status.Lanes;

namespace Ingestion.Api.Status.Sockets;

/// <summary>What every socket needs.</summary>
internal sealed record SocketEdge(
    IGrainFactory Grains,
    ILocalSiloDetails Silo,
    TimeProvider Time,
    TokenService Tokens,
    SocketOptions Options,
    BackgroundCalls Background,
    BroadcastHub Broadcasts,
    SocketMetrics Metrics,
    QueueBudget Queues,
    ILogger<StatusSocket> Logger)
{
    /// <summary>The silo, as operators know it: one string for all sockets.</summary>
    public string SiloName { get; } = Silo.SiloAddress.ToParsableString();
}
