using Orleans.Runtime;

namespace Orleans.Streams;

/// <summary>A stream as its users hold it.</summary>
internal sealed class MemoryStream<T>(StreamState state) : IAsyncStream<T>
{
    public bool IsRewindable => false;

    public string ProviderName => state.Hub.ProviderName;

    public StreamId StreamId => state.Id;

    public Task OnNextAsync(T item, StreamSequenceToken? token = null)
    {
        state.Publish([item]);
        return Task.CompletedTask;
    }

    public Task OnNextBatchAsync(IEnumerable<T> batch, StreamSequenceToken? token = null)
    {
        state.Publish([.. batch.Cast<object?>()]);
        return Task.CompletedTask;
    }

    // Neither ends a stream in Orleans' queue-based providers.
    public Task OnCompletedAsync() => throw new NotImplementedException("Streams of this provider do not end.");

    public Task OnErrorAsync(Exception ex) => throw new NotImplementedException("Streams of this provider do not fail.");

    public Task<StreamSubscriptionHandle<T>> SubscribeAsync(IAsyncObserver<T> observer) => Subscribe(StreamHandler.For(observer));

    public Task<StreamSubscriptionHandle<T>> SubscribeAsync(IAsyncObserver<T> observer, StreamSequenceToken? token, string? filterData = null) =>
        Subscribe(StreamHandler.For(observer));

    public Task<StreamSubscriptionHandle<T>> SubscribeAsync(IAsyncBatchObserver<T> observer) => Subscribe(StreamHandler.For(observer));

    public Task<StreamSubscriptionHandle<T>> SubscribeAsync(IAsyncBatchObserver<T> observer, StreamSequenceToken? token) => Subscribe(StreamHandler.For(observer));

    public Task<IList<StreamSubscriptionHandle<T>>> GetAllSubscriptionHandles() =>
        Task.FromResult<IList<StreamSubscriptionHandle<T>>>(
            [.. state.Of(RuntimeContext.Current?.GrainId).Select(subscription => new SubscriptionHandle<T>(subscription))]);

    public bool Equals(IAsyncStream<T>? other) => other is not null && StreamId.Equals(other.StreamId) && ProviderName == other.ProviderName;

    public override bool Equals(object? obj) => Equals(obj as IAsyncStream<T>);

    public override int GetHashCode() => StreamId.GetHashCode();

    public int CompareTo(IAsyncStream<T>? other) => other is null ? 1 : StreamId.CompareTo(other.StreamId);

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
    public override StreamId StreamId => subscription.Stream.Id;

    public override string ProviderName => subscription.Stream.Hub.ProviderName;

    public override Guid HandleId => subscription.Id;

    public override Task<StreamSubscriptionHandle<T>> ResumeAsync(IAsyncObserver<T> observer, StreamSequenceToken? token = null) =>
        Resume(StreamHandler.For(observer));

    public override Task<StreamSubscriptionHandle<T>> ResumeAsync(IAsyncBatchObserver<T> observer, StreamSequenceToken? token = null) =>
        Resume(StreamHandler.For(observer));

    public override Task UnsubscribeAsync()
    {
        subscription.Stream.Remove(subscription.Id);
        if (RuntimeContext.Current is { } context)
            StreamConsumer.Of(context).Forget(subscription.Id);
        return Task.CompletedTask;
    }

    public override bool Equals(StreamSubscriptionHandle<T>? other) => other is not null && HandleId == other.HandleId;

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
    public string Name => hub.ProviderName;

    public bool IsRewindable => false;

    public IAsyncStream<T> GetStream<T>(StreamId streamId) => new MemoryStream<T>(hub.Stream(streamId));
}
