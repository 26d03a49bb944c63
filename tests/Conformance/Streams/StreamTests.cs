using Ingestion.Tests.Conformance.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Streams;
using Xunit;

namespace Ingestion.Tests.Conformance.Streams;

[Collection(SharedCluster.Name)]
public sealed class StreamTests(SharedCluster cluster)
{
    private readonly string _key = Keys.New();

    private IProducingGrain Producer => cluster.Client.GetGrain<IProducingGrain>(_key);

    [Fact]
    public async Task ItemsReachTheImplicitSubscriberInOrder()
    {
        await Producer.ProduceAsync(ImplicitGrain.Namespace, _key, 0, 20);

        await cluster.Probe.UntilAsync(_key, "19 %");
        Assert.Equal(["subscribed True", .. Enumerable.Range(0, 20).Select(i => $"{i} %")], cluster.Probe.Of(_key));
    }

    [Fact]
    public async Task ImplicitSubscriberIsActivatedAgain_WhenItWasDeactivated()
    {
        await Producer.ProduceAsync(ImplicitGrain.Namespace, _key, 0, 1);
        await cluster.Probe.UntilAsync(_key, "0 %");
        await cluster.Client.GetGrain<IImplicitGrain>(_key).LeaveAsync();
        await cluster.Probe.UntilAsync(_key, "deactivated");

        await Producer.ProduceAsync(ImplicitGrain.Namespace, _key, 1, 1);
        await cluster.Probe.UntilAsync(_key, "1 %");
        Assert.Equal(2, cluster.Probe.Count(_key, "subscribed True"));
    }

    [Fact]
    public async Task ItemsReachOnlyTheirOwnStream()
    {
        var other = Keys.New();
        await Producer.ProduceAsync(ImplicitGrain.Namespace, other, 0, 1);
        await cluster.Probe.UntilAsync(other, "0 %");

        Assert.Empty(cluster.Probe.Of(_key));
    }

    [Fact]
    public async Task ItemsReachEveryExplicitSubscriber_UntilItUnsubscribes()
    {
        var (stream, one, two) = (Keys.New(), Keys.New(), Keys.New());
        await cluster.Client.GetGrain<IExplicitGrain>(one).SubscribeAsync(stream);
        await cluster.Client.GetGrain<IExplicitGrain>(two).SubscribeAsync(stream);
        await Producer.ProduceAsync(ExplicitGrain.Namespace, stream, 0, 10);
        await cluster.Probe.UntilAsync(one, "9 %");
        await cluster.Probe.UntilAsync(two, "9 %");

        await cluster.Client.GetGrain<IExplicitGrain>(one).UnsubscribeAsync();
        await Producer.ProduceAsync(ExplicitGrain.Namespace, stream, 10, 1);
        await cluster.Probe.UntilAsync(two, "10 %");
        Assert.Equal(Enumerable.Range(0, 10).Select(i => $"{i} %"), cluster.Probe.Of(one));
        Assert.Equal(Enumerable.Range(0, 11).Select(i => $"{i} %"), cluster.Probe.Of(two));
    }

    [Fact]
    public async Task HostProducesThroughTheClusterClient()
    {
        var stream = cluster.Services(0).GetRequiredService<IClusterClient>()
            .GetStreamProvider(SharedCluster.Streams).GetStream<Progress>(StreamId.Create(ImplicitGrain.Namespace, _key));

        await stream.OnNextAsync(new Progress(_key, 42));
        await cluster.Probe.UntilAsync(_key, "42 %");
    }

    [Fact]
    public async Task ItemsReachTheClientInOrder_UntilItUnsubscribes()
    {
        var stream = cluster.Cluster.Client.GetStreamProvider(SharedCluster.Streams).GetStream<Progress>(StreamId.Create(ExplicitGrain.Namespace, _key));
        var subscription = await stream.SubscribeAsync((item, _) =>
        {
            cluster.Probe.Record(_key, $"{item.Percent} %");
            return Task.CompletedTask;
        });
        await Producer.ProduceAsync(ExplicitGrain.Namespace, _key, 0, 10);
        await cluster.Probe.UntilAsync(_key, "9 %");

        await subscription.UnsubscribeAsync();
        var other = Keys.New();
        await cluster.Client.GetGrain<IExplicitGrain>(other).SubscribeAsync(_key);
        await Producer.ProduceAsync(ExplicitGrain.Namespace, _key, 10, 1);
        await cluster.Probe.UntilAsync(other, "10 %");
        Assert.Equal(Enumerable.Range(0, 10).Select(i => $"{i} %"), cluster.Probe.Of(_key));
    }
}
