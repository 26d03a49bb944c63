using Ingestion.Grains.Status;
using Ingestion.Grains.Storage;
using Ingestion.Status;
using Ingestion.Uploads;
using Ingestion.Videos;
using Microsoft.Extensions.Logging;
using Orleans.Storage;

namespace Ingestion.Grains.Videos;

/// <inheritdoc cref="IVideoGrain"/>
/// <remarks>
/// Collected soon, as videos are many and each is requested seldom. Never deactivated for being unknown: a call that meets a deactivation may
/// be turned away after two forwards, and the creation of a video must not be such a call.
/// </remarks>
[CollectionAgeLimit(Minutes = 2)]
internal sealed partial class VideoGrain(
    [PersistentState("video", WireNames.Storage)] IPersistentState<VideoState> stored,
    IObjectStore store,
    IJobQueue queue,
    ISiloStatusOracle silos,
    TimeProvider time,
    ILogger<VideoGrain> logger) : Grain, IVideoGrain
{
    // Whether the status grain may have some of the outbox: an earlier activation stored it, or an answer was lost.
    private bool _redelivery;

    private string Id => this.GetPrimaryKeyString();

    private VideoState State => stored.State;

    private bool HasPendingWork => State.Deleting || State.Outbox.Count > 0 || State.JobPending;

    private GrainRetry Retry => field ??= new GrainRetry(this.RegisterGrainTimer, FlushAsync);

    /// <summary>What a crash interrupted goes on: the first retry comes at once, outside the activation itself.</summary>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _redelivery = State.Outbox.Count > 0;
        if (HasPendingWork)
            Retry.StartNow();
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (HasPendingWork)
            GrainRetry.WakeNext(reason, GrainFactory.GetGrain<IVideoGrain>(Id).ExistsAsync);
        return Task.CompletedTask;
    }

    public async Task<VideoRecord> CreateAsync(NewVideo video, bool jobSent)
    {
        if (State.Record is { } existing)
            return existing;
        var next = VideoRules.Create(Id, video, jobSent, time.GetUtcNow());
        // Listed before it is stored: the list may name a video that a crash kept from being born (it is skipped), never miss one that was.
        next = next with { LibraryPosition = await GrainFactory.GetGrain<ILibraryGrain>(video.Owner).AddAsync(Id) };
        await SaveAsync(next);
        _redelivery |= video.Unpublished is not null;
        await FlushAsync();
        return State.Record!;
    }

    public Task<VideoRecord?> GetAsync(string owner) =>
        Task.FromResult(State.Visible is { } record && record.Owner == owner ? record : null);

    public Task<bool> ExistsAsync() => Task.FromResult(State.Record is not null);

    public async Task<bool> DeleteAsync(string owner)
    {
        if (State.Visible is not { } record || record.Owner != owner)
            return false;
        await RemindByJobAsync();
        await SaveAsync(VideoRules.Delete(State, time.GetUtcNow()));
        LogDeleting(Id);
        await FlushAsync();
        return true;
    }

    public async Task<ClaimResult> ClaimAsync(string worker, TimeSpan lease)
    {
        if (State.Deleting || (State.Outbox.Count > 0 && State.Record is { Status.IsTerminal: true }))
            await FlushAsync();
        var (outcome, next) = VideoRules.Claim(State, worker, lease, HolderIsDead(), time.GetUtcNow());
        if (outcome is ClaimOutcome.Granted)
        {
            await SaveAsync(next);
            LogClaimed(Id, worker, next.ClaimEpoch);
            await FlushAsync();
        }

        // The last event is not published yet: the job stays in the queue, so that its next delivery flushes the outbox even if this silo dies first.
        if (outcome is ClaimOutcome.Done && State.Outbox.Count > 0)
            outcome = ClaimOutcome.Busy;
        return new ClaimResult(outcome, outcome is ClaimOutcome.Granted ? next.ClaimEpoch : 0, State.Visible);
    }

    public async Task<bool> ReportProgressAsync(long epoch, int percent, TimeSpan lease)
    {
        if (!VideoRules.Holds(State, epoch))
            return false;
        // Not stored: after a crash the claim lapses a little early and its epoch keeps the old worker out.
        stored.State = State with { ClaimUntil = time.GetUtcNow() + lease };
        var progress = new StatusEvent(MediaId.New(time.GetUtcNow()), Id, VideoStatus.Processing, time.GetUtcNow(), Math.Clamp(percent, 0, 100));
        await this.PublishProgressAsync(State.Record!.Owner, progress);
        return true;
    }

    public async Task<bool> FinishAsync(long epoch, ProcessingResult result)
    {
        if (!VideoRules.Holds(State, epoch))
            return false;
        await SaveAsync(VideoRules.Finish(State, result, time.GetUtcNow()));
        LogFinished(Id, State.Record!.Status, State.Record.Processing, State.Record.Error?.Code);
        await FlushAsync();
        return true;
    }

    public Task<bool> IsPublishedAsync() => Task.FromResult(State.Outbox.Count == 0);

    public async Task ReleaseAsync(long epoch)
    {
        if (VideoRules.Holds(State, epoch))
            await SaveAsync(State with { ClaimedBy = null });
    }

    public async Task GiveUpAsync(VideoError error)
    {
        var next = VideoRules.GiveUp(State, error, time.GetUtcNow());
        if (ReferenceEquals(next, State))
            return;
        await SaveAsync(next);
        LogFinished(Id, State.Record!.Status, State.Record.Processing, error.Code);
        await FlushAsync();
    }

    /// <summary>
    /// Workers inside silos claim in the name of their silo's address, which has another generation after each start: membership knows
    /// that such a holder is gone long before its lease ends.
    /// </summary>
    private bool HolderIsDead()
    {
        if (State.ClaimedBy is not { } holder || !holder.StartsWith(WorkerName.SiloPrefix, StringComparison.Ordinal))
            return false;
        var status = silos.GetApproximateSiloStatus(SiloAddress.FromParsableString(holder[WorkerName.SiloPrefix.Length..]));
        return status is SiloStatus.None or SiloStatus.Dead;
    }

    private async Task SaveAsync(VideoState next)
    {
        try
        {
            await stored.SaveAsync(next, EndActivation);
        }
        catch
        {
            // What was read again may hold events that the status grain has, and a job that was not sent.
            _redelivery = true;
            if (HasPendingWork)
                Retry.StartLater();
            throw;
        }
    }

    private void EndActivation(Exception unreadable)
    {
        LogFlushFailed(unreadable, Id);
        DeactivateOnIdle();
    }

    /// <summary>Sends the pending job, flushes the outbox and finishes a deletion. A failure is retried by a timer, and on activation after a crash.</summary>
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
            stored.State = acknowledged;
    }

    private async Task RemoveAsync()
    {
        var record = State.Record!;
        await store.DeleteAllAsync(Id, CancellationToken.None);
        // After the bytes and before the record: a crash in between returns them again, and that counts once.
        await GrainFactory.GetGrain<IQuotaGrain>(record.Owner).ReturnAsync(Id, record.SizeBytes);
        await GrainFactory.GetGrain<ILibraryGrain>(record.Owner).RemoveAsync(State.LibraryPosition, Id);
        await stored.ClearStateAsync();
        await GrainFactory.GetGrain<IUploadGrain>(Id).ForgetVideoAsync();
        LogDeleted(Id);
        DeactivateOnIdle();
    }

    /// <summary>After a crash, the job makes a worker claim this video, which finishes the removal. Without a queue only the retry timer does.</summary>
    private async Task RemindByJobAsync()
    {
        try
        {
            await queue.EnqueueAsync(VideoJob.Of(Id, State.Record!.Owner), CancellationToken.None);
        }
#pragma warning disable CA1031 // The removal goes on without the reminder.
        catch (Exception e)
#pragma warning restore CA1031
        {
            if (e is not JobQueueUnavailableException)
                LogFlushFailed(e, Id);
        }
    }
}
