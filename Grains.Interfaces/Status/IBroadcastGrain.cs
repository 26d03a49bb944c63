using Orleans.Concurrency;

namespace Ingestion.Status;

/// <summary>
/// Broadcasts of operators in one channel. Key: the channel (<c>system</c>, <c>role:{role}</c>). It knows silos, not sockets: each silo with a
/// listener in the channel has one observer, which sends to its sockets. What was sent is kept in <see cref="IBroadcastLogGrain"/>.
/// </summary>
[Alias("ingestion.broadcast-channel"), GrainInterfaceType("ingestion.broadcast-channel")]
public interface IBroadcastGrain : IGrainWithStringKey
{
    /// <summary>Sends it to every silo that listens; how many those are.</summary>
    [Alias("publish")]
    Task<int> PublishAsync(Broadcast broadcast);

    /// <summary>The silo of <paramref name="observer"/> listens; to be renewed within 30 s.</summary>
    [Alias("listen")]
    Task ListenAsync(IBroadcastObserver observer);

    /// <summary>The silo of <paramref name="observer"/> listens no more.</summary>
    [Alias("leave")]
    Task LeaveAsync(IBroadcastObserver observer);
}

/// <summary>A silo that sends broadcasts to its sockets.</summary>
[Alias("ingestion.broadcast-observer"), GrainInterfaceType("ingestion.broadcast-observer")]
public interface IBroadcastObserver : IGrainObserver
{
    /// <summary>For every socket in <paramref name="channel"/>.</summary>
    [Alias("on-broadcast"), OneWay]
    Task OnBroadcastAsync(string channel, Broadcast broadcast);
}

/// <summary>A message of an operator.</summary>
/// <param name="Id">Of the event.</param>
/// <param name="At">When it was sent.</param>
/// <param name="Json">What, as UTF-8 JSON.</param>
[GenerateSerializer, Immutable, Alias("ingestion.broadcast")]
public sealed record Broadcast([property: Id(0)] string Id, [property: Id(1)] DateTimeOffset At, [property: Id(2)] ReadOnlyMemory<byte> Json)
{
    /// <summary>Its number among all broadcasts, see <see cref="IBroadcastLogGrain"/>; 0: a silo of before 0.4 sent it.</summary>
    [Id(3)]
    public long Number { get; init; }

    /// <summary>The number of the one before it in its channel: broadcasts may overtake each other on their way. 0: that is not kept, or not known.</summary>
    [Id(4)]
    public long Previous { get; init; }
}
