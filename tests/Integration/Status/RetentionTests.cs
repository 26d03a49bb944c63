using Ingestion.Status;
using Ingestion.Videos;

namespace Ingestion.Tests.Integration.Status;

/// <summary>What is left of a journal by count and by age, and how a subscriber from before it starts.</summary>
public sealed class RetentionTests : IAsyncLifetime
{
    private ServiceCluster _cluster = null!;

    public async Task InitializeAsync() => _cluster = await ServiceCluster.StartAsync();

    public Task DisposeAsync() => _cluster.DisposeAsync().AsTask();

    [Fact]
    public async Task LastThousandEventsAreThere_WhenMoreHaveCome()
    {
        var journal = Journal();
        var published = await PublishAsync(journal, 1_100);
        var page = await journal.ReadAsync(new Cursor(Cursor.EmptyEpoch, 0), int.MaxValue);
        // Whole segments of 32: a full one more than a thousand need, less what the newest one lacks.
        Assert.Equal(Enumerable.Range(65, 1_036).Select(i => (long)i), page.Entries.Select(entry => entry.Offset));
        Assert.Equal(published[64..], page.Entries.Select(entry => entry.Event.Id));
    }

    [Fact]
    public async Task SubscriberStartsWithWhatIsLeft_WhenItsCursorIsOfAWeekAgo()
    {
        var journal = Journal();
        var published = await PublishAsync(journal, 70);
        var end = (await _cluster.StartOfAsync(journal, since: null)).Cursor;
        Assert.Equal(SubscriptionMode.Replay, (await _cluster.StartOfAsync(journal, end with { Offset = 0 })).Mode);

        _cluster.Time.Advance(TimeSpan.FromDays(7.1));

        // 65 to 70 are in the newest segment, which stays.
        var old = await _cluster.StartOfAsync(journal, end with { Offset = 63 });
        Assert.Equal((SubscriptionMode.Reset, end), (old.Mode, old.Cursor));
        Assert.Equal(published[64..], old.Entries.Select(entry => entry.Event.Id));
        var replay = await _cluster.StartOfAsync(journal, end with { Offset = 64 });
        Assert.Equal(SubscriptionMode.Replay, replay.Mode);
        Assert.Equal(published[64..], replay.Entries.Select(entry => entry.Event.Id));

        var next = await PublishAsync(journal, 1);
        Assert.Equal(next, (await _cluster.StartOfAsync(journal, end)).Entries.Select(entry => entry.Event.Id));
        Assert.Equal(["journal-2.json", "journal-head.json"], Files(journal));
    }

    private async Task<string[]> PublishAsync(IStatusGrain journal, int count)
    {
        var published = Enumerable.Range(0, count).Select(
            _ => ObserverTests.Event(ServiceCluster.NewId(), VideoStatus.Uploaded) with { At = _cluster.Time.GetUtcNow() }).ToArray();
        foreach (var some in published.Chunk(100))
            await journal.PublishAsync(some, redelivery: false);
        return [.. published.Select(e => e.Id)];
    }

    private IStatusGrain Journal() => _cluster.From(0).GetGrain<IStatusGrain>(ServiceCluster.NewUser());

    private string[] Files(IStatusGrain journal)
    {
        var folder = Directory.EnumerateDirectories(_cluster.Folder, journal.GetPrimaryKeyString(), SearchOption.AllDirectories).Single();
        return [.. Directory.EnumerateFiles(folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
    }
}
