using System.Collections.Concurrent;
using System.Reflection;
using Orleans.Runtime;

namespace Orleans.Streams;

/// <summary>
/// The streams of one memory provider: who is subscribed to what. It belongs to the cluster, so that subscriptions survive silos.
/// Orleans has queues and pulling agents here; with one process a queue per subscription is enough.
/// </summary>
internal sealed class StreamHub(Cluster cluster, string providerName)
{
    private readonly ConcurrentDictionary<StreamId, StreamState> _streams = new();

    public Cluster Cluster => cluster;

    public string ProviderName => providerName;

    public StreamState Stream(StreamId id) => _streams.GetOrAdd(id, static (id, hub) => new StreamState(hub, id, hub.ImplicitConsumers(id)), this);

    /// <summary>Any silo that is alive, to call subscribers from.</summary>
    public RuntimeClient? AnyClient() => cluster.Silos.FirstOrDefault(silo => silo.AcceptsActivations)?.Client;

    private IEnumerable<GrainId> ImplicitConsumers(StreamId id) =>
        from grainClass in cluster.GrainTypes.All
        where grainClass.Type.GetCustomAttributes<ImplicitStreamSubscriptionAttribute>().Any(attribute => attribute.Namespace == id.GetNamespace())
        select GrainId.Create(grainClass.GrainType, id.KeySpan);
}

/// <summary>One stream: hands its items to its subscriptions.</summary>
internal sealed class StreamState
{
    private readonly ConcurrentDictionary<Guid, StreamSubscription> _subscriptions = new();
    private readonly Lock _order = new();
    public StreamState(StreamHub hub, StreamId id, IEnumerable<GrainId> implicitConsumers)
    {
        Hub = hub;
        Id = id;
        foreach (var consumer in implicitConsumers)
            Add(new StreamSubscription(this, Guid.NewGuid(), consumer));
    }

    public StreamHub Hub { get; }

    public StreamId Id { get; }

    public void Publish(object? item)
    {
        // One at a time: every subscription sees the same order.
        lock (_order)
        {
            foreach (var subscription in _subscriptions.Values)
                subscription.Enqueue(item);
        }
    }

    public void Add(StreamSubscription subscription) => _subscriptions[subscription.Id] = subscription;

    public void Remove(Guid id) => _subscriptions.TryRemove(id, out _);

    public bool Contains(Guid id) => _subscriptions.ContainsKey(id);

    public StreamSubscription Find(Guid id) =>
        _subscriptions.GetValueOrDefault(id) ?? throw new InvalidOperationException($"Subscription {id} of stream {Id} has ended.");
}
