using Ingestion.Uploads;
using Ingestion.Videos;

namespace Ingestion.Tests.Integration.Uploads;

/// <summary>Many uploads at once, and one upload with two writers.</summary>
public sealed class UploadTests(ServiceCluster cluster) : IClassFixture<ServiceCluster>
{
    [Fact]
    public async Task LibraryHasAllAndTheJournalHasNoGap_WhenAUserUploadsAHundredAtOnce()
    {
        const int Uploads = 100;
        var user = ServiceCluster.NewUser();
        var jobs = await cluster.Queue.CountAsync(CancellationToken.None);
        await using var subscriber = await Subscriber.StartAsync(cluster.From(2), user, renews: true);
        var records = await Task.WhenAll(Enumerable.Range(0, Uploads).Select(i => cluster.UploadAsync(cluster.From(i % 3), user)));

        var listed = new List<string>();
        long? cursor = null;
        do
        {
            var page = await cluster.From(1).GetGrain<ILibraryGrain>(user).ListAsync(cursor, 30);
            listed.AddRange(page.VideoIds);
            cursor = page.Next;
        }
        while (cursor is not null);
        Assert.Equal(records.Select(record => record.Id).Order(), listed.Order());

        await subscriber.UntilAsync(3 * Uploads);
        Assert.Equal(Enumerable.Range(1, 3 * Uploads).Select(i => (long)i), subscriber.Entries.Select(entry => entry.Offset));
        Assert.All(
            subscriber.Entries.GroupBy(entry => entry.Event.VideoId),
            events => Assert.Equal([VideoStatus.Receiving, VideoStatus.Uploaded, VideoStatus.Queued], events.Select(entry => entry.Event.Status)));
        Assert.Equal(jobs + Uploads, await cluster.Queue.CountAsync(CancellationToken.None));
    }

    [Fact]
    public async Task OldWriterIsRefused_WhenAnotherHasTakenOver()
    {
        var (user, id) = (ServiceCluster.NewUser(), ServiceCluster.NewId());
        var (here, there) = (cluster.From(0).GetGrain<IUploadGrain>(id), cluster.From(2).GetGrain<IUploadGrain>(id));
        Assert.Equal(UploadOutcome.Ok, await here.CreateAsync(Uploading.New(user, UploadKind.Resumable, 10)));
        var old = await here.AcquireAsync(user, null, null);
        var current = await there.AcquireAsync(user, 0, null);
        Assert.True(current.Epoch > old.Epoch);

        var commit = new UploadCommit("", [new UploadPart(1, 0, 10, ETag: "")], null, null, null, default);
        Assert.Equal(UploadOutcome.StaleEpoch, (await here.CommitAsync(old.Epoch, commit)).Outcome);
        Assert.Equal(UploadOutcome.StaleEpoch, (await here.CompleteAsync(old.Epoch, commit)).Outcome);
        await here.AbortAsync(old.Epoch, error: null);
        Assert.Equal(UploadState.Open, await here.FinishPendingAsync());
        var committed = await there.CommitAsync(current.Epoch, commit);
        Assert.Equal((UploadOutcome.Ok, 10L), (committed.Outcome, committed.Offset));
        Assert.Equal(UploadOutcome.NotFound, (await here.AcquireAsync("eve", null, null)).Outcome);
        Assert.Equal(UploadOutcome.OffsetMismatch, (await here.AcquireAsync(user, 5, null)).Outcome);
    }

    /// <summary>A silo that goes before it can answer has its calls repeated.</summary>
    [Theory]
    [InlineData(UploadKind.Resumable)]
    [InlineData(UploadKind.Partial)]
    public async Task CompletionHasOneOutcome_WhenItComesAgain(UploadKind kind)
    {
        var (user, id) = (ServiceCluster.NewUser(), ServiceCluster.NewId());
        var (upload, epoch, last) = await cluster.WriteAsync(cluster.From(0), user, id, kind);
        var first = await upload.CompleteAsync(epoch, last);
        Assert.Equal((UploadOutcome.Ok, kind is UploadKind.Resumable ? id : null), (first.Outcome, first.Video?.Id));
        for (var i = 0; i < 2; i++)
        {
            var again = await cluster.From(i + 1).GetGrain<IUploadGrain>(id).CompleteAsync(epoch, last);
            Assert.Equal((first.Outcome, first.Video?.Id), (again.Outcome, again.Video?.Id));
            await cluster.CollectAsync();
        }

        Assert.Equal(kind is UploadKind.Resumable ? [id] : [], (await cluster.From(0).GetGrain<ILibraryGrain>(user).ListAsync(null, 10)).VideoIds);
    }

    [Fact]
    public async Task NoSiloIsFenced_UnlessAnotherWriterMayExist()
    {
        var (user, id) = (ServiceCluster.NewUser(), ServiceCluster.NewId());
        var upload = cluster.From(0).GetGrain<IUploadGrain>(id);
        var before = CountFences();
        await upload.CreateAsync(Uploading.New(user, UploadKind.Resumable, 10));
        for (var i = 0; i < 3; i++)
            await upload.ReleaseAsync((await upload.AcquireAsync(user, 0, null)).Epoch);
        await upload.AcquireAsync(user, 0, null);
        Assert.Equal(before, CountFences());

        await upload.AcquireAsync(user, 0, null);
        Assert.Equal(before + cluster.Silos.Length, CountFences());

        int CountFences() => cluster.Silos.Sum(silo => cluster.StoreOf(silo).Fences);
    }

    [Fact]
    public async Task TakeoverIsRefused_WhileASiloHasNotConfirmedTheFence()
    {
        var (user, id) = (ServiceCluster.NewUser(), ServiceCluster.NewId());
        var (here, there) = (cluster.From(0).GetGrain<IUploadGrain>(id), cluster.From(2).GetGrain<IUploadGrain>(id));
        await here.CreateAsync(Uploading.New(user, UploadKind.Resumable, 20));
        var old = await here.AcquireAsync(user, null, null);
        var silent = cluster.StoreOf(cluster.Silos[1]).FenceFault;
        silent.On();
        try
        {
            await Assert.ThrowsAsync<IOException>(() => there.AcquireAsync(user, 0, null));
        }
        finally
        {
            silent.Off();
        }

        // The lease is where it was, and what had been stored under it counts.
        var commit = new UploadCommit("", [], new UploadTail(0, 10, Name: ""), null, null, default);
        Assert.Equal(UploadOutcome.Ok, (await here.CommitAsync(old.Epoch, commit)).Outcome);
        var current = await there.AcquireAsync(user, 10, null);
        Assert.True(current.Outcome is UploadOutcome.Ok && current.Epoch > old.Epoch);
        Assert.Equal(UploadOutcome.StaleEpoch, (await here.CommitAsync(old.Epoch, commit)).Outcome);
    }
}
