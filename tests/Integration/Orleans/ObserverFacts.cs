using Ingestion.Api.Status.Broadcasts;
using Ingestion.Api.Status.Events;
using Ingestion.Api.Status.Sockets;
using Ingestion.Grains.Status;
using Ingestion.Grains.Uploads;
using Ingestion.Status;
using Orleans.Concurrency;
using Orleans.Placement;

namespace Ingestion.Tests.Integration.OrleansFacts;

/// <summary>
/// What a grain and its observers can expect of each other. Between silos one-way calls keep no promised order (they may be sent while their
/// connection is still being made), which no test can show each time: readers check the offsets of what is pushed and fill gaps from the journal.
/// </summary>
public sealed class ObserverFacts
{
    /// <summary>
    /// An observer in the grain's silo gets one-way calls in the order in which they were made, and the next one when it is done with the one before.
    /// <see cref="StatusSocket"/> and <see cref="JournalListener"/> take entries without a lock around them; <see cref="BroadcastHub"/> sends to all
    /// sockets before the next broadcast.
    /// </summary>
    [Fact]
    public async Task ObserverGetsOneCallAfterTheOther_InTheOrderOfTheGrain()
    {
        const int Signals = 500;
        await using var cluster = await FactCluster.StartAsync();
        var grain = cluster.From(0).GetGrain<ISignallingGrain>(FactCluster.NewKey());
        var (slow, quick) = (new SignalObserver(cluster.Probe, "slow"), new SignalObserver(cluster.Probe, "quick"));
        cluster.Probe.Open("quick");
        await grain.SubscribeAsync(cluster.From(0).CreateObjectReference<ISignalObserver>(slow));
        await grain.SubscribeAsync(cluster.From(0).CreateObjectReference<ISignalObserver>(quick));

        Assert.Equal(["sent", "sent"], await grain.SignalAsync(Signals));
        await cluster.Probe.UntilAsync($"quick {Signals} ends");
        await cluster.Probe.UntilAsync("slow 1 starts");
        Assert.Equal(["slow 1 starts"], Of("slow"));
        cluster.Probe.Open("slow");
        await cluster.Probe.UntilAsync($"slow {Signals} ends");
        foreach (var name in new[] { "slow", "quick" })
            Assert.Equal(Enumerable.Range(1, Signals).SelectMany(n => new[] { $"{name} {n} starts", $"{name} {n} ends" }), Of(name));
        GC.KeepAlive((slow, quick));

        string[] Of(string name) => [.. cluster.Probe.Entries.Where(entry => entry.StartsWith(name, StringComparison.Ordinal))];
    }

    /// <summary>
    /// A one-way call to an observer that is deleted, or whose silo is dead, ends like any other: the grain does not learn that the call was lost.
    /// Therefore <see cref="UserSockets"/> and <see cref="BroadcastGrain"/> keep observers under a lease (<see cref="ObserverLease"/>), and
    /// <see cref="UploadGrain"/> fences the writer whose end it has announced. Only a call with an answer fails.
    /// </summary>
    [Fact]
    public async Task SenderSeesNoFailure_WhenItsObserverIsDeletedOrDead()
    {
        await using var cluster = await FactCluster.StartAsync(silos: 2);
        var grain = cluster.From(0).GetGrain<ISignallingGrain>(FactCluster.NewKey());
        var (deleted, dead) = (new SignalObserver(cluster.Probe, "deleted"), new SignalObserver(cluster.Probe, "dead"));
        cluster.Probe.Open("deleted");
        cluster.Probe.Open("dead");
        var reference = cluster.From(0).CreateObjectReference<ISignalObserver>(deleted);
        await grain.SubscribeAsync(reference);
        await grain.SubscribeAsync(cluster.From(1).CreateObjectReference<ISignalObserver>(dead));
        Assert.Equal(["sent", "sent"], await grain.SignalAsync(1));
        await cluster.Probe.UntilAsync("deleted 1 ends");
        await cluster.Probe.UntilAsync("dead 1 ends");

        cluster.From(0).DeleteObjectReference<ISignalObserver>(reference);
        await cluster.Cluster.KillSiloAsync(cluster.Cluster.Silos[1]);
        Assert.Equal(["sent", "sent"], await grain.SignalAsync(1));
        Assert.Equal([nameof(TimeoutException), nameof(SiloUnavailableException)], await grain.RequestAsync());
        Assert.Equal(1, cluster.Probe.Count("deleted 1 starts"));
        Assert.Equal(1, cluster.Probe.Count("dead 1 starts"));
        GC.KeepAlive((deleted, dead));
    }
}

public interface ISignalObserver : IGrainObserver
{
    [OneWay]
    Task OnSignalAsync(int number);

    [ResponseTimeout("00:00:02")]
    Task AnswerAsync();
}

public interface ISignallingGrain : IGrainWithStringKey
{
    Task SubscribeAsync(ISignalObserver observer);

    /// <summary>Sends so many signals to all observers; for each observer "sent", or the type of the exception.</summary>
    Task<string[]> SignalAsync(int count);

    /// <summary>Wants an answer of each; "answered", or the type of the exception.</summary>
    Task<string[]> RequestAsync();
}

[PreferLocalPlacement]
internal sealed class SignallingGrain : Grain, ISignallingGrain
{
    private readonly List<ISignalObserver> _observers = [];

    public Task SubscribeAsync(ISignalObserver observer)
    {
        _observers.Add(observer);
        return Task.CompletedTask;
    }

    public async Task<string[]> SignalAsync(int count)
    {
        var outcomes = new string[_observers.Count];
        for (var number = 1; number <= count; number++)
        {
            for (var i = 0; i < outcomes.Length; i++)
            {
                var (observer, n) = (_observers[i], number);
                outcomes[i] = await TryAsync(() => observer.OnSignalAsync(n), "sent");
            }
        }

        return outcomes;
    }

    public async Task<string[]> RequestAsync()
    {
        var outcomes = new List<string>();
        foreach (var observer in _observers)
            outcomes.Add(await TryAsync(observer.AnswerAsync, "answered"));
        return [.. outcomes];
    }

    private static async Task<string> TryAsync(Func<Task> act, string outcome)
    {
        try
        {
            await act();
            return outcome;
        }
#pragma warning disable CA1031 // Whatever it is, is the fact.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return e.GetType().Name;
        }
    }
}

internal sealed class SignalObserver(Probe probe, string name) : ISignalObserver
{
    public async Task OnSignalAsync(int number)
    {
        probe.Record($"{name} {number} starts");
        await probe.PassAsync(name);
        probe.Record($"{name} {number} ends");
    }

    public Task AnswerAsync() => Task.CompletedTask;
}
