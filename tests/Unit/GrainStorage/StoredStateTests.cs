using Ingestion.Backends.GrainStorage;
using Ingestion.Grains.Status;
using Ingestion.Grains.Storage;
using Ingestion.Grains.Uploads;
using Ingestion.Grains.Videos;
using Ingestion.Status;
using Ingestion.Tests.Unit.Videos;
using Ingestion.Uploads;
using Ingestion.Videos;

namespace Ingestion.Tests.Unit.GrainStorage;

/// <summary>The states of our own grains survive the way to a file and back.</summary>
public sealed class StoredStateTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task VideoState_IsTheSame_WhenReadBack()
    {
        var state = VideoRules.Claim(VideoRules.Create(VideoFixture.Id, VideoFixture.New, jobSent: false, VideoFixture.After(1)), "w", VideoFixture.Lease, false, VideoFixture.After(2)).Next;
        state = VideoRules.Finish(state, VideoFixture.Bad, VideoFixture.After(3)) with { LibraryPosition = 17, ClaimedBy = "w", JobPending = true, Deleting = true };
        var read = await RoundTripAsync(state);
        Assert.Equal(state.Outbox, read.Outbox);
        Assert.Equal(state with { Outbox = read.Outbox }, read);
    }

    [Fact]
    public async Task VideoState_KeepsItsMedia_WhenReadBack()
    {
        var state = VideoFixture.Ready();
        Assert.Equal(state.Record, (await RoundTripAsync(state)).Record);
    }

    [Fact]
    public async Task UploadManifest_IsTheSame_WhenReadBack()
    {
        var state = new UploadManifest
        {
            State = UploadState.Open, Owner = "ann", Kind = UploadKind.Direct, FileName = "ä.mp4", ContentType = "video/mp4", Length = long.MaxValue, Metadata = "a b,c", Concat = "partial",
            Plan = new PartPlan(9, 2), StoreUploadId = "handle", Parts = [new UploadPart(1, 0, 9, "tag"), new UploadPart(2, 9, 4, "")], Tail = new UploadTail(13, 2, "tail-1"),
            Head = new byte[] { 1, 2, 3 }, CreatedAt = ManualTime.Start, TouchedAt = ManualTime.Start.AddDays(1), TimeToLive = TimeSpan.FromMinutes(90), EndsAs = UploadState.Failed,
            Error = new VideoError("c", "m"),
        };
        var read = await RoundTripAsync(state);
        Assert.Equal(state.Parts, read.Parts);
        Assert.Equal(state.Head.ToArray(), read.Head.ToArray());
        Assert.Equal(state with { Parts = read.Parts, Head = read.Head }, read);
        Assert.Equal(15, read.Offset);
    }

    [Fact]
    public async Task JournalSegment_KeepsEventsAndHoles_WhenReadBack()
    {
        StatusEvent?[] items = [new("e1", VideoFixture.Id, VideoStatus.Failed, VideoFixture.After(1), 40, 1L << 40, new VideoError("c", "m")), null, new("e3", VideoFixture.Id, VideoStatus.Ready, VideoFixture.After(2))];
        Assert.Equal(items, (await RoundTripAsync(new LogSegment<StatusEvent> { Items = [.. items] })).Items);
    }

    [Fact]
    public async Task LogHead_IsTheSame_WhenReadBack()
    {
        var read = await RoundTripAsync(new LogHead { Epoch = "k7", First = 3, Last = 1L << 40, Ends = [5, 1L << 41] });
        Assert.Equal(("k7", 3L, 1L << 40), (read.Epoch, read.First, read.Last));
        Assert.Equal([5, 1L << 41], read.Ends);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("k7")]
    public async Task Acknowledgement_IsTheSame_WhenReadBack(string? epoch)
    {
        var state = new AcknowledgedState { Cursor = epoch is null ? null : new Cursor(epoch, 1L << 40), Events = [3, 1L << 41] };
        var read = await RoundTripAsync(state);
        Assert.Equal(state.Cursor, read.Cursor);
        Assert.Equal(state.Events, read.Events);
    }

    private async Task<T> RoundTripAsync<T>(T state)
        where T : new()
    {
        var storage = new FileGrainStorage(_folder.Path);
        var grain = GrainId.Create("any", "one");
        await storage.WriteStateAsync("state", grain, new GrainState<T>(state));
        var read = new GrainState<T>();
        await storage.ReadStateAsync("state", grain, read);
        return read.State!;
    }
}
