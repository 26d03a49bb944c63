using Ingestion.Silo.Worker;
using Ingestion.Uploads;
using Ingestion.Videos;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ingestion.Tests.Integration.Videos;

/// <summary>
/// Jobs whose video does not exist, while the silo that would create it is frozen: it lives on beside the cluster that has given it up, with the
/// same state, objects and queue.
/// </summary>
public sealed class UnknownVideoTests : IAsyncLifetime
{
    private readonly string _user = ServiceCluster.NewUser();
    private string _id = MediaId.NewOfForm(TimeProvider.System.GetUtcNow());
    private ServiceCluster _cluster = null!;
    private ServiceCluster _frozen = null!;
    private UnknownVideo _worker = null!;

    public async Task InitializeAsync()
    {
        _cluster = await ServiceCluster.StartAsync();
        _frozen = await ServiceCluster.StartBesideAsync(_cluster);
        var services = new ServiceCollection().AddMetrics().AddSingleton(TimeProvider.System).AddSingleton<WorkerMetrics>().BuildServiceProvider();
        _worker = new UnknownVideo(_cluster.From(0), _cluster.Queue, services.GetRequiredService<WorkerMetrics>(), _cluster.Time,
            NullLogger<UnknownVideo>.Instance);
    }

    public async Task DisposeAsync()
    {
        await _frozen.DisposeAsync();
        await _cluster.DisposeAsync();
    }

    [Theory]
    [InlineData(UploadKind.Form)]
    [InlineData(UploadKind.Resumable)]
    public async Task VideoIsCreatedWithItsBytes_WhenItsSiloWasFrozenForAWhile(UploadKind kind)
    {
        var (gate, uploading) = await FreezeBeforeCompletionAsync(kind);
        if (kind is UploadKind.Form)
            await DeliverAsync(old: false);
        gate.Open();
        Assert.Equal(UploadOutcome.Ok, (await uploading).Outcome);
        // That of the form was delivered before, and waits for its next time.
        if (kind is not UploadKind.Form)
            await DeliverAsync(old: true);
        await AssertBytesAsync();
        Assert.Equal(1, await _cluster.Queue.CountAsync(CancellationToken.None));
        Assert.Equal(ClaimOutcome.Granted, (await Video.ClaimAsync("worker", TimeSpan.FromMinutes(1))).Outcome);
    }

    [Fact]
    public async Task FormIsRefusedAndItsBytesGo_WhenItsSiloWasFrozenForTooLong()
    {
        var (gate, uploading) = await FreezeBeforeCompletionAsync(UploadKind.Form);
        await DeliverAsync(old: true);
        Assert.Equal(0, await _cluster.Queue.CountAsync(CancellationToken.None));
        gate.Open();
        Assert.Equal(UploadOutcome.TooLate, (await uploading).Outcome);
        Assert.Null(await Video.GetAsync(_user));
        Assert.Null(await _cluster.Store.GetInfoAsync(ObjectKey.Source(_id), CancellationToken.None));
    }

    /// <summary>Its activation knows of no record: only the conflict of the two rows stops it.</summary>
    [Fact]
    public async Task RecordIsRefused_WhenItsSiloWasFrozenRightBeforeTheWrite()
    {
        var gate = _frozen.VideoGate = new Gate();
        var uploading = _frozen.TryUploadAsync(_frozen.From(0), _user, _id, UploadKind.Form);
        await gate.Reached;
        await DeliverAsync(old: true);
        gate.Open();
        // It has met the tombstone, and ends the upload by it.
        Assert.Equal(UploadOutcome.TooLate, (await uploading).Outcome);
        Assert.False(await Video.ExistsAsync());
        Assert.Equal(ClaimOutcome.Done, (await Video.ClaimAsync("worker", TimeSpan.FromMinutes(1))).Outcome);
        Assert.Null(await _cluster.Store.GetInfoAsync(ObjectKey.Source(_id), CancellationToken.None));
    }

    /// <summary>A stored manifest decides what to do; nothing has to wait for the silo.</summary>
    [Fact]
    public async Task JobFinishesTheUpload_WhenItsManifestIsStored()
    {
        var (gate, uploading) = await FreezeBeforeCompletionAsync(UploadKind.Resumable);
        await DeliverAsync(old: true);
        Assert.True(await Video.ExistsAsync());
        await AssertBytesAsync();
        gate.Open();
        // Its state has changed under it; repeated, its completion meets what the job has done.
        var completed = await uploading;
        Assert.Equal((UploadOutcome.Ok, _id), (completed.Outcome, completed.Video?.Id));
        await AssertBytesAsync();
    }

