using Ingestion.Uploads;
using Ingestion.Videos;
using Microsoft.Extensions.Logging;
using Orleans.Placement;

namespace Ingestion.Grains.Uploads;

/// <inheritdoc cref="IUploadGrain"/>
/// <remarks>Placed where its first caller is: the silo that holds the socket.</remarks>
[PreferLocalPlacement]
internal sealed partial class UploadGrain(
    [PersistentState("upload", WireNames.Storage)] IPersistentState<UploadManifest> stored,
    IObjectStore store,
    IJobQueue queue,
    TimeProvider time,
    ILogger<UploadGrain> logger) : Grain, IUploadGrain
{
    // Longer than a healthy queue ever takes; past it the job goes to the video's outbox and the client gets its answer.
    private static readonly TimeSpan EnqueueTimeout = TimeSpan.FromSeconds(5);

    private UploadManifest Manifest
    {
        get => stored.State;
        set => stored.State = value;
    }

    private string Id => this.GetPrimaryKeyString();

    private ObjectKey Source => ObjectKey.Source(Id);

    public async Task<LeaseResult> OpenAsync(OpenUpload request)
    {
        var (outcome, next) = Manifest.State is UploadState.None
            ? (UploadOutcome.Ok, await CreateAsync(request))
            : UploadRules.TakeOver(Manifest, request.Owner);
        if (outcome is UploadOutcome.Ok)
            await SaveAsync(next);
        return new LeaseResult(outcome, Manifest.Epoch, Manifest.Offset, Manifest.PartSize, Manifest.StoreUploadId);
    }

    public async Task<CommitResult> CommitPartAsync(long epoch, UploadPart part)
    {
        var (outcome, next) = UploadRules.Commit(Manifest, epoch, part);
        if (outcome is UploadOutcome.Ok)
            await SaveAsync(next);
        return new CommitResult(outcome, Manifest.Offset);
    }

    public async Task<CompleteResult> CompleteAsync(long epoch)
    {
        if (UploadRules.Check(Manifest, epoch) is not UploadOutcome.Ok and var refused)
            return new CompleteResult(refused, null);

        var jobSent = await TryEnqueueAsync();
        if (!await store.CompleteAsync(Source, Manifest.StoreUploadId, Manifest.Parts, CancellationToken.None))
            throw new InvalidOperationException($"The store does not hold what the manifest of upload {Id} says.");

        var video = new NewVideo(Manifest.Owner, Manifest.FileName, Manifest.ContentType, Manifest.Offset, Manifest.CreatedAt);
        var record = await GrainFactory.GetGrain<IVideoGrain>(Id).CreateAsync(video, jobSent);
        await SaveAsync(Manifest with { State = UploadState.Completed });
        LogCompleted(Id, Manifest.Offset, Manifest.Parts.Count);
        DeactivateOnIdle();
        return new CompleteResult(UploadOutcome.Ok, record);
    }

    public async Task AbortAsync(long epoch)
    {
        if (UploadRules.Check(Manifest, epoch) is not UploadOutcome.Ok)
            return;
        // A completion may have failed after the video was stored, by a lost answer; its bytes are the video's then.
        if (await GrainFactory.GetGrain<IVideoGrain>(Id).GetAsync(Manifest.Owner) is not null)
        {
            Manifest = Manifest with { State = UploadState.Completed };
            return;
        }

        await store.AbortAsync(Source, Manifest.StoreUploadId, CancellationToken.None);
        await store.DeleteAllAsync(Id, CancellationToken.None);
        if (stored.RecordExists)
            await stored.ClearStateAsync();
        Manifest = Manifest with { State = UploadState.Aborted };
        LogAborted(Id, Manifest.Offset);
        DeactivateOnIdle();
    }

    public Task<UploadState> GetStateAsync() => Task.FromResult(Manifest.State);

    private async Task<UploadManifest> CreateAsync(OpenUpload request) => new()
    {
        State = UploadState.Open,
        Owner = request.Owner,
        FileName = request.FileName,
        ContentType = request.ContentType,
        Length = request.Length,
        Resumable = request.Resumable,
        Epoch = 1,
        PartSize = store.PartSizeFor(request.Length),
        StoreUploadId = await store.BeginAsync(Source, CancellationToken.None),
        CreatedAt = time.GetUtcNow(),
    };

    /// <summary>
    /// Makes <paramref name="next"/> the manifest. Of an upload that can be resumed it is stored first: when that fails the old one stays in
    /// force, so that nothing is acknowledged that a crash would lose.
    /// </summary>
    private async Task SaveAsync(UploadManifest next)
    {
        var before = Manifest;
        Manifest = next;
        if (!next.Resumable)
            return;
        try
        {
            await stored.WriteStateAsync();
        }
        catch
        {
            Manifest = before;
            throw;
        }
    }

    private async Task<bool> TryEnqueueAsync()
    {
        try
        {
            using var timeout = new CancellationTokenSource(EnqueueTimeout, time);
            await queue.EnqueueAsync(new VideoJob(Id), timeout.Token);
            return true;
        }
#pragma warning disable CA1031 // Any fault of the queue means the same here: the video's outbox sends the job.
        catch (Exception e) when (!DiskFull.Is(e))
#pragma warning restore CA1031
        {
            LogJobDeferred(e, Id);
            return false;
        }
    }
}
