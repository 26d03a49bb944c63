using Ingestion.Status;
using Ingestion.Uploads;
using Ingestion.Videos;

namespace Ingestion.Grains.Uploads;

/// <summary>
/// How an upload comes to its end: a video or none. Each way is decided and stored first, and gone again after any crash. Bytes go only after
/// the manifest records that the upload ends without a video; once it was completing, only after the video's id is closed.
/// </summary>
internal sealed partial class UploadGrain
{
    // Longer than a healthy queue ever takes; past it the job goes to the video's outbox and the client gets its answer.
    private static readonly TimeSpan _enqueueTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Goes on with what a crash or a fault interrupted. Its first job may be gone by now, so that the video sends another one.</summary>
    private Task<CompleteResult> FinishAsync() => Manifest.State switch
    {
        UploadState.Completing when _givenUp is { } givenUp => GiveUpAsync(givenUp),
        UploadState.Completing => BecomeVideoAsync(jobSent: false),
        UploadState.Ending => RemoveAsync(),
        _ when HasPendingWork => RemoveLeftPiecesAsync(),
        _ => Task.FromResult(new CompleteResult(UploadOutcome.Ended, null)),
    };

    /// <summary>Every step may be done again: after a crash all of them are.</summary>
    private async Task<CompleteResult> BecomeVideoAsync(bool jobSent)
    {
        var m = Manifest;
        if (!await store.CompleteAsync(Source, m.StoreUploadId, m.Parts, CancellationToken.None))
            return await FailAsync(UploadOutcome.Failed, new VideoError("upload_corrupt", "The store does not hold what it acknowledged."));
        var seen = await SourceInspection.InspectAsync(store, sniffer, Source, m);
        if (seen.Error is not null)
            return await FailAsync(seen.Outcome, seen.Error);
        if (m.Kind is UploadKind.Partial)
            return await CompletedAsync(record: null);
        return await CreateVideoAsync(seen.ContentType, jobSent) is { } record
            ? await CompletedAsync(record)
            : await FailAsync(UploadOutcome.TooLate, new VideoError("upload_interrupted", "The upload was interrupted for too long; upload it again."));
    }

    /// <summary>The record; null when the id is closed.</summary>
    private async Task<VideoRecord?> CreateVideoAsync(string contentType, bool jobSent)
    {
        var m = Manifest;
        var (unpublished, isNew) = await FindUnpublishedAsync();
        var committed = GrainFactory.GetGrain<IQuotaGrain>(m.Owner).CommitReservationAsync(Id, m.Offset);
        var video = new NewVideo(m.Owner, m.FileName, contentType, m.Offset, m.CreatedAt, unpublished)
        {
            Tenant = m.Tenant,
            Caller = m.Caller,
            IsUnpublishedNew = isNew,
        };
        var record = await Video.CreateAsync(video, jobSent);
        await committed;
        return record;
    }

    /// <summary>The silo of the first call went before it could answer.</summary>
    private async Task<CompleteResult> CompleteAgainAsync()
    {
        if (Manifest.State is UploadState.Completing)
            return await FinishAsync();
        if (Manifest.Kind is UploadKind.Partial)
            return new CompleteResult(UploadOutcome.Ok, null);
        // Null when its owner has removed it meanwhile.
        var record = await Video.GetAsync(Manifest.Owner);
        return new CompleteResult(record is null ? UploadOutcome.Gone : UploadOutcome.Ok, record);
    }

    private async Task<CompleteResult> CompletedAsync(VideoRecord? record)
    {
        var (parts, removed) = (Manifest.Parts.Count, await TryRemovePiecesAsync());
        await SaveAsync(UploadRules.Completed(Manifest, time.GetUtcNow()) with { Pieces = removed ? [] : Manifest.Pieces });
        LogCompleted(Id, Manifest.Offset, parts);
        if (removed)
            Rest();
        return new CompleteResult(UploadOutcome.Ok, record);
    }

    /// <summary>Its writer gives up. The video may be stored already, or will be, and only the answer was lost: the bytes are the video's then.</summary>
    private async Task<CompleteResult> GiveUpAsync(GivenUp how)
    {
        if (!await MayEndAsync())
            return await CompletedAsync(record: null);
        await EndAsync(how.EndsAs, how.Error);
        return new CompleteResult(UploadOutcome.Gone, null);
    }

    /// <summary>It can't become a video, unless it has: another activation may have got further before it was frozen, and that counts.</summary>
    private async Task<CompleteResult> FailAsync(UploadOutcome outcome, VideoError error)
    {
        if (await MayEndAsync())
        {
            await EndAsync(UploadState.Failed, error);
            return new CompleteResult(outcome, null);
        }

        // Null when its owner has removed it meanwhile.
        var record = await Video.GetAsync(Manifest.Owner);
        var completed = await CompletedAsync(record);
        return record is null ? new CompleteResult(UploadOutcome.Gone, null) : completed;
    }

    /// <summary>
    /// Whether the upload may end without a video. Once one may exist, the answer is a tombstone in its row: a creation whose answer was lost, here
    /// or in a silo that is frozen, conflicts with it however late it comes. And the job that was sent finds it.
    /// </summary>
    private async Task<bool> MayEndAsync()
    {
        if (Manifest.Kind is UploadKind.Partial || Manifest.State is not UploadState.Completing)
            return true;
        try
        {
            return await Video.CloseAsync();
        }
        catch (Exception e) when (DiskFull.Is(e))
        {
            // State on a disk is of one process, so that no other one can create the video; and its bytes may be what fills the disk.
            return !await Video.ExistsAsync();
        }
    }

    private async Task EndAsync(UploadState endsAs, VideoError? error)
    {
        var ending = UploadRules.End(Manifest, endsAs, error);
        try
        {
            if (ending.IsStored)
                await ListAsync();
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
        catch
        {
            await RemindAsync();
            throw;
        }
    }

    /// <summary>The event is published before the record marks the upload as ended: nothing would publish it afterwards.</summary>
    private async Task<CompleteResult> RemoveAsync()
    {
        var m = Manifest;
        await FreeAsync(m);
        var ended = new StatusEvent($"{Id}-ended", Id, StatusOf(m.EndsAs), time.GetUtcNow(), Error: m.Error, OfUpload: true)
        {
            Tenant = m.Tenant, Facts = FactsOf(m, withMetadata: true),
        };
        await PublishAsync((await FindUnpublishedAsync()).Event is { } unpublished ? [unpublished, ended] : [ended], redelivery: true);
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
#pragma warning disable CA1031 // Stores and grains fail in many ways; the decision is stored and the next tick retries.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogUnfinished(e, Id, Manifest.State);
            await RemindAsync();
        }
    }

    private async Task<bool> TryEnqueueAsync()
    {
        try
        {
            using var timeout = new CancellationTokenSource(_enqueueTimeout, time);
            await queue.EnqueueAsync(VideoJob.Of(Id, Manifest.Owner), timeout.Token);
            return true;
        }
#pragma warning disable CA1031 // Any fault of the queue means the same here: the video's outbox sends the job.
        catch (Exception e) when (!DiskFull.Is(e))
#pragma warning restore CA1031
        {
            // The queue logs its own outages.
            if (e is not JobQueueUnavailableException)
                LogJobDeferred(e, Id);
            return false;
        }
    }

    /// <summary>How a writer gave up.</summary>
    private sealed record GivenUp(UploadState EndsAs, VideoError? Error);
}
