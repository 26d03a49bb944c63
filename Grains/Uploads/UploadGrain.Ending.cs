using Ingestion.Status;
using Ingestion.Uploads;
using Ingestion.Videos;

namespace Ingestion.Grains.Uploads;

/// <summary>How an upload comes to its end: a video or none. Each way is decided and stored first, and gone again after any crash.</summary>
internal sealed partial class UploadGrain
{
    // Longer than a healthy queue ever takes; past it the job goes to the video's outbox and the client gets its answer.
    private static readonly TimeSpan _enqueueTimeout = TimeSpan.FromSeconds(5);

    private Task<CompleteResult> FinishAsync() => Manifest.State switch
    {
        UploadState.Completing => BecomeVideoAsync(),
        UploadState.Ending => RemoveAsync(),
        _ when HasPendingWork => RemoveLeftPiecesAsync(),
        _ => Task.FromResult(new CompleteResult(UploadOutcome.Ended, null)),
    };

    /// <summary>Every step may be done again: after a crash all of them are.</summary>
    private async Task<CompleteResult> BecomeVideoAsync()
    {
        var m = Manifest;
        var partial = m.Kind is UploadKind.Partial;
        var jobSent = !partial && await TryEnqueueAsync();
        if (!await store.CompleteAsync(Source, m.StoreUploadId, m.Parts, CancellationToken.None))
        {
            await EndAsync(UploadState.Failed, new VideoError("upload_corrupt", "The store does not hold what it acknowledged."));
            return new CompleteResult(UploadOutcome.Failed, null);
        }

        var seen = await SourceInspection.InspectAsync(store, sniffer, Source, m);
        if (seen.Error is not null)
        {
            await EndAsync(UploadState.Failed, seen.Error);
            return new CompleteResult(seen.Outcome, null);
        }

        VideoRecord? record = null;
        if (!partial)
        {
            var unpublished = await FindUnpublishedAsync();
            var committed = GrainFactory.GetGrain<IQuotaGrain>(m.Owner).CommitReservationAsync(Id, m.Offset);
            var video = new NewVideo(m.Owner, m.FileName, seen.ContentType, m.Offset, m.CreatedAt, unpublished);
            record = await GrainFactory.GetGrain<IVideoGrain>(Id).CreateAsync(video, jobSent);
            await committed;
        }

        var removed = await TryRemovePiecesAsync();
        await SaveAsync(UploadRules.Completed(m, time.GetUtcNow()) with { Pieces = removed ? [] : m.Pieces });
        LogCompleted(Id, Manifest.Offset, m.Parts.Count);
        if (removed)
            Rest();
        return new CompleteResult(UploadOutcome.Ok, record);
    }

    private async Task EndAsync(UploadState endsAs, VideoError? error)
    {
        var ending = UploadRules.End(Manifest, endsAs, error);
        try
        {
            await SaveAsync(ending);
        }
        catch (Exception e) when (DiskFull.Is(e))
        {
            // The upload's own bytes may be what fills the disk: they are deleted first, which makes room for the record.
            await FreeAsync(ending);
            await SaveAsync(ending);
        }

        try
        {
            await RemoveAsync();
        }
        catch when (Manifest.IsStored)
        {
            Retry.StartLater();
            throw;
        }
    }

    /// <summary>The event is published before the record says that the upload has ended: nothing would publish it afterwards.</summary>
    private async Task<CompleteResult> RemoveAsync()
    {
        var m = Manifest;
        await FreeAsync(m);
        var ended = new StatusEvent($"{Id}-ended", Id, StatusOf(m.EndsAs), time.GetUtcNow(), Error: m.Error, OfUpload: true);
        await PublishAsync(await FindUnpublishedAsync() is { } unpublished ? [unpublished, ended] : [ended], redelivery: true);
        await GrainFactory.GetGrain<IQuotaGrain>(m.Owner).ReleaseAsync(Id);
        // Not the client gives up then: its pieces are acknowledged, and stay for as long as they would have.
        await LeavePiecesAsync(remove: m.EndsAs is not UploadState.Failed);
        await SaveAsync(UploadRules.Ended(m, time.GetUtcNow()) with { Pieces = [] });
        metrics.Ended(m.EndsAs);
        LogEnded(Id, m.EndsAs, m.Error?.Code, m.Offset);
        Rest();
        return new CompleteResult(UploadOutcome.Gone, null);
    }

    private async Task FreeAsync(UploadManifest manifest)
    {
        await joins.StopAsync(Id);
        await store.AbortAsync(Source, manifest.StoreUploadId, CancellationToken.None);
        await store.DeleteAllAsync(Id, CancellationToken.None);
    }

    /// <summary>Nothing is under way any more.</summary>
    private void Rest()
    {
        (_writer, _writing) = (null, false);
        Retry.Stop();
        DeactivateOnIdle();
    }

    private async Task RetryAsync()
    {
        try
        {
            await FinishAsync();
        }
#pragma warning disable CA1031 // Stores and grains fail in many ways; the decision is stored and the next tick tries again.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogUnfinished(e, Id, Manifest.State);
        }
    }

    private async Task<bool> TryEnqueueAsync()
    {
        try
        {
            using var timeout = new CancellationTokenSource(_enqueueTimeout, time);
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
