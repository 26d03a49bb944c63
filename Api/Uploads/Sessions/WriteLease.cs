using Ingestion.Api.Problems;
using Ingestion.Uploads;
using Ingestion.Videos;

namespace Ingestion.Api.Uploads.Sessions;

/// <summary>
/// The cluster-wide right of one request to write one upload: takes it, puts what is stored into the manifest under it, confirms it when nothing
/// was committed for a while, and gives it back. Nothing counts before a commit has put it into the manifest.
/// </summary>
internal sealed class WriteLease : IUploadWriter, IDisposable
{
    // Sooner than the upload's grain is collected for having nothing to do, and the lease with it: a part of a slow client may take an hour. Much
    // sooner than a fence forgets (IObjectStore.FenceLasts) that this lease was taken over, though its writer could not be notified.
    private static readonly TimeSpan _confirmPeriod = TimeSpan.FromMinutes(1);

    private readonly IGrainFactory _grains;
    private readonly IObjectStore _store;
    private readonly TimeProvider _time;
    private readonly string _owner;
    private readonly IUploadGrain _grain;
    private readonly CancellationTokenSource _ended = new();
    private volatile Action? _wake;
    private volatile bool _isCommitWanted;
    private IUploadWriter? _self;
    private LeaseResult? _granted;
    private long _confirmedAt;
    private bool _disposed;

    private WriteLease(IGrainFactory grains, IObjectStore store, TimeProvider time, string id, string owner)
    {
        (_grains, _store, _time, UploadId, _owner) = (grains, store, time, id, owner);
        _grain = grains.GetGrain<IUploadGrain>(id);
    }

    /// <summary>The upload.</summary>
    public string UploadId { get; }

    /// <summary>Bytes that survive everything.</summary>
    public long Acknowledged { get; private set; }

    /// <summary>When the upload goes if nothing more comes.</summary>
    public DateTimeOffset ExpiresAt { get; private set; }

    /// <summary>Another request wants the upload, or this one is to store what it has and end.</summary>
    public CancellationToken Ended => _ended.Token;

    /// <summary>Whether another request has the upload now, or its owner has given it up.</summary>
    public bool IsTakenOver { get; private set; }

    /// <summary>Whether what has come is to be committed, while the request goes on.</summary>
    public bool IsCommitWanted => _isCommitWanted;

    /// <summary>The upload as it was when the lease was granted, and what was committed under it since.</summary>
    public LeaseResult Granted => _granted!;

    /// <summary>Takes the lease.</summary>
    /// <param name="grains">The cluster.</param>
    /// <param name="store">Where tails are.</param>
    /// <param name="time">The clock.</param>
    /// <param name="id">The upload.</param>
    /// <param name="owner">Whose it must be.</param>
    /// <param name="kind">A form has one request only: nothing takes it over, so its writer need not be reached.</param>
    /// <param name="offset">Where the client believes the upload ends; null takes over wherever that is.</param>
    /// <returns>The lease; null when it is refused, and the answer has the reason.</returns>
    public static async Task<(WriteLease? Lease, LeaseResult Answer)> AcquireAsync(
        IGrainFactory grains, IObjectStore store, TimeProvider time, string id, string owner, UploadKind kind, long? offset)
    {
        var lease = new WriteLease(grains, store, time, id, owner);
        if (kind is not UploadKind.Form)
            lease._self = grains.CreateObjectReference<IUploadWriter>(lease);
        lease._confirmedAt = time.GetTimestamp();
        var answer = await lease._grain.AcquireAsync(owner, offset, lease._self);
        if (answer.Outcome is not UploadOutcome.Ok)
        {
            lease.Dispose();
            return (null, answer);
        }

        (lease._granted, lease.Acknowledged, lease.ExpiresAt) = (answer, answer.Offset, answer.ExpiresAt);
        return (lease, answer);
    }

