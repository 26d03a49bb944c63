using Ingestion.Status;
using Xunit.Abstractions;

namespace Ingestion.Tests.Integration.Status.Soak;

/// <summary>Everything at once: many subscribers who come and go or do not read, a storage that loses answers, and a silo that dies.</summary>
public sealed class SoakTests(ITestOutputHelper output)
{
    private const int SubscribersPerUser = 20;

    [Fact]
    public async Task EverySubscriberHoldsEveryTerminalStateOnce_WhateverHappens()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        await using var cluster = await SocketCluster.StartAsync(
            speed: 5, ("Sockets:PingSeconds", "25"), ("Sockets:PongSeconds", "10"), ("Sockets:FrameWindow", "10000"));
        // Two with so much that a client that stops reading is soon too slow, yet no more than the journal keeps: a snapshot holds what is kept.
        SoakUser[] users =
        [
            .. Enumerable.Range(0, 2).Select(i => new SoakUser(cluster, videos: 160, TimeSpan.FromMilliseconds(30), seed + (100 * i))),
            .. Enumerable.Range(2, 8).Select(i => new SoakUser(cluster, videos: 24, TimeSpan.FromMilliseconds(250), seed + (100 * i))),
        ];
        SoakSubscriber[] subscribers = [.. users.SelectMany((user, i) => Subscribers(cluster, user, isBusy: i < 2, seed + (1000 * i)))];
        using var end = new CancellationTokenSource();
        Task[] listening = [.. subscribers.Select(subscriber => subscriber.RunAsync(end.Token))];

        await PublishAsync(cluster, users);
        foreach (var subscriber in subscribers)
            subscriber.CalmDown();
        foreach (var user in users)
            await user.ReadAsync();
        await Eventually.TrueAsync(() => Task.FromResult(listening.Any(task => task.IsFaulted) || AreAtTheEnd(users, subscribers)),
            "all subscribers come to the end of their journals");
        await end.CancelAsync();
        await Task.WhenAll(listening);

        for (var i = 0; i < subscribers.Length; i++)
            Verify(users[i / SubscribersPerUser], subscribers[i]);
        Report(cluster, users, subscribers);
        // It was a soak, and not a quiet hour.
        Assert.All(subscribers, subscriber => Assert.Equal(0, subscriber.Gaps));
        Assert.True(subscribers.Sum(subscriber => subscriber.Connections) > 2 * subscribers.Length, "they have come back");
        Assert.True(cluster.Hosts.Sum(host => host.Counts.Ended(4101)) > 0, "some were too slow");
    }

    private static IEnumerable<SoakSubscriber> Subscribers(SocketCluster cluster, SoakUser user, bool isBusy, int seed) =>
        Enumerable.Range(0, SubscribersPerUser).Select(i =>
        {
            var temper = i < 4 ? Temper.Slow : isBusy && i < 8 ? Temper.Stuck : Temper.Restless;
            return new SoakSubscriber(cluster, user.Name, temper, fromTheBeginning: i % 4 != 0, seed + i);
        });

    /// <summary>All of it, and on the way the storage loses answers, a silo dies with the grain of a busy user, and another one comes.</summary>
    private static async Task PublishAsync(SocketCluster cluster, SoakUser[] users)
    {
        Task[] publishing = [.. users.Select(user => user.PublishAsync())];
        await PublishedAsync(users[0], 200, publishing);
        cluster.Service.LostJournalAnswer.On();
        await cluster.Service.LostJournalAnswer.StruckAsync(3);
        cluster.Service.LostJournalAnswer.Off();
        await PublishedAsync(users[0], 350, publishing);
        var victim = await cluster.Service.WhereAsync(cluster.Service.Cluster.Client.GetGrain<IStatusGrain>(users[0].Name));
        await cluster.KillAsync(cluster.Hosts.Single(host => host.Silo.Equals(victim)));
        await cluster.AddAsync();
        await Task.WhenAll(publishing);
    }

    private static Task PublishedAsync(SoakUser user, int count, Task[] publishing) =>
        Eventually.TrueAsync(() => Task.FromResult(user.Published >= count || publishing.Any(task => task.IsFaulted)), $"{count} events are published");

    private static bool AreAtTheEnd(SoakUser[] users, SoakSubscriber[] subscribers) =>
        !subscribers.Where((subscriber, i) => subscriber.Holdings.Offset != users[i / SubscribersPerUser].Journal.Count).Any();

    private static void Verify(SoakUser user, SoakSubscriber subscriber)
    {
        user.IsComplete();
        try
        {
            subscriber.Holdings.Verify(user.Journal);
        }
        catch (Xunit.Sdk.XunitException e)
        {
            Assert.Fail($"{e.Message}\n{subscriber}");
        }
    }

    private void Report(SocketCluster cluster, SoakUser[] users, SoakSubscriber[] subscribers) => output.WriteLine(
        $"{users.Sum(user => user.Journal.Count)} events, {subscribers.Sum(s => s.Connections)} connections, "
        + $"{subscribers.Sum(s => s.Holdings.Snapshots)} snapshots, {subscribers.Sum(s => s.Progress)} of progress; "
        + $"closed as slow: {cluster.Hosts.Sum(host => host.Counts.Ended(4101))}, as silent: {cluster.Hosts.Sum(host => host.Counts.Ended(4104))}");
}
