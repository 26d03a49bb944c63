using Ingestion.Tests.Conformance.Infrastructure;
using Xunit;

namespace Ingestion.Tests.Conformance.Observers;

[Collection(SharedCluster.Name)]
public sealed class ObserverTests(SharedCluster cluster)
{
    private readonly string _key = Keys.New();

    private IObservedGrain Grain => cluster.Client.GetGrain<IObservedGrain>(_key);

    [Fact]
    public async Task ObserversAreCalled_OnEverySiloAndOnTheClient()
    {
        IGrainFactory[] factories = [cluster.From(0), cluster.From(1), cluster.Client];
        var observers = factories.Select((_, i) => new NewsObserver(cluster.Probe, $"{_key}{i}")).ToArray();
        for (var i = 0; i < factories.Length; i++)
            await Grain.SubscribeAsync(factories[i].CreateObjectReference<INewsObserver>(observers[i]));

        Assert.Equal(["ok", "ok", "ok"], await Grain.TellAsync(new News("good", 1)));
        Assert.Equal(["ok", "ok", "ok"], await Grain.TellAsync(new News("good", 2)));
        Assert.All(Enumerable.Range(0, 3), i => Assert.Equal(["good 1", "good 2"], cluster.Probe.Of($"{_key}{i}")));
        GC.KeepAlive(observers);
    }

    [Fact]
    public async Task CallerGetsTheException_WhenTheObserverThrows()
    {
        var observer = new NewsObserver(cluster.Probe, _key);
        await Grain.SubscribeAsync(cluster.From(1).CreateObjectReference<INewsObserver>(observer));

        Assert.Equal(["InvalidOperationException: the observer failed"], await Grain.TellAsync(new News("bad", 1)));
        GC.KeepAlive(observer);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task CallerGetsAnException_WhenTheObserverIsDeleted(int silo)
    {
        var (gone, stays) = (new NewsObserver(cluster.Probe, _key + "gone"), new NewsObserver(cluster.Probe, _key + "stays"));
        var reference = cluster.From(silo).CreateObjectReference<INewsObserver>(gone);
        await Grain.SubscribeAsync(reference);
        await Grain.SubscribeAsync(cluster.From(silo).CreateObjectReference<INewsObserver>(stays));
        cluster.From(silo).DeleteObjectReference<INewsObserver>(reference);

        Assert.Equal([nameof(TimeoutException), "ok"], await Grain.TellAsync(new News("good", 1)));
        Assert.Empty(cluster.Probe.Of(_key + "gone"));
        Assert.Equal(["good 1"], cluster.Probe.Of(_key + "stays"));
        GC.KeepAlive((gone, stays));
    }

    [Fact]
    public async Task CallReturnsBeforeTheObserverIsDone_WhenOneWay()
    {
        var observer = new NewsObserver(cluster.Probe, _key);
        await Grain.SubscribeAsync(cluster.From(1).CreateObjectReference<INewsObserver>(observer));

        await Grain.RumourAsync(new News("they say", 1));
        await cluster.Probe.UntilAsync(_key, "rumour starts");
        Assert.Equal(0, cluster.Probe.Count(_key, "rumour ends"));
        cluster.Probe.Open(_key);
        await cluster.Probe.UntilAsync(_key, "rumour ends");
        GC.KeepAlive(observer);
    }

    [Fact]
    public async Task ObserverIsCalledOnceAtATime_WhenSeveralMessagesArrive()
    {
        var observer = new NewsObserver(cluster.Probe, _key);
        var reference = cluster.Client.CreateObjectReference<INewsObserver>(observer);
        await Grain.SubscribeAsync(reference);

        var rumour = Grain.RumourAsync(new News("first", 1));
        await cluster.Probe.UntilAsync(_key, "rumour starts");
        var news = Grain.RumourAsync(new News("second", 2));
        await Task.WhenAll(rumour, news);
        cluster.Probe.Open(_key);
        await cluster.Probe.UntilAsync(_key, "rumour ends", 2);
        Assert.Equal(["rumour starts", "rumour ends", "rumour starts", "rumour ends"], cluster.Probe.Of(_key));
        GC.KeepAlive(observer);
    }
}