    /// <summary>
    /// Opens the store's writer of this lease, behind what is acknowledged. <paramref name="expected"/> is a hint: how many bytes the source will
    /// have.
    /// </summary>
    /// <exception cref="WriterFencedException">The lease holds no more.</exception>
    public async ValueTask<IObjectWriter> OpenWriterAsync(long? expected, CancellationToken cancellationToken)
    {
        if (await ConfirmAsync() is not null)
            throw new WriterFencedException();
        var at = Granted;
        var start = new WriterStart(ObjectKey.Source(UploadId), at.StoreUploadId, at.Plan, at.PartsEnd, at.Tail, at.Epoch, expected)
        {
            Owner = _owner,
        };
        return await _store.OpenWriterAsync(start, cancellationToken);
    }

    /// <summary>Whether the lease still holds, checked by an empty commit when none was made for a while. Null, or why it does not.</summary>
    public ValueTask<Problem?> ConfirmAsync() => _time.GetElapsedTime(_confirmedAt) < _confirmPeriod ? default : CommitAsync(UploadCommit.Empty);

    /// <summary>Has <paramref name="wake"/> called when a commit is wanted, from any thread; null: no more.</summary>
    public void Wake(Action? wake) => _wake = wake;

    /// <summary>Puts what is stored into the manifest. Null, or why it is not taken.</summary>
    public async ValueTask<Problem?> CommitAsync(UploadCommit commit)
    {
        _confirmedAt = _time.GetTimestamp();
        _isCommitWanted = false;
        var result = await _grain.CommitAsync(Granted.Epoch, commit);
        if (UploadProblems.OfWriter(result.Outcome) is { } problem)
            return problem;
        (Acknowledged, ExpiresAt) = (result.Offset, result.ExpiresAt);
        if (commit.Parts is [.., var last])
            _granted = Granted with { PartsEnd = last.Offset + last.Length };
        if (commit.StoreUploadId.Length > 0)
            _granted = Granted with { StoreUploadId = commit.StoreUploadId };
        return null;
    }

    /// <summary>Commits the last of it and completes the upload, which then has <paramref name="length"/> bytes.</summary>
    public async Task<CompleteResult> CompleteAsync(UploadCommit last, long length)
    {
        var result = await _grain.CompleteAsync(Granted.Epoch, last);
        if (result.Outcome is UploadOutcome.Ok)
            Acknowledged = length;
        return result;
    }

    /// <summary>
    /// Deletes the tail that the upload had. Only now that the manifest has what replaces it: <paramref name="kept"/>, or parts where that is null.
    /// </summary>
    public async ValueTask DeleteTailsAsync(UploadTail? kept)
    {
        if (Granted.Tail is { Name: not "" } tail && tail.Name != kept?.Name)
            await _store.DeleteTailsAsync(ObjectKey.Source(UploadId), Granted.Epoch, kept?.Name, CancellationToken.None);
        _granted = Granted with { Tail = kept };
    }

    /// <summary>Gives the upload up.</summary>
    public Task AbortAsync(VideoError? error) => _grain.AbortAsync(Granted.Epoch, error);

    /// <summary>Gives the lease back.</summary>
    public Task ReleaseAsync() => _grain.ReleaseAsync(Granted.Epoch);

    public async Task OnEndAsync(long epoch, bool storeRest)
    {
        if (_granted?.Epoch != epoch || _disposed)
            return;
        IsTakenOver |= !storeRest;
        await _ended.CancelAsync();
    }

    public Task OnCommitWantedAsync(long epoch)
    {
        if (_granted?.Epoch == epoch && !_disposed)
        {
            _isCommitWanted = true;
            _wake?.Invoke();
        }

        return Task.CompletedTask;
    }

    /// <summary>Takes no calls of the grain any more.</summary>
    public void StopListening() => _disposed = true;

    public void Dispose()
    {
        _disposed = true;
        if (_self is not null)
            _grains.DeleteObjectReference<IUploadWriter>(_self);
        _ended.Dispose();
    }
}
