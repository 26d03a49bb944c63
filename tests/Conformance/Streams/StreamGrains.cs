using Ingestion.Tests.Conformance.Infrastructure;
using Orleans.Streams;
using Orleans.Streams.Core;

namespace Ingestion.Tests.Conformance.Streams;

[GenerateSerializer, Immutable, Alias("conformance.progress")]
public sealed record Progress([property: Id(0)] string Task, [property: Id(1)] int Percent);

public interface IProducingGrain : IGrainWithStringKey
{
    Task ProduceAsync(string streamNamespace, string key, int from, int count);
}

internal sealed class ProducingGrain : Grain, IProducingGrain
{
    public async Task ProduceAsync(string streamNamespace, string key, int from, int count)
    {
        var stream = this.GetStreamProvider(SharedCluster.Streams).GetStream<Progress>(StreamId.Create(streamNamespace, key));
        for (var i = from; i < from + count; i++) await stream.OnNextAsync(new Progress(key, i));
    }
}

public interface IImplicitGrain : IGrainWithStringKey
{
    Task LeaveAsync();
}

/// <summary>Subscribed to every stream of its namespace; the stream's key is the grain's.</summary>
[ImplicitStreamSubscription(Namespace)]
internal sealed class ImplicitGrain(Probe probe) : Grain, IImplicitGrain, IStreamSubscriptionObserver, IAsyncObserver<Progress>
{
    public const string Namespace = "implicit";

    private string Key => this.GetPrimaryKeyString();

    public async Task OnSubscribed(IStreamSubscriptionHandleFactory handleFactory)
    {
        probe.Record(Key, $"subscribed {handleFactory.StreamId.GetKeyAsString() == Key}");
        await handleFactory.Create<Progress>().ResumeAsync(this);
    }

    public Task OnNextAsync(Progress item, StreamSequenceToken? token = null)
    {
        probe.Record(Key, $"{item.Percent} %");
        return Task.CompletedTask;
    }

    public Task OnCompletedAsync() => Task.CompletedTask;

    public Task OnErrorAsync(Exception ex) => Task.CompletedTask;

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        probe.Record(Key, "deactivated");
        return Task.CompletedTask;
    }

    public Task LeaveAsync()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }
}

public interface IExplicitGrain : IGrainWithStringKey
{
    Task SubscribeAsync(string streamKey);

    Task UnsubscribeAsync();
}

internal sealed class ExplicitGrain(Probe probe) : Grain, IExplicitGrain
{
    public const string Namespace = "explicit";

    private StreamSubscriptionHandle<Progress>? _subscription;
    private TaskScheduler? _scheduler;

    public async Task SubscribeAsync(string streamKey)
    {
        _scheduler = TaskScheduler.Current;
        var stream = this.GetStreamProvider(SharedCluster.Streams).GetStream<Progress>(StreamId.Create(Namespace, streamKey));
        _subscription = await stream.SubscribeAsync((item, _) =>
        {
            probe.Record(this.GetPrimaryKeyString(), $"{item.Percent} %");
            if (!ReferenceEquals(_scheduler, TaskScheduler.Current)) probe.Record(this.GetPrimaryKeyString(), "stray");
            return Task.CompletedTask;
        });
    }

    public Task UnsubscribeAsync() => _subscription!.UnsubscribeAsync();
}
