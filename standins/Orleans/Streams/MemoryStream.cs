using Orleans.Runtime;

namespace Orleans.Streams;

/// <summary>A stream as its users hold it.</summary>
internal sealed class MemoryStream<T>(StreamState state) : IAsyncStream<T>
{
    public Task OnNextAsync(T item, StreamSequenceToken? token = null)
    {
        state.Publish(item);
        return Task.CompletedTask;
    }

    // Neither ends a stream in Orleans' queue-based providers.
    public Task OnCompletedAsync() => throw new NotSupportedException("Streams of this provider do not end.");

    public Task OnErrorAsync(Exception ex) => throw new NotSupportedException("Streams of this provider do not fail.");

    public Task<StreamSubscriptionHandle<T>> SubscribeAsync(IAsyncObserver<T> observer) => Subscribe(StreamHandler.For(observer));

    private Task<StreamSubscriptionHandle<T>> Subscribe(StreamHandler handler)
    {
        var subscription = new StreamSubscription(state, Guid.NewGuid(), RuntimeContext.Current?.GrainId);
        var handle = new SubscriptionHandle<T>(subscription);
        handle.Attach(handler);
        state.Add(subscription);
        return Task.FromResult<StreamSubscriptionHandle<T>>(handle);
    }
}

internal sealed class SubscriptionHandle<T>(StreamSubscription subscription) : StreamSubscriptionHandle<T>
{
    public override Task<StreamSubscriptionHandle<T>> ResumeAsync(IAsyncObserver<T> observer, StreamSequenceToken? token = null) =>
        Resume(StreamHandler.For(observer));

    public override Task UnsubscribeAsync()
    {
        subscription.Stream.Remove(subscription.Id);
        if (RuntimeContext.Current is { } context)
            StreamConsumer.Of(context).Forget(subscription.Id);
        return Task.CompletedTask;
    }

    public void Attach(StreamHandler handler)
    {
        if (RuntimeContext.Current is { } context)
            StreamConsumer.Of(context).Handle(subscription.Id, handler);
        else
            subscription.ClientHandler = handler;
    }

    private Task<StreamSubscriptionHandle<T>> Resume(StreamHandler handler)
    {
        Attach(handler);
        return Task.FromResult<StreamSubscriptionHandle<T>>(this);
    }
}

internal sealed class MemoryStreamProvider(StreamHub hub) : IStreamProvider
{
    public IAsyncStream<T> GetStream<T>(StreamId streamId) => new MemoryStream<T>(hub.Stream(streamId));
}
