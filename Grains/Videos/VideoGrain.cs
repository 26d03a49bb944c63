using Ingestion.Grains.Silos.Shedding;
using Ingestion.Grains.Status;
using Ingestion.Grains.Storage;
using Ingestion.Status;
using Ingestion.Uploads;
using Ingestion.Videos;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Storage;

namespace Ingestion.Grains.Videos;

/// <inheritdoc cref="IVideoGrain"/>
/// <remarks>
/// Collected soon, as videos are many and each is requested seldom. Never deactivated for being unknown: a call that meets a deactivation may
/// be rejected after two forwards, and the creation of a video must not be such a call.
/// </remarks>
[CollectionAgeLimit(Minutes = 2)]
[Reclaimable(bytes: 4600, reads: 1)]
internal sealed partial class VideoGrain(
    [FromKeyedServices(WireNames.Storage)] IGrainStorage storage,
    IGrainContext context,
    IObjectStore store,
    IJobQueue queue,
    ISiloStatusOracle silos,
    TimeProvider time,
    ILogger<VideoGrain> logger) : Grain, IVideoGrain, IIncomingGrainCallFilter, IPinned
{
    private readonly LazyState<VideoState> _stored = new(storage, context.GrainId, "video");

    // Whether the call under way has read the state itself.
    private bool _justRead;

    private string Id => this.GetPrimaryKeyString();

    private VideoState State => _stored.State;

    /// <summary>It would be back at once to do its work, or a worker holds it, whose progress and lease are nowhere else.</summary>
    bool IPinned.IsPinned => _stored.InMemory is { } state && (HasPendingWorkIn(state) || (state.ClaimedBy is not null && state.ClaimUntil > time.GetUtcNow()));

    /// <summary>Each call finds the state loaded, but the creation of a video, which is what most activations begin with.</summary>
    public async Task Invoke(IIncomingGrainCallContext context)
    {
        _justRead = !_stored.IsLoaded && context.MethodName is not nameof(CreateAsync);
        if (_justRead)
            await LoadAsync();
        await context.Invoke();
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (HasPendingWork)
            GrainRetry.WakeNext(reason, GrainFactory.GetGrain<IVideoGrain>(Id).ExistsAsync);
        return Task.CompletedTask;
    }

    public async Task<VideoRecord?> CreateAsync(NewVideo video, bool jobSent)
    {
        // The job goes before the first attempt alone. What is stored all the same (a tombstone, or what another activation has created) conflicts.
        var isFirst = jobSent && !_stored.IsLoaded;
        if (!isFirst)
            await LoadAsync();
        if (State.ClosedAt is not null || State.Record is not null)
            return State.Record;
        var next = VideoRules.Create(Id, video, jobSent, time.GetUtcNow());
        // Listed before it is stored: the list may name a video that a crash kept from being born (it is skipped), never miss an existing one.
        next = next with { LibraryPosition = await GrainFactory.GetGrain<ILibraryGrain>(video.Owner).AddAsync(Id) };
        if (video.Caller?.ExternalId is { } externalId)
            next = next with { ExternalPosition = await ExternalList(video.Owner, externalId).AddAsync(Id) };
        // A job that was sent is the reminder itself.
        if (next.JobPending)
            await ListAsync();
        try
        {
            await SaveAsync(next);
        }
        catch (InconsistentStateException) when (isFirst && _stored.IsLoaded)
        {
            Continue();
            await TakeOffListsAsync(video, next);
            return State.Record;
        }

        _redelivery |= video is { Unpublished: not null, IsUnpublishedNew: false };
        await FlushAsync();
        return State.Record;
    }

    /// <summary>The video was created before, or never will be: where it is not listed by what is stored, it is listed once too often.</summary>
    private async Task TakeOffListsAsync(NewVideo video, VideoState listed)
    {
        if (listed.LibraryPosition != State.LibraryPosition)
            await GrainFactory.GetGrain<ILibraryGrain>(video.Owner).RemoveAsync(listed.LibraryPosition, Id);
        if (video.Caller?.ExternalId is { } externalId && listed.ExternalPosition != State.ExternalPosition)
            await ExternalList(video.Owner, externalId).RemoveAsync(listed.ExternalPosition, Id);
    }

    public async Task<bool> CloseAsync()
    {
        if (State.ClosedAt is not null)
            return true;
        if (State.Record is not null)
            return false;
        await Index.AddAsync(Id, time.GetUtcNow() + VideoRules.TombstoneLasts);
        await SaveAsync(VideoRules.Close(time.GetUtcNow()));
        LogClosed(Id);
        return true;
    }

    public Task<VideoRecord?> GetAsync(string owner) =>
        Task.FromResult(State.Visible is { } record && record.Owner == owner ? record : null);

    public Task<bool> ExistsAsync() => Task.FromResult(State.Record is not null);

    public async Task<VideoRecord?> ReprocessAsync(string? owner)
    {
        if (State.Visible is not { } record || (owner is not null && record.Owner != owner))
            return null;
        var next = VideoRules.Reprocess(State, failedOnly: owner is null, time.GetUtcNow());
        if (ReferenceEquals(next, State))
            return record;
        await ListAsync();
        await SaveAsync(next);
        LogReprocessed(Id, record.Status);
        await FlushAsync();
        return State.Record;
    }

    public async Task<bool> DeleteAsync(string owner)
    {
        if (State.Visible is not { } record || record.Owner != owner)
            return false;
        await ListAsync();
        await SaveAsync(VideoRules.Delete(State, time.GetUtcNow()));
        LogDeleting(Id);
        await FlushAsync();
        return true;
    }

    public async Task<ClaimResult> ClaimAsync(string worker, TimeSpan lease)
    {
        // A silo that was frozen may have stored the record since this activation found none: nothing else would notify it.
        if (State is { Record: null, ClosedAt: null } && !_justRead)
            await _stored.ReadStateAsync();
        if (State.Deleting || (State.Outbox.Count > 0 && State.Record is { Status.IsTerminal: true }))
            await FlushAsync();
        else if (State.Removed)
            await store.DeleteAllAsync(Id, CancellationToken.None);
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
        return outcome is ClaimOutcome.Granted
            ? new ClaimResult(outcome, next.ClaimEpoch, State.Visible) { Attempt = next.ClaimEpoch - next.AttemptsFrom }
            : new ClaimResult(outcome, Epoch: 0, State.Visible);
    }

    public async Task<bool> ReportProgressAsync(long epoch, int percent, TimeSpan lease, string? step)
    {
        if (!VideoRules.Holds(State, epoch))
            return false;
        // Not stored: after a crash the claim lapses a little early and its epoch keeps the old worker out.
        _stored.State = VideoRules.Progress(State, Math.Clamp(percent, 0, 100), step) with { ClaimUntil = time.GetUtcNow() + lease };
        await PublishProgressAsync();
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

    public async Task ReleaseAsync(long epoch, DateTimeOffset? nextAttemptAt)
    {
        if (!VideoRules.Holds(State, epoch))
            return;
        var progress = State.Record!.Progress;
        await SaveAsync(VideoRules.Progress(State, progress?.Percent ?? 0, progress?.Step, nextAttemptAt) with { ClaimedBy = null });
        if (nextAttemptAt is not null)
            await PublishProgressAsync();
    }

    public async Task GiveUpAsync(VideoError error)
    {
        var next = VideoRules.GiveUp(State, error, time.GetUtcNow());
        if (ReferenceEquals(next, State))
            return;
        // Its job goes now.
        await ListAsync();
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

    private Task PublishProgressAsync()
    {
        var (now, record) = (time.GetUtcNow(), State.Record!);
        return this.PublishProgressAsync(record.Owner, new StatusEvent(MediaId.New(now), Id, VideoStatus.Processing, now, record.Progress?.Percent)
        {
            Progress = record.Progress,
        });
    }

    private async Task LoadAsync()
    {
        if (_stored.IsLoaded)
            return;
        await _stored.LoadAsync();
        Continue();
    }

    /// <summary>Continues what a crash interrupted: the first retry runs at once, outside this call.</summary>
    private void Continue()
    {
        _redelivery = State.Outbox.Count > 0;
        if (HasPendingWork)
            Retry.StartNow();
    }

    private async Task SaveAsync(VideoState next)
    {
        try
        {
            await _stored.SaveAsync(next, EndActivation);
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
}
