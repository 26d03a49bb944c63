using Orleans.Runtime;

namespace Orleans.Streams
{
    /// <summary>Gives streams by name.</summary>
    public interface IStreamProvider
    {
        IAsyncStream<T> GetStream<T>(StreamId streamId);
    }

    /// <summary>A stream, to produce to and to subscribe to.</summary>
    public interface IAsyncStream<T> : IAsyncObservable<T>, IAsyncObserver<T>;

    public interface IAsyncObserver<in T>
    {
        Task OnNextAsync(T item, StreamSequenceToken? token = null);

        Task OnCompletedAsync() => Task.CompletedTask;

        Task OnErrorAsync(Exception ex);
    }

    public interface IAsyncObservable<T>
    {
        Task<StreamSubscriptionHandle<T>> SubscribeAsync(IAsyncObserver<T> observer);
    }

    /// <summary>A subscription. It outlives the activation that made it; the next one resumes it.</summary>
    public abstract class StreamSubscriptionHandle<T>
    {
        private protected StreamSubscriptionHandle() { }

        public abstract Task UnsubscribeAsync();

        public abstract Task<StreamSubscriptionHandle<T>> ResumeAsync(IAsyncObserver<T> observer, StreamSequenceToken? token = null);
    }

    /// <summary>The place of an item in its stream. Streams here can't be rewound: items come without one.</summary>
    public abstract class StreamSequenceToken
    {
        private protected StreamSequenceToken() { }
    }
}

namespace Orleans.Streams.Core
{
    /// <summary>A grain that is told of its implicit subscriptions, before the first item.</summary>
    public interface IStreamSubscriptionObserver
    {
        Task OnSubscribed(IStreamSubscriptionHandleFactory handleFactory);
    }

    public interface IStreamSubscriptionHandleFactory
    {
        StreamId StreamId { get; }

        StreamSubscriptionHandle<T> Create<T>();
    }
}

namespace Orleans
{
    /// <summary>Subscribes each grain of the class to the streams of a namespace that have its key.</summary>
    [AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
    public sealed class ImplicitStreamSubscriptionAttribute : Attribute
    {
        public ImplicitStreamSubscriptionAttribute(string streamNamespace) => Namespace = streamNamespace.Trim();

        internal string Namespace { get; }
    }
}
