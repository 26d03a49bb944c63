using Ingestion.Tests.Conformance.Infrastructure;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Utilities;
using Xunit;

namespace Ingestion.Tests.Conformance.Observers;

/// <summary>The manager needs no cluster: its observers are plain objects here and its clock is the test's.</summary>
public sealed class ObserverManagerTests
{
    private readonly Probe _probe = new();
    private DateTime _now = new(2030, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private readonly ObserverManager<string, INewsObserver> _manager;

    public ObserverManagerTests() =>
        _manager = new ObserverManager<string, INewsObserver>(TimeSpan.FromSeconds(30), NullLogger.Instance) { GetDateTime = () => _now };

    [Fact]
    public async Task EverySubscriberIsNotified_OnceEvenIfSubscribedTwice()
    {
        Subscribe("a");
        Subscribe("b");
        Subscribe("a");

        Assert.Equal(2, _manager.Count);
        await TellAsync("good");
        Assert.Equal(["good 1"], _probe.Of("a"));
        Assert.Equal(["good 1"], _probe.Of("b"));
    }

    [Fact]
    public async Task NobodyIsNotified_AfterUnsubscribe()
    {
        Subscribe("a");
        _manager.Unsubscribe("a");
        _manager.Unsubscribe("never subscribed");

        await TellAsync("good");
        Assert.Empty(_probe.Of("a"));
        Assert.Equal(0, _manager.Count);
    }

    [Fact]
    public async Task OnlyChosenSubscribersAreNotified_WithAPredicate()
    {
        Subscribe("a");
        var chosen = new NewsObserver(_probe, "chosen");
        _manager.Subscribe("chosen", chosen);

        await _manager.Notify(o => o.OnNewsAsync(new News("good", 1)), o => ReferenceEquals(o, chosen));
        Assert.Empty(_probe.Of("a"));
        Assert.Equal(["good 1"], _probe.Of("chosen"));
    }

    [Fact]
    public async Task SubscriberIsRemoved_WhenItsTimeIsOver()
    {
        Subscribe("old");
        _now += TimeSpan.FromSeconds(20);
        Subscribe("new");
        _now += TimeSpan.FromSeconds(15);

        Assert.Equal(2, _manager.Count);
        await TellAsync("good");
        Assert.Empty(_probe.Of("old"));
        Assert.Equal(["good 1"], _probe.Of("new"));
        Assert.Equal(1, _manager.Count);
    }

    [Fact]
    public void ExpiredSubscribersAreRemoved_ByClearExpired()
    {
        Subscribe("renewed");
        Subscribe("old");
        _now += TimeSpan.FromSeconds(20);
        Subscribe("renewed");
        _now += TimeSpan.FromSeconds(20);

        _manager.ClearExpired();
        Assert.Equal(["renewed"], _manager.Observers.Keys);
    }

    [Fact]
    public async Task FailingSubscriberIsRemoved_AndOthersAreStillNotified()
    {
        Subscribe("failing");
        Subscribe("healthy");
        await _manager.Notify(o => o.OnNewsAsync(new News(o == _manager.Observers["failing"] ? "bad" : "good", 1)));

        Assert.Equal(["good 1"], _probe.Of("healthy"));
        Assert.Equal(["healthy"], _manager.Observers.Keys);
    }

    private void Subscribe(string key) => _manager.Subscribe(key, new NewsObserver(_probe, key));

    private Task TellAsync(string text) => _manager.Notify(o => o.OnNewsAsync(new News(text, 1)));
}
