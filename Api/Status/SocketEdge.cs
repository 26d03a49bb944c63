namespace Ingestion.Api.Status;

/// <summary>What every socket needs.</summary>
internal sealed record SocketEdge(IGrainFactory Grains, TimeProvider Time, SocketOptions Options, BackgroundCalls Background, SocketMetrics Metrics, ILogger Logger);
