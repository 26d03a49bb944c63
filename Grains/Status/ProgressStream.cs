using Ingestion.Status;
using Orleans.Configuration;
using Orleans.Streams;

namespace Ingestion.Grains.Status;

/// <summary>The stream that carries progress, of uploads and of processing alike, to the user's <see cref="StatusGrain"/>.</summary>
internal static class ProgressStream
{
    // Progress is light: two queues carry thousands of events a second, and each costs a poll, and 2 MB once it is used.
    private const int Queues = 2;

    // Progress waits so long for its subscriber. An idle cluster makes 8 calls a second for it, of about 0.1 ms.
    private static readonly TimeSpan _pollPeriod = TimeSpan.FromMilliseconds(250);

    // Progress is never read again: what is delivered may go. By default it would stay for half an hour.
    private static readonly TimeSpan _kept = TimeSpan.FromSeconds(10);

    // A queue remembers who listens to a stream for so long after its last event, and where they are for longer, so that no event seems missing.
    private static readonly TimeSpan _streamKept = TimeSpan.FromMinutes(1);

    // What can't be delivered by then is outdated.
    private static readonly TimeSpan _deliveryPatience = TimeSpan.FromSeconds(5);

    /// <summary>Registers the stream. Its subscribers are implicit only, so nothing about them is stored.</summary>
    public static ISiloBuilder AddProgressStream(this ISiloBuilder silo) => silo.AddMemoryStreams(WireNames.ProgressStreams, streams =>
    {
        streams.ConfigureStreamPubSub(StreamPubSubType.ImplicitOnly);
        streams.ConfigurePartitioning(Queues);
        streams.ConfigurePullingAgent(options => options.Configure(agent =>
        {
            agent.GetQueueMsgsTimerPeriod = _pollPeriod;
            agent.StreamInactivityPeriod = _streamKept;
            agent.MaxEventDeliveryTime = _deliveryPatience;
        }));
        streams.Configure<StreamCacheEvictionOptions>(options => options.Configure(cache =>
            (cache.DataMinTimeInCache, cache.DataMaxAgeInCache, cache.MetadataMinTimeInCache) = (_kept / 2, _kept, 2 * _streamKept)));
    });

    /// <summary>Publishes on the stream of <paramref name="owner"/>.</summary>
    public static Task PublishProgressAsync(this Grain publisher, string owner, StatusEvent progress) =>
        publisher.GetStreamProvider(WireNames.ProgressStreams).GetStream<StatusEvent>(StreamId.Create(WireNames.ProgressNamespace, owner))
            .OnNextAsync(progress);
}
