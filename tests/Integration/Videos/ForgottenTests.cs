using Ingestion.Status;
using Ingestion.Videos;

namespace Ingestion.Tests.Integration.Videos;

/// <summary>The journal of a user has, of a video that was removed, what happened and when, and nothing that the caller gave.</summary>
public sealed class ForgottenTests : IAsyncLifetime
{
    private readonly string _user = ServiceCluster.NewUser();
    private ServiceCluster _cluster = null!;

    public async Task InitializeAsync() => _cluster = await ServiceCluster.StartAsync();

    public Task DisposeAsync() => _cluster.DisposeAsync().AsTask();

    [Fact]
    public async Task EventsStayAtTheirPlaces_AndOtherVideosKeepTheirs()
    {
        var other = await _cluster.UploadAsync(_cluster.From(0), _user);
        var record = await _cluster.UploadAsync(_cluster.From(0), _user);
        var before = await ReadAsync();
        Assert.All(before, entry => Assert.NotNull(entry.Event.Facts));
        Assert.True(await _cluster.From(0).GetGrain<IVideoGrain>(record.Id).DeleteAsync(_user));
        await IsForgottenAsync(record.Id, before);
        Assert.All((await ReadAsync()).Where(entry => entry.Event.VideoId == other.Id), entry => Assert.NotNull(entry.Event.Facts));
    }

    [Fact]
    public async Task EventsAreForgotten_WhenTheJournalCannotBeWrittenAtFirst()
    {
        var record = await _cluster.UploadAsync(_cluster.From(0), _user);
        var before = await ReadAsync();
        _cluster.JournalFault.On();
        Assert.True(await _cluster.From(0).GetGrain<IVideoGrain>(record.Id).DeleteAsync(_user));
        await _cluster.JournalFault.StruckAsync(2);
        _cluster.JournalFault.Off();
        await IsForgottenAsync(record.Id, before);
    }

    [Fact]
    public async Task EventsAreForgotten_WhenTheVideosSiloIsKilledBeforeTheEnd()
    {
        var record = await _cluster.UploadAsync(_cluster.From(0), _user);
        var before = await ReadAsync();
        _cluster.VideoRemovalFault.On();
        var video = _cluster.Cluster.Client.GetGrain<IVideoGrain>(record.Id);
        Assert.True(await video.DeleteAsync(_user));
        await _cluster.VideoRemovalFault.StruckAsync(1);
        var victim = await _cluster.WhereAsync(video);
        await _cluster.KillAsync(victim);
        _cluster.VideoRemovalFault.Off();
        var survivor = _cluster.Silos.First(silo => !silo.Equals(victim));
        await Retry.UntilAnsweredAsync(() => _cluster.From(survivor).GetGrain<IVideoGrain>(record.Id).ExistsAsync());
        await IsForgottenAsync(record.Id, before);
    }

    private async Task IsForgottenAsync(string videoId, JournalEntry[] before)
    {
        JournalEntry[] after = [];
        await Eventually.TrueAsync(
            async () => (after = [.. (await ReadAsync()).Where(entry => entry.Event.VideoId == videoId)]) is [.., { Event.Status: VideoStatus.Deleted }]
                && after.All(entry => entry.Event.Facts is null),
            "the journal has forgotten it");
        Assert.Equal(before.Where(entry => entry.Event.VideoId == videoId).Select(Bare), after[..^1].Select(Bare));
    }

    private async Task<JournalEntry[]> ReadAsync() => [.. (await Retry.UntilAnsweredAsync(
        () => _cluster.Cluster.Client.GetGrain<IStatusGrain>(_user).ReadAsync(new Cursor(Cursor.EmptyEpoch, 0), 1000))).Entries];

    private static (long Offset, string Id, VideoStatus Status, DateTimeOffset At, string? Error) Bare(JournalEntry entry) =>
        (entry.Offset, entry.Event.Id, entry.Event.Status, entry.Event.At, entry.Event.Error?.Code);
}
