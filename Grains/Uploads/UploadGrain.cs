using Ingestion.Status;
using Ingestion.Uploads;
using Ingestion.Videos;
using Microsoft.Extensions.Logging;
using Orleans.Placement;

namespace Ingestion.Grains.Uploads;

/// <inheritdoc cref="IUploadGrain"/>
/// <remarks>
/// Placed where its first caller is: the silo that holds the socket. Collected soon, as an upload that lies idle needs no memory, and one that is written
/// hears of its writer once a minute; a form upload, whose manifest is nowhere else, stays until it ends.
/// </remarks>
[PreferLocalPlacement]
[CollectionAgeLimit(Minutes = 2)]
internal sealed partial class UploadGrain(
    [PersistentState("upload", WireNames.Storage)] IPersistentState<UploadManifest> stored,
    IObjectStore store,
    IJobQueue queue,
    IUploadFenceClient fence,
    TimeProvider time,
    UploadGrainMetrics metrics,
    ILogger<UploadGrain> logger) : Grain, IUploadGrain
{
    // Longer than a healthy queue ever takes; past it the job goes to the video's outbox and the client gets its answer.
    private static readonly TimeSpan EnqueueTimeout = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan RetryPeriod = TimeSpan.FromSeconds(2);

    // A form can't take longer than this; without it an abandoned one would stay in memory for ever.
    private static readonly TimeSpan LongestForm = TimeSpan.FromHours(24);

    // A writer that has not ended by then is not there any more.
    private static readonly TimeSpan SettlePatience = TimeSpan.FromSeconds(2);

    private long _lease = UploadRules.NoLease;
    private IUploadWriter? _writer;
    private bool _writing;

    // Whether somebody may still write whose lease we know nothing of, or who has not given it back. An activation knows nothing of those before it.
    private bool _mayBeWritten = true;
    private DateTimeOffset? _settleAskedAt;
    private Task _createdTold = Task.CompletedTask;
    private IGrainTimer? _retry;

    private UploadManifest Manifest
    {
        get => stored.State;
        set => stored.State = value;
    }

    private string Id => this.GetPrimaryKeyString();

    private ObjectKey Source => ObjectKey.Source(Id);

    /// <summary>What a crash interrupted goes on, outside the activation itself.</summary>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (Manifest.State is UploadState.Completing or UploadState.Ending)
            ScheduleRetry(TimeSpan.Zero);
        return Task.CompletedTask;
    }

    public async Task<UploadOutcome> CreateAsync(NewUpload upload)
    {
        if (Manifest.State is not UploadState.None)
            return Manifest.State is UploadState.Open && Manifest.Owner == upload.Owner ? UploadOutcome.Ok : UploadOutcome.Ended;
        var next = UploadRules.Create(upload, store.PlanFor(upload.Length), time.GetUtcNow());
        // Listed before it is stored: the index may name an upload that a crash kept from being born, never miss one that was.
        if (next.IsStored)
            await GrainFactory.GetGrain<IUploadIndexGrain>(UploadShards.Of(Id)).AddAsync(Id, next.ExpiresAt);
        else
            DelayDeactivation(LongestForm);
        await SaveAsync(next);
        _mayBeWritten = false;
        _createdTold = TellAsync([Created(next)], redelivery: false);
        if (next.IsStored)
            await _createdTold;
        return UploadOutcome.Ok;
    }

    public async Task<LeaseResult> AcquireAsync(string owner, long? expectedOffset, IUploadWriter? writer)
    {
        var outcome = UploadRules.Acquire(Manifest, owner, expectedOffset, time.GetUtcNow());
        if (outcome is UploadOutcome.Gone && Manifest.State is UploadState.Open)
            await EndAsync(UploadState.Expired, error: null);
        if (outcome is UploadOutcome.Ok)
        {
            if (_writing)
                LogTakenOver(Id, Manifest.Offset);
            _ = _writer?.OnEndAsync(_lease, settle: false);
            var epoch = UploadRules.NextEpoch(_lease, time.GetUtcNow());
            // Not even what comes late may be written over what the new writer will have acknowledged.
            if (_mayBeWritten)
                await fence.FenceAsync(Id, epoch);
            (_lease, _writer, _writing, _settleAskedAt, _mayBeWritten) = (epoch, writer, true, null, true);
        }

        var m = Manifest;
        return new LeaseResult(outcome, _lease, m.Length, m.Plan, m.StoreUploadId, m.FinalLength ?? m.PartsEnd, m.Tail, m.Head, m.ContentType, m.Kind, m.ExpiresAt);
    }

    public async Task<CommitResult> CommitAsync(long epoch, UploadCommit commit)
    {
        var (outcome, next) = UploadRules.Commit(Manifest, _lease, epoch, commit, time.GetUtcNow());
        if (outcome is UploadOutcome.Ok)
            await SaveAsync(next);
        return new CommitResult(outcome, Manifest.Offset, Manifest.ExpiresAt);
    }

    public Task ReleaseAsync(long epoch)
    {
        if (epoch == _lease)
            (_writer, _writing, _mayBeWritten) = (null, false, false);
        return Task.CompletedTask;
    }

    public async Task<CompleteResult> CompleteAsync(long epoch, UploadCommit last)
    {
        var (outcome, next) = UploadRules.Complete(Manifest, _lease, epoch, last, time.GetUtcNow());
        if (outcome is not UploadOutcome.Ok)
            return new CompleteResult(outcome, null);
        try
        {
            // Stored before the store completes: from then on its upload is gone, and nobody could write the last part again.
            await SaveAsync(next);
            return await FinishAsync();
        }
        catch when (Manifest is { IsStored: true, State: UploadState.Completing or UploadState.Ending })
        {
            ScheduleRetry(RetryPeriod);
            throw;
        }
    }

    public async Task AbortAsync(long epoch, VideoError? error)
    {
        // A form's completion may have failed half-way; its writer gives up then.
        var owns = epoch == _lease && Manifest.State is UploadState.Open or UploadState.Completing;
        if (!owns || (Manifest.State is UploadState.Completing && Manifest.IsStored))
            return;
        // The video may be stored already and only the answer lost; its bytes are the video's then.
        if (await GrainFactory.GetGrain<IVideoGrain>(Id).GetAsync(Manifest.Owner) is not null)
            await SaveAsync(UploadRules.Completed(Manifest, time.GetUtcNow()));
        else
            await EndAsync(error is null ? UploadState.Aborted : UploadState.Failed, error);
    }

    public async Task<UploadOutcome> CancelAsync(string owner)
    {
        if (Manifest.State is UploadState.None || Manifest.Owner != owner)
            return UploadOutcome.NotFound;
        if (Manifest.State is UploadState.Completing)
            await FinishAsync();
        if (Manifest.State is UploadState.Completed)
        {
            if (Manifest.Kind is UploadKind.Partial)
            {
                await store.DeleteAllAsync(Id, CancellationToken.None);
                await GrainFactory.GetGrain<IQuotaGrain>(owner).ReleaseAsync(Id);
            }
            else
            {
                await GrainFactory.GetGrain<IVideoGrain>(Id).DeleteAsync(owner);
            }

            await SaveAsync(UploadRules.Ended(UploadRules.End(Manifest, UploadState.Aborted, error: null), time.GetUtcNow()));
            return UploadOutcome.Ok;
        }

        if (Manifest.State is not UploadState.Open)
            return UploadOutcome.Gone;
        _ = _writer?.OnEndAsync(_lease, settle: false);
        await EndAsync(UploadState.Aborted, error: null);
        return UploadOutcome.Ok;
    }

    public Task<UploadInfo?> GetInfoAsync(string owner)
    {
        var m = Manifest;
        if (m.State is UploadState.None || m.Owner != owner)
            return Task.FromResult<UploadInfo?>(null);
        var now = time.GetUtcNow();
        var state = m.State is UploadState.Open && UploadRules.IsOverdue(m, now) ? UploadState.Expired : m.State;
        var writing = _writing && m.State is UploadState.Open && !(now - _settleAskedAt > SettlePatience);
        return Task.FromResult<UploadInfo?>(
            new UploadInfo(state, m.Kind, m.Offset, m.Length, m.Metadata, m.Concat, m.FileName, m.ExpiresAt, writing, m.Plan, m.StoreUploadId));
    }

    public Task SettleAsync(string owner)
    {
        if (_writing && Manifest.Owner == owner)
        {
            _settleAskedAt ??= time.GetUtcNow();
            _ = _writer?.OnEndAsync(_lease, settle: true);
        }

        return Task.CompletedTask;
    }

    public async Task<UploadState> GetStateAsync()
    {
        // A crash may have come between the decision and its end, and the timer of this activation not yet.
        if (Manifest is { IsStored: true, State: UploadState.Completing or UploadState.Ending })
            await FinishAsync();
        return Manifest.State;
    }

    public async Task<DateTimeOffset?> ExpireAsync()
    {
        var now = time.GetUtcNow();
        switch (Manifest.State)
        {
            case UploadState.None:
                return null;
            case UploadState.Ending or UploadState.Completing:
                await FinishAsync();
                return now + Manifest.TimeToLive;
            // The clock of a slow upload is its commits, and a part may take long: who writes is alive.
            case UploadState.Open when _writing || Manifest.ExpiresAt > now:
                return await LiveOnAsync(now);
            case UploadState.Open:
                await EndAsync(UploadState.Expired, error: null);
                return now + Manifest.TimeToLive;
            default:
                return await ForgetAsync(now);
        }
    }

    public Task<DirectTarget?> FindDirectAsync()
    {
        var m = Manifest;
        var takesParts = m is { Kind: UploadKind.Direct, State: UploadState.Open, Length: not null } && !UploadRules.IsOverdue(m, time.GetUtcNow());
        return Task.FromResult(takesParts ? new DirectTarget(m.StoreUploadId, m.Plan, m.Length!.Value) : null);
    }

    /// <summary>It is asked again when its time may be over; until then, and a while longer, its bytes stay reserved.</summary>
    private async Task<DateTimeOffset> LiveOnAsync(DateTimeOffset now)
    {
        var m = Manifest;
        var again = m.ExpiresAt > now ? m.ExpiresAt : now + m.TimeToLive;
        await GrainFactory.GetGrain<IQuotaGrain>(m.Owner).ReserveAsync(Id, m.Length ?? m.Offset, durable: true, QuotaLimits.None, again + m.TimeToLive);
        return again;
    }

    /// <summary>What has ended is remembered as long as a client may still ask; then nothing of it is left.</summary>
    private async Task<DateTimeOffset?> ForgetAsync(DateTimeOffset now)
    {
        if (Manifest.ExpiresAt > now)
            return Manifest.ExpiresAt;
        if (Manifest is { Kind: UploadKind.Partial, State: UploadState.Completed })
            await store.DeleteAllAsync(Id, CancellationToken.None);
        await stored.ClearStateAsync();
        return null;
    }

    private Task<CompleteResult> FinishAsync() => Manifest.State switch
    {
        UploadState.Completing => BecomeVideoAsync(),
        UploadState.Ending => RemoveAsync(),
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

        var seen = await SourceInspection.InspectAsync(store, Source, m);
        if (seen.Error is not null)
        {
            await EndAsync(UploadState.Failed, seen.Error);
            return new CompleteResult(seen.Outcome, null);
        }

        VideoRecord? record = null;
        if (!partial)
        {
            var untold = await FindUntoldAsync();
            var settled = GrainFactory.GetGrain<IQuotaGrain>(m.Owner).SettleAsync(Id, m.Offset);
            var video = new NewVideo(m.Owner, m.FileName, seen.ContentType, m.Offset, m.CreatedAt, untold);
            record = await GrainFactory.GetGrain<IVideoGrain>(Id).CreateAsync(video, jobSent);
            await settled;
        }

        await SaveAsync(UploadRules.Completed(m, time.GetUtcNow()));
        LogCompleted(Id, Manifest.Offset, m.Parts.Count);
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
            // The upload's own bytes may be what fills the disk: they go first, and then there is room to say so.
            await FreeAsync(ending);
            await SaveAsync(ending);
        }

        try
        {
            await RemoveAsync();
        }
        catch when (Manifest.IsStored)
        {
            ScheduleRetry(RetryPeriod);
            throw;
        }
    }

    /// <summary>The owner is told before the record says it has ended: from then on nobody would.</summary>
    private async Task<CompleteResult> RemoveAsync()
    {
        var m = Manifest;
        await FreeAsync(m);
        var ended = new StatusEvent($"{Id}-ended", Id, StatusOf(m.EndsAs), time.GetUtcNow(), Error: m.Error, OfUpload: true);
        await TellAsync(await FindUntoldAsync() is { } untold ? [untold, ended] : [ended], redelivery: true);
        await GrainFactory.GetGrain<IQuotaGrain>(m.Owner).ReleaseAsync(Id);
        await SaveAsync(UploadRules.Ended(m, time.GetUtcNow()));
        metrics.Ended(m.EndsAs);
        LogEnded(Id, m.EndsAs, m.Error?.Code, m.Offset);
        Rest();
        return new CompleteResult(UploadOutcome.Gone, null);
    }

    private async Task FreeAsync(UploadManifest manifest)
    {
        await store.AbortAsync(Source, manifest.StoreUploadId, CancellationToken.None);
        await store.DeleteAllAsync(Id, CancellationToken.None);
    }

    /// <summary>Nothing is under way any more.</summary>
    private void Rest()
    {
        (_writer, _writing) = (null, false);
        _retry?.Dispose();
        _retry = null;
        DeactivateOnIdle();
    }

    private static VideoStatus StatusOf(UploadState state) => state switch
    {
        UploadState.Expired => VideoStatus.Expired,
        UploadState.Failed => VideoStatus.Failed,
        _ => VideoStatus.Cancelled,
    };

    /// <summary>The ids of an upload's events follow from its own, so that telling one again is no second event.</summary>
    private StatusEvent Created(UploadManifest manifest) => new($"{Id}-created", Id, VideoStatus.Receiving, manifest.CreatedAt, OfUpload: true);

    private Task TellAsync(IReadOnlyList<StatusEvent> events, bool redelivery) =>
        Manifest.Kind is UploadKind.Partial ? Task.CompletedTask : GrainFactory.GetGrain<IStatusGrain>(Manifest.Owner).PublishAsync(events, redelivery);

    /// <summary>
    /// A form does not wait for its first event to be stored until something is to follow it. When that has failed, whoever tells what follows
    /// tells it again.
    /// </summary>
    private async Task<StatusEvent?> FindUntoldAsync()
    {
        try
        {
            await _createdTold;
            return null;
        }
#pragma warning disable CA1031 // Whatever kept the first event from its owner must not keep the upload from its end.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogUntold(e, Id);
            return Created(Manifest);
        }
    }

    /// <summary>
    /// Makes <paramref name="next"/> the manifest. Of an upload that survives its silo it is stored first, so that nothing is acknowledged that a
    /// crash would lose. When that fails, what is stored is unknown, and read again.
    /// </summary>
    private async Task SaveAsync(UploadManifest next)
    {
        var before = Manifest;
        Manifest = next;
        if (!next.IsStored)
            return;
        try
        {
            await stored.WriteStateAsync();
        }
        catch
        {
            Manifest = before;
            await ReadAgainAsync();
            throw;
        }
    }

    private async Task ReadAgainAsync()
    {
        try
        {
            await stored.ReadStateAsync();
        }
#pragma warning disable CA1031 // Storage that can't be read either: the next activation will.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogUnfinished(e, Id, Manifest.State);
            DeactivateOnIdle();
        }
    }

    private void ScheduleRetry(TimeSpan dueTime) => _retry ??= this.RegisterGrainTimer(
        _ => RetryAsync(),
        new GrainTimerCreationOptions { DueTime = dueTime, Period = RetryPeriod, KeepAlive = true });

    private async Task RetryAsync()
    {
        try
        {
            await FinishAsync();
        }
#pragma warning disable CA1031 // Whoever fails may fail in any way; the decision is stored and the next tick tries again.
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
