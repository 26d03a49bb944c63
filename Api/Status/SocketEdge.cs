using Ingestion.Api.Auth;

namespace Ingestion.Api.Status;

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
    ILogger<StatusSocket> Logger);
