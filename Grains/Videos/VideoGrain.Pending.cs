using Ingestion.Status;
using Ingestion.Uploads;
using Ingestion.Videos;
using Orleans.Storage;

namespace Ingestion.Grains.Videos;

/// <summary>
/// What a video has pending: its job, its events, its deletion, its tombstone. The stored state lists it. It is found again by its job or, where
/// there is none, by the index; the timer of an activation only makes it happen soon.
/// </summary>
internal sealed partial class VideoGrain
{
    // By then the timer has tried several times; sooner than a waiting owner would check.
    private static readonly TimeSpan _firstCheck = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan _nextCheck = TimeSpan.FromMinutes(1);

    // Whether the status grain may have some of the outbox: an earlier activation stored it, or an answer was lost.
    private bool _redelivery;

    // Whether the index will check this video soon, as far as this activation knows.
    private bool _listed;

    private bool HasPendingWork => HasPendingWorkIn(State);

    private GrainRetry Retry => field ??= new GrainRetry(this.RegisterGrainTimer, FlushAsync);

    private static bool HasPendingWorkIn(VideoState state) =>
        state.Deleting || state.Outbox.Count > 0 || state.JobPending || state.Unlisted.Count > 0;

    private IVideoIndexGrain Index => GrainFactory.GetGrain<IVideoIndexGrain>(UploadShards.Of(Id));

    public async Task<DateTimeOffset?> CheckAsync()
    {
        // By what this returns.
        _listed = true;
        if (HasPendingWork)
            await FlushAsync();
        if (HasPendingWork)
            return time.GetUtcNow() + _nextCheck;
        _listed = false;
        if (State.ClosedAt is not { } closedAt)
            return null;
        if (closedAt + VideoRules.TombstoneLasts is var end && end > time.GetUtcNow())
            return end;
        // What a worker or a writer stored after the removal goes at last.
        if (State.Removed)
            await store.DeleteAllAsync(Id, CancellationToken.None);
        await _stored.ClearStateAsync();
        DeactivateOnIdle();
        return null;
    }

    /// <summary>Has the video checked soon, whatever becomes of this silo. Before what is pending is stored: then nothing pending is ever unlisted.</summary>
    private async Task ListAsync()
    {
        if (_listed)
            return;
        await Index.AddAsync(Id, time.GetUtcNow() + _firstCheck);
        _listed = true;
    }

    /// <summary>Sends the pending job, flushes the outbox and finishes a deletion. A failure is retried by the timer and by the index.</summary>
    private async Task FlushAsync()
    {
        try
        {
            // What has happened is published whether the queue can be used or not.
            if (State.JobPending)
                await PublishAsync();
            if (State.JobPending)
            {
                await queue.EnqueueAsync(VideoJob.Of(Id, State.Record!.Owner), CancellationToken.None);
                await SaveAsync(VideoRules.Queue(State, time.GetUtcNow()));
            }

            await PublishAsync();
            _redelivery = false;
            await UnlistAsync();
            if (State.Deleting)
                await RemoveAsync();
            Retry.Stop();
        }
        catch (InconsistentStateException)
        {
            // Another activation has written: what this one holds is stale, and so would every retry be.
            DeactivateOnIdle();
            throw;
        }
#pragma warning disable CA1031 // Queue, grains and store fail in many ways; the change itself is stored, so the caller's request has succeeded.
        catch (Exception e)
#pragma warning restore CA1031
        {
            // The queue logs its own outages.
            if (e is not JobQueueUnavailableException)
                LogFlushFailed(e, Id);
            _redelivery = true;
            Retry.StartLater();
            await TryListAsync();
        }
    }

    /// <summary>Events that a job was to publish after a crash: the worker may be down for longer than the journal.</summary>
    private async Task TryListAsync()
    {
        try
        {
            await ListAsync();
        }
#pragma warning disable CA1031 // The job and the timer are left.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogFlushFailed(e, Id);
        }
    }

    private async Task PublishAsync()
    {
        if (State.Outbox.Count == 0)
            return;
        await GrainFactory.GetGrain<IStatusGrain>(State.Record!.Owner).PublishAsync(State.Outbox, _redelivery);
        var acknowledged = State with { Outbox = [] };
        // A later state overwrites the stored outbox anyway; only the last one needs a write of its own. Redelivery after a crash is harmless.
        if (State.Record.Status.IsTerminal && !State.Deleting)
            await SaveAsync(acknowledged);
        else
            _stored.State = acknowledged;
    }

    /// <summary>
    /// The state marks the video as being removed, so that its bytes may go. What is left of it is a tombstone: a creation that is late in a
    /// silo which was frozen would bring it back without its bytes.
    /// </summary>
    private async Task RemoveAsync()
    {
        var record = State.Record!;
        await store.DeleteAllAsync(Id, CancellationToken.None);
        // After the bytes and before the record: a crash in between returns them again, and that counts once.
        await GrainFactory.GetGrain<IQuotaGrain>(record.Owner).ReturnAsync(Id, record.SizeBytes);
        await GrainFactory.GetGrain<ILibraryGrain>(record.Owner).RemoveAsync(State.LibraryPosition, Id);
        if (record.Caller?.ExternalId is { } externalId)
            await ExternalList(record.Owner, externalId).RemoveAsync(State.ExternalPosition, Id);
        // The record is what has this repeated until it is done.
        await GrainFactory.GetGrain<IStatusGrain>(record.Owner).ForgetVideoAsync(Id);
        await SaveAsync(VideoRules.Remove(time.GetUtcNow()));
        await GrainFactory.GetGrain<IUploadGrain>(Id).ForgetVideoAsync();
        LogDeleted(Id);
        DeactivateOnIdle();
    }
}
