using Orleans.Concurrency;

namespace Ingestion.Status;

/// <summary>
/// Publishes progress on its user's stream for callers that are no grains: the edge. Key: 0. There is one in each silo, and a call never leaves the
/// caller's silo.
/// </summary>
[Alias("ingestion.progress"), GrainInterfaceType("ingestion.progress")]
public interface IProgressGrain : IGrainWithIntegerKey
{
    /// <summary>Publishes progress of an upload or a video of <paramref name="owner"/>. It may be lost, and is when the stream is too slow.</summary>
    [Alias("publish"), OneWay]
    Task PublishAsync(string owner, StatusEvent progress);
}
