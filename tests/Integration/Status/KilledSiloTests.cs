using Ingestion.Status;
using Ingestion.Videos;

namespace Ingestion.Tests.Integration.Status;

/// <summary>The silo of a user's grain dies: its subscribers elsewhere continue from their cursor.</summary>
public sealed class KilledSiloTests
{
    [Fact]
    public async Task SubscriberMissesNothing_WhenTheSiloOfItsUsersGrainIsKilled()
    {
        const int Events = 60;
        await using var cluster = await ServiceCluster.StartAsync();
        var user = ServiceCluster.NewUser();
        var status = cluster.Cluster.Client.GetGrain<IStatusGrain>(user);
        await status.PublishAsync([ObserverTests.Event(ServiceCluster.NewId(), VideoStatus.Uploaded)], redelivery: false);
        var victim = await cluster.WhereAsync(status);
        var survivor = cluster.Silos.First(silo => !silo.Equals(victim));
        await using var subscriber = await Subscriber.StartAsync(cluster.From(survivor), user, renews: true);

        var from = cluster.From(survivor).GetGrain<IStatusGrain>(user);
        var published = new List<string> { subscriber.Entries[0].Event.Id };
        for (var i = 0; i < Events; i++)
        {
            if (i == Events / 2)
                await cluster.KillAsync(victim);
            // As an outbox does: again until acknowledged, and from the second time on as a redelivery.
            var e = ObserverTests.Event(ServiceCluster.NewId(), VideoStatus.Uploaded);
            var again = false;
            await Retry.UntilAnsweredAsync(async () =>
            {
                var redelivery = again;
                again = true;
                await from.PublishAsync([e], redelivery);
                return true;
            });
            published.Add(e.Id);
        }

        await subscriber.UntilAsync(published.Count);
        Assert.Equal(published, subscriber.Entries.Select(entry => entry.Event.Id));
        Assert.Equal(Enumerable.Range(1, published.Count).Select(i => (long)i), subscriber.Entries.Select(entry => entry.Offset));
        Assert.NotEqual(victim, await cluster.WhereAsync(from));
    }
}
