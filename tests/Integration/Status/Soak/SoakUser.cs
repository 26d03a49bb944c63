using Ingestion.Status;
using Ingestion.Videos;

namespace Ingestion.Tests.Integration.Status.Soak;

/// <summary>A user whose videos pass through their states. Outboxes publish them until acknowledged, from the second time on as a redelivery.</summary>
internal sealed class SoakUser(SocketCluster cluster, int videos, TimeSpan pause, int seed)
{
    // Videos that are on their way at the same time.
    private const int Lanes = 4;

    private const int PageSize = 200;

    private readonly List<JournalEntry> _journal = [];
    private readonly HashSet<string> _published = [];
    private Cursor _read = new(Cursor.EmptyEpoch, 0);

    public string Name { get; } = ServiceCluster.NewUser();

    /// <summary>The whole journal, as the grain returns it; complete after <see cref="ReadAsync"/>.</summary>
    public IReadOnlyList<JournalEntry> Journal => _journal;

    public int Published
    {
        get
        {
            lock (_published)
                return _published.Count;
        }
    }

    /// <summary>All of it. The journal is read meanwhile, so that nothing falls out of what is kept before it was read.</summary>
    public async Task PublishAsync()
    {
        var publishing = Task.WhenAll(Enumerable.Range(0, Lanes).Select(lane => PublishAsync(new Random(seed + lane), videos / Lanes)));
        while (!publishing.IsCompleted)
        {
            await ReadAsync();
            await Task.WhenAny(publishing, Task.Delay(200));
        }

        await publishing;
    }

    /// <summary>Reads the journal on to its end: no gap, no other epoch, each event that was published once.</summary>
    public async Task ReadAsync()
    {
        JournalPage page;
        do
        {
            page = await AgainAsync(grain => grain.ReadAsync(_read, PageSize));
            Assert.False(page.IsLost, "the journal stays the same");
            Assert.Equal(Enumerable.Range(1, page.Entries.Count).Select(i => _read.Offset + i), page.Entries.Select(entry => entry.Offset));
            _journal.AddRange(page.Entries);
            _read = new Cursor(page.End.Epoch, _journal.Count);
        }
        while (_read.Offset < page.End.Offset);
    }

    /// <summary>Each event that was published is in the journal, and once.</summary>
    public void IsComplete() => Assert.Equal(_published.Order(), _journal.Select(entry => entry.Event.Id).Order());

    private async Task PublishAsync(Random random, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var video = ServiceCluster.NewId();
            foreach (var status in Life(random))
            {
                await PublishAsync(new StatusEvent(ServiceCluster.NewId(), video, status, TimeProvider.System.GetUtcNow()));
                if (status is VideoStatus.Receiving or VideoStatus.Processing)
                    await PublishProgressAsync(video, status);
                await Task.Delay(pause * (2 * random.NextDouble()));
            }
        }
    }

    /// <summary>The states of one video, of which the last ones are terminal.</summary>
    private static VideoStatus[] Life(Random random) => random.Next(10) switch
    {
        0 => [VideoStatus.Receiving, VideoStatus.Cancelled],
        1 => [VideoStatus.Receiving, VideoStatus.Expired],
        2 => [VideoStatus.Receiving, VideoStatus.Uploaded, VideoStatus.Queued, VideoStatus.Processing, VideoStatus.Failed],
        3 => [VideoStatus.Receiving, VideoStatus.Uploaded, VideoStatus.Queued, VideoStatus.Processing, VideoStatus.Ready, VideoStatus.Deleted],
        // Lost by its worker, and taken again: a state that comes twice.
        4 => [VideoStatus.Receiving, VideoStatus.Uploaded, VideoStatus.Queued, VideoStatus.Processing, VideoStatus.Queued, VideoStatus.Processing,
            VideoStatus.Ready],
        _ => [VideoStatus.Receiving, VideoStatus.Uploaded, VideoStatus.Queued, VideoStatus.Processing, VideoStatus.Playable, VideoStatus.Ready],
    };

    private async Task PublishAsync(StatusEvent e)
    {
        lock (_published)
            _published.Add(e.Id);
        var again = false;
        await AgainAsync(async grain =>
        {
            var redelivery = again;
            again = true;
            await grain.PublishAsync([e], redelivery);
            return true;
        });
    }

    /// <summary>May be lost, and is where a silo dies.</summary>
    private async Task PublishProgressAsync(string video, VideoStatus status)
    {
        try
        {
            await AnySilo().GetGrain<IProgressGrain>(0)
                .PublishAsync(Name, new StatusEvent(ServiceCluster.NewId(), video, status, TimeProvider.System.GetUtcNow(), Percent: 50));
        }
        catch (OrleansException)
        {
            // So it is lost.
        }
    }

    /// <summary>Any silo's way to the user's grain.</summary>
    private IStatusGrain Grain() => AnySilo().GetGrain<IStatusGrain>(Name);

    private IGrainFactory AnySilo() => cluster.Service.From(Random.Shared.GetItems(cluster.Hosts, 1)[0].Silo);

    private Task<T> AgainAsync<T>(Func<IStatusGrain, Task<T>> call) => Retry.UntilAnsweredAsync(() => call(Grain()));
}
