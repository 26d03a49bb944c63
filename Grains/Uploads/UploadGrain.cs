using Ingestion.Grains.Silos.Shedding;
using Ingestion.Grains.Storage;
using Ingestion.Grains.Uploads.Joining;
using Ingestion.Uploads;
using Ingestion.Videos;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Placement;
using Orleans.Storage;

namespace Ingestion.Grains.Uploads;

/// <inheritdoc cref="IUploadGrain"/>
/// <remarks>
/// Placed where its first caller is: the silo that holds the socket. Collected soon, as an upload that lies idle needs no memory, and one that is written
/// gets a call of its writer once a minute; a form upload, whose manifest is nowhere else, stays until it ends.
/// </remarks>
[PreferLocalPlacement]
[CollectionAgeLimit(Minutes = 2)]
[Reclaimable(EmptyBytes, reads: 1)]
internal sealed partial class UploadGrain(
    [FromKeyedServices(WireNames.Storage)] IGrainStorage storage,
    IGrainContext context,
    IObjectStore store,
    IContainerSniffer sniffer,
    IJobQueue queue,
    IUploadFenceClient fence,
    PieceJoins joins,
    TimeProvider time,
    UploadGrainMetrics metrics,
    ILogger<UploadGrain> logger) : Grain, IUploadGrain, IIncomingGrainCallFilter, IPinned, ISized
{
    // A form can't take longer than this; without it an abandoned one would stay in memory for ever.
    private static readonly TimeSpan _longestForm = TimeSpan.FromHours(24);

    // A writer that has not ended by then no longer exists.
    private static readonly TimeSpan _stopPatience = TimeSpan.FromSeconds(2);

    // Each commit that is wanted costs the store a write; looks may come by the hundred.
    private static readonly TimeSpan _commitPeriod = TimeSpan.FromSeconds(1);

    private readonly LazyState<UploadManifest> _stored = new(storage, context.GrainId, "upload");
    private long _lease = UploadRules.NoLease;
    private long _commits;
    private DateTimeOffset _committedAt;
    private IUploadWriter? _writer;
    private bool _writing;

    // Whether a writer may exist whose lease is unknown here or not released. An activation knows no lease of the activations before it.
    private bool _mayBeWritten = true;
    private DateTimeOffset? _stopRequestedAt;
    private GivenUp? _givenUp;

    private UploadManifest Manifest
    {
        get => _stored.State;
        set => _stored.State = value;
    }

    private string Id => this.GetPrimaryKeyString();

    private bool HasPendingWork => HasPendingWorkIn(Manifest);

    private GrainRetry Retry => field ??= new GrainRetry(this.RegisterGrainTimer, RetryAsync);

    private IVideoGrain Video => GrainFactory.GetGrain<IVideoGrain>(Id);

    private ObjectKey Source => ObjectKey.Source(Id);

    private static bool HasPendingWorkIn(UploadManifest manifest) =>
        manifest.State is UploadState.Completing or UploadState.Ending || (manifest.Pieces.Count > 0 && !manifest.IsJoining);

    /// <summary>Each call finds the manifest loaded, but the creation, which is what most activations begin with.</summary>
    public async Task Invoke(IIncomingGrainCallContext context)
    {
        if (!_stored.IsLoaded && context.MethodName is not nameof(CreateAsync))
            await LoadAsync();
        await context.Invoke();
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (HasPendingWork || Manifest.IsJoining)
            GrainRetry.WakeNext(reason, () => GrainFactory.GetGrain<IUploadGrain>(Id).GetInfoAsync(""));
        // Not when the silo has no time left: its writers are interrupted then. An activation that was shed had no writer but one of that very moment.
        if (reason.ReasonCode is DeactivationReasonCode.ShuttingDown or DeactivationReasonCode.HighMemoryPressure
            && !cancellationToken.IsCancellationRequested)
            await TryKeepLeaseAsync();
    }

    public async Task<UploadOutcome> CreateAsync(NewUpload upload)
    {
        // Nothing of a form is inserted, so that no conflict would show what is stored.
        if (upload.Kind is UploadKind.Form)
            await LoadAsync();
        if (Manifest.State is not UploadState.None)
            return UploadRules.CreateAgain(Manifest, upload);
        var isFirst = !_stored.IsLoaded;
        var now = time.GetUtcNow();
        var next = UploadRules.Create(upload, upload.PartSize is { } size ? new PartPlan(size) : store.PlanFor(upload.Length), now);
        // Listed before it is stored: the index may name an upload that a crash kept from being born, never miss an existing one.
        if (next.IsStored)
            await GrainFactory.GetGrain<IUploadIndexGrain>(UploadShards.Of(Id)).AddAsync(Id, next.IsJoining ? now + _joinCheck : next.ExpiresAt);
        else
            DelayDeactivation(_longestForm);
        try
        {
            await SaveAsync(next);
        }
        catch (InconsistentStateException) when (isFirst && _stored.IsLoaded && Manifest.State is not UploadState.None)
        {
            // Created before: its answer was lost, and its client repeats it.
            Continue();
            return UploadRules.CreateAgain(Manifest, upload);
        }

        _mayBeWritten = false;
        if (await TakePiecesOnceAsync() is not UploadOutcome.Ok and var refused)
        {
            await _stored.ClearStateAsync();
            return refused;
        }

        if (next.IsStored)
            await PublishAsync([Created(next)], redelivery: false);
        else
            PublishSoon();
        ContinueJoining();
        return UploadOutcome.Ok;
    }

    public async Task<bool> CloseAsync()
    {
        if (Manifest.State is not UploadState.None)
            return UploadRules.IsClosed(Manifest);
        var next = UploadRules.Close(time.GetUtcNow());
        await GrainFactory.GetGrain<IUploadIndexGrain>(UploadShards.Of(Id)).AddAsync(Id, next.ExpiresAt);
        await SaveAsync(next);
        LogClosed(Id);
        Rest();
        return true;
    }

    public async Task<LeaseResult> AcquireAsync(string owner, long? expectedOffset, IUploadWriter? writer)
    {
        var outcome = UploadRules.Acquire(Manifest, owner, expectedOffset, time.GetUtcNow());
        if (outcome is UploadOutcome.Gone && Manifest.State is UploadState.Open)
            await EndAsync(UploadState.Expired, error: null);
        if (outcome is UploadOutcome.Ok && await TakePiecesOnceAsync() is not UploadOutcome.Ok)
        {
            await EndAsync(UploadState.Failed, new VideoError("partial_upload_used", "One of the pieces has become part of another upload, or has gone."));
            outcome = UploadOutcome.Gone;
        }

        if (outcome is UploadOutcome.Ok)
        {
            if (Manifest.KeptLease != UploadRules.NoLease)
                await SaveAsync(Manifest);
            if (_writing)
                LogTakenOver(Id, Manifest.Offset);
            _ = _writer?.OnEndAsync(_lease, storeRest: false);
            var epoch = UploadRules.NextEpoch(_lease, time.GetUtcNow());
            // Not even what comes late may be written over what the new writer will have acknowledged.
            if (_mayBeWritten)
                await fence.FenceAsync(Id, epoch);
            (_lease, _writer, _writing, _stopRequestedAt, _mayBeWritten) = (epoch, writer, true, null, true);
        }

        var m = Manifest;
        return new LeaseResult(outcome, _lease, m.Length, m.Plan, m.StoreUploadId, m.FinalLength ?? m.PartsEnd, m.Tail, m.Head, m.ContentType, m.Kind,
            m.ExpiresAt);
    }

    public async Task<CommitResult> CommitAsync(long epoch, UploadCommit commit)
    {
        var (outcome, next) = UploadRules.Commit(Manifest, _lease, epoch, commit, time.GetUtcNow());
        if (outcome is UploadOutcome.Ok)
            await SaveAsync(next);
        (_commits, _committedAt) = (_commits + 1, time.GetUtcNow());
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
        if (outcome is UploadOutcome.Ended && UploadRules.IsCompletedBy(Manifest, last))
            return await CompleteAgainAsync();
        if (outcome is not UploadOutcome.Ok)
            return new CompleteResult(outcome, null);
        try
        {
            // The job is the reminder of what is stored next: whatever crashes then, a worker calls this upload.
            var jobSent = await SendJobAsync(next);
            // Stored before the store completes: from then on its upload is gone, and the last part can't be written again.
            await SaveAsync(next);
            return await BecomeVideoAsync(jobSent);
        }
        catch when (Manifest is { IsStored: true, State: UploadState.Completing or UploadState.Ending })
        {
            await RemindAsync();
            throw;
        }
    }

    public async Task AbortAsync(long epoch, VideoError? error)
    {
        // A form's completion may have failed half-way; its writer gives up then.
        var owns = epoch == _lease && Manifest.State is UploadState.Open or UploadState.Completing;
        if (!owns || (Manifest.State is UploadState.Completing && Manifest.IsStored))
            return;
        try
        {
            _givenUp = new GivenUp(error is null ? UploadState.Aborted : UploadState.Failed, error);
            await GiveUpAsync(_givenUp);
        }
        catch when (!Manifest.IsStored)
        {
            // Nothing else knows of a form's bytes.
            Retry.StartLater();
            throw;
        }
    }

    public async Task<UploadOutcome> CancelAsync(string owner)
    {
        if (Manifest.State is UploadState.None || !OwnerMark.Is(Manifest.Owner, owner))
            return UploadOutcome.NotFound;
        if (Manifest.State is UploadState.Completing)
            await FinishAsync();
        // A piece goes with its final upload; only its record is the client's to remove.
        if (Manifest.State is UploadState.Completed && (Manifest.Kind is not UploadKind.Partial || Manifest.IsHeld))
        {
            if (Manifest.Kind is not UploadKind.Partial)
                await Video.DeleteAsync(owner);
            await SaveAsync(UploadRules.Ended(UploadRules.End(Manifest, UploadState.Aborted, error: null), time.GetUtcNow()));
            return UploadOutcome.Ok;
        }

        if (Manifest.State is not (UploadState.Open or UploadState.Completed))
            return UploadOutcome.Gone;
        _ = _writer?.OnEndAsync(_lease, storeRest: false);
        await EndAsync(UploadState.Aborted, error: null);
        return UploadOutcome.Ok;
    }

    public Task<UploadInfo?> GetInfoAsync(string owner)
    {
        var m = Manifest;
        if (m.State is UploadState.None || !OwnerMark.Is(m.Owner, owner))
            return Task.FromResult<UploadInfo?>(null);
        var now = time.GetUtcNow();
        var state = m.State is UploadState.Open && UploadRules.IsOverdue(m, now) ? UploadState.Expired : m.State;
        // What copies pieces is no request that a client could want to end.
        var writing = _writing && m is { State: UploadState.Open, Kind: not UploadKind.Final } && !(now - _stopRequestedAt > _stopPatience);
        return Task.FromResult<UploadInfo?>(
            new UploadInfo(state, m.Kind, m.Offset, m.Length, m.Metadata, m.Concat, m.FileName, m.ExpiresAt, writing, m.Plan, m.StoreUploadId)
            {
                Commits = _commits,
                CreatedAt = m.CreatedAt,
                Caller = m.Caller,
            });
    }

    public Task StopWriterAsync(string owner)
    {
        if (_writing && Manifest.Owner == owner)
        {
            _stopRequestedAt ??= time.GetUtcNow();
            _ = _writer?.OnEndAsync(_lease, storeRest: true);
        }

        return Task.CompletedTask;
    }

    public Task<bool> WantCommitAsync(string owner)
    {
        if (!_writing || _writer is null || Manifest.Owner != owner || time.GetUtcNow() - _committedAt < _commitPeriod)
            return Task.FromResult(false);
        _ = _writer.OnCommitWantedAsync(_lease);
        return Task.FromResult(true);
    }

    public async Task<UploadState> FinishPendingAsync()
    {
        // A crash may have come between the decision and its end, and the timer of this activation not yet.
        // A form that was not given up is being completed by its writer.
        if (HasPendingWork && (Manifest.IsStored || _givenUp is not null))
            await FinishAsync();
        ContinueJoining();
        return Manifest.State;
    }

    public async Task<UploadState> FinishForJobAsync()
    {
        if (Manifest is { IsStored: true, State: UploadState.Open })
            await SaveAsync(Manifest);
        return await FinishPendingAsync();
    }

    public async Task<DateTimeOffset?> ExpireAsync()
    {
        // By what is returned; when this fails, the index retries in a minute.
        _listed = true;
        var again = await CheckAsync(time.GetUtcNow());
        _listed = false;
        return again;
    }

    public Task<DirectTarget?> FindDirectAsync()
    {
        var m = Manifest;
        var takesParts = m is { Kind: UploadKind.Direct, State: UploadState.Open, Length: not null } && !UploadRules.IsOverdue(m, time.GetUtcNow());
        return Task.FromResult(takesParts ? new DirectTarget(m.StoreUploadId, m.Plan, m.Length!.Value) : null);
    }

    private async Task<DateTimeOffset?> CheckAsync(DateTimeOffset now)
    {
        switch (Manifest.State)
        {
            case UploadState.None:
                return null;
            case UploadState.Ending or UploadState.Completing:
                await RenewAsync(now + Manifest.TimeToLive);
                await FinishAsync();
                return now + Manifest.TimeToLive;
            case UploadState.Open when Manifest.IsJoining:
                ContinueJoining();
                return now + _joinCheck;
            // The clock of a slow upload is its commits, and a part may take long: a writer is alive.
            case UploadState.Open when _writing || Manifest.ExpiresAt > now:
                return await LiveOnAsync(now);
            case UploadState.Open:
                await EndAsync(UploadState.Expired, error: null);
                return now + Manifest.TimeToLive;
            default:
                return await ForgetAsync(now);
        }
    }

    /// <summary>It is checked again when its time may be over; until then, and a while longer, its bytes stay reserved.</summary>
    private async Task<DateTimeOffset> LiveOnAsync(DateTimeOffset now)
    {
        var again = Manifest.ExpiresAt > now ? Manifest.ExpiresAt : now + Manifest.TimeToLive;
        await RenewAsync(again);
        return again;
    }

    /// <summary>What has ended is remembered as long as a client may still request it; then nothing of it is left.</summary>
    private async Task<DateTimeOffset?> ForgetAsync(DateTimeOffset now)
    {
        if (HasPendingWork)
            await FinishAsync();
        if (Manifest.IsHeld || HasPendingWork)
            return await KeepHeldAsync(now);
        var isPiece = Manifest is { Kind: UploadKind.Partial, State: UploadState.Completed, IsSpent: false };
        if (Manifest.ExpiresAt > now)
        {
            if (isPiece)
                await RenewAsync(Manifest.ExpiresAt);
            return Manifest.ExpiresAt;
        }

        if (isPiece)
        {
            await store.DeleteAllAsync(Id, CancellationToken.None);
            await GrainFactory.GetGrain<IQuotaGrain>(Manifest.Owner).ReleaseAsync(Id);
        }

        await _stored.ClearStateAsync();
        return null;
    }
}
