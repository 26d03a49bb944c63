using Orleans.Runtime;
using Orleans.Streams.Core;

namespace Orleans.Streams;

/// <summary>What a subscriber does with the items of one subscription.</summary>
internal sealed record StreamHandler(Func<object?, Task> OnNext)
{
    public static StreamHandler For<T>(IAsyncObserver<T> observer) => new(item => observer.OnNextAsync((T)item!));
}

/// <summary>An activation's handlers, by subscription. A component of the activation; used only in its turns.</summary>
internal sealed class StreamConsumer
{
    private readonly Dictionary<Guid, StreamHandler> _handlers = [];

    public static StreamConsumer Of(IGrainContext context)
    {
        if (context.GetComponent<StreamConsumer>() is { } known)
            return known;

        var consumer = new StreamConsumer();
        context.SetComponent(consumer);
        return consumer;
    }

    public void Handle(Guid subscription, StreamHandler handler) => _handlers[subscription] = handler;

    public void Forget(Guid subscription) => _handlers.Remove(subscription);

    public async Task Deliver(StreamSubscription subscription, object grain, object? item)
    {
        if (!_handlers.ContainsKey(subscription.Id) && grain is IStreamSubscriptionObserver observer)
            await observer.OnSubscribed(new HandleFactory(subscription));
        if (_handlers.TryGetValue(subscription.Id, out var handler))
            await handler.OnNext(item);
    }

    private sealed class HandleFactory(StreamSubscription subscription) : IStreamSubscriptionHandleFactory
    {
        public StreamId StreamId => subscription.Stream.Id;

        public StreamSubscriptionHandle<T> Create<T>() => new SubscriptionHandle<T>(subscription);
    }
}

/// <summary>Brings one item to a grain, as a call.</summary>
internal sealed class DeliveryRequest(StreamSubscription subscription, object? item) : GrainRequest
{
    private static readonly GrainMethod s_description = new(typeof(IStreamConsumer), typeof(IStreamConsumer).GetMethod(nameof(IStreamConsumer.Deliver))!);

    public override GrainMethod Description => s_description;

    public override Task InvokeOn(object target) => StreamConsumer.Of(RuntimeContext.Current!).Deliver(subscription, target, item);

    /// <summary>Only a name for call filters and traces.</summary>
    private interface IStreamConsumer : IAddressable
    {
        Task Deliver();
    }
}