    /// <summary>It would send no other job, and its video would wait for ever.</summary>
    [Fact]
    public async Task CompletionIsRefused_WhenItsJobIsGone()
    {
        _id = MediaId.New(TimeProvider.System.GetUtcNow());
        var upload = _frozen.From(0).GetGrain<IUploadGrain>(_id);
        await upload.CreateAsync(Uploading.New(_user, UploadKind.Resumable, 0));
        var lease = await upload.AcquireAsync(_user, null, null);
        await _cluster.Queue.EnqueueAsync(new VideoJob(_id), CancellationToken.None);
        await DeliverAsync(old: false);
        Assert.Equal(0, await _cluster.Queue.CountAsync(CancellationToken.None));
        Assert.Equal(UploadOutcome.LeaseLost, (await upload.CompleteAsync(lease.Epoch, UploadCommit.Empty)).Outcome);
        Assert.Equal(UploadState.Open, await _cluster.From(0).GetGrain<IUploadGrain>(_id).FinishPendingAsync());
    }

    /// <summary>A removed video would come back without its bytes.</summary>
    [Fact]
    public async Task RemovedVideoStaysRemoved_WhenItsCreatorIsLate()
    {
        var (gate, uploading) = await FreezeBeforeCompletionAsync(UploadKind.Resumable);
        await DeliverAsync(old: false);
        Assert.True(await Video.DeleteAsync(_user));
        gate.Open();
        Assert.Equal(UploadOutcome.Gone, (await uploading).Outcome);
        Assert.False(await Video.ExistsAsync());
        Assert.Null(await _frozen.From(0).GetGrain<IVideoGrain>(_id).GetAsync(_user));
        Assert.Empty((await _cluster.From(0).GetGrain<ILibraryGrain>(_user).ListAsync(null, 100)).VideoIds);
    }

    /// <summary>Its activation has read that there is no record, and there is none any more: only the tombstone is in its way.</summary>
    [Fact]
    public async Task RemovedVideoStaysRemoved_WhenItsCreatorWasFrozenRightBeforeTheWrite()
    {
        var gate = _frozen.VideoGate = new Gate();
        _id = MediaId.New(TimeProvider.System.GetUtcNow());
        var uploading = _frozen.TryUploadAsync(_frozen.From(0), _user, _id, UploadKind.Resumable);
        await gate.Reached;
        await DeliverAsync(old: false);
        Assert.True(await Video.DeleteAsync(_user));
        gate.Open();
        Assert.Equal(UploadOutcome.Gone, (await uploading).Outcome);
        Assert.False(await Video.ExistsAsync());
        Assert.Null(await _frozen.From(0).GetGrain<IVideoGrain>(_id).GetAsync(_user));
    }

    private IVideoGrain Video => _cluster.From(0).GetGrain<IVideoGrain>(_id);

    /// <summary>Its job is in the queue, and its object not complete.</summary>
    private async Task<(Gate Gate, Task<CompleteResult> Uploading)> FreezeBeforeCompletionAsync(UploadKind kind)
    {
        var gate = new Gate();
        if (kind is not UploadKind.Form)
            _id = MediaId.New(TimeProvider.System.GetUtcNow());
        foreach (var silo in _frozen.Silos)
            _frozen.StoreOf(silo).Completing = gate;
        var uploading = _frozen.TryUploadAsync(_frozen.From(0), _user, _id, kind);
        await gate.Reached;
        return (gate, uploading);
    }

    private async Task DeliverAsync(bool old)
    {
        var job = Assert.Single(await _cluster.Queue.ReceiveAsync(1, TimeSpan.FromMinutes(1), CancellationToken.None));
        await _worker.HandleAsync(job with { EnqueuedAt = _cluster.Time.GetUtcNow() - (old ? UnknownVideo.Patience : TimeSpan.Zero), Attempt = 0 },
            CancellationToken.None);
    }

    private async Task AssertBytesAsync() => Assert.NotNull(await _cluster.Store.GetInfoAsync(ObjectKey.Source(_id), CancellationToken.None));
}
