using System.Buffers;
using Ingestion.Api.Problems;
using Ingestion.Status;
using Ingestion.Uploads;
using Ingestion.Videos;

namespace Ingestion.Api.Uploads.Sessions;

/// <summary>
/// One writer of one upload, whatever the protocol: holds the lease, hands bytes to the object store in this silo, and commits what is
/// durable to the upload's grain. What ends it: <see cref="CompleteAsync"/>, <see cref="SettleAsync"/> (interrupted, to be resumed) or
/// <see cref="Drop"/> (the bytes were wrong). Disposed without any of them a form is given up, and anything else settled.
/// </summary>
internal sealed partial class UploadSession : IUploadWriter, IAsyncDisposable
{
    // Often enough for a progress bar, rare enough to cost nothing.
    private static readonly TimeSpan _progressPeriod = TimeSpan.FromMilliseconds(500);

    // Of an upload of unknown length, what the quota is asked for at a time.
    private const long ReservationStep = 64L * 1024 * 1024;

    // Sooner than the upload's grain is collected for having nothing to do, and the lease with it: a part of a slow client may take an hour. Much
    // sooner than a fence forgets (IObjectStore.FenceLasts) that this lease was taken over, though nobody could tell its writer.
    private static readonly TimeSpan _confirmPeriod = TimeSpan.FromMinutes(1);

    // Longer than this would only keep a dead request; what is lost then comes again.
    private static readonly TimeSpan _settlePatience = TimeSpan.FromSeconds(30);

    private readonly UploadEdge _edge;
    private readonly string _id;
    private readonly string _owner;
    private readonly bool _hold;
    private readonly long? _expected;
    private readonly IUploadGrain _grain;
    private readonly IStatusGrain _status;
    private readonly CancellationTokenSource _ended = new();
    private readonly List<UploadPart> _taken = [];
    private IUploadWriter? _self;
    private LeaseResult _lease = null!;
    private SourceHead _head = null!;
    private IObjectWriter? _writer;
    private long? _declared;
    private long _reserved;
    private long _confirmedAt;
    private long _toldAt;
    private SourceDigest? _digest;
    private VideoError? _error;
    private bool _settles = true;
    private bool _closed;
    private bool _disposed;

    private UploadSession(UploadEdge edge, string id, string owner, bool hold, long? expected)
    {
        (_edge, _id, _owner, _hold, _expected) = (edge, id, owner, hold, expected);
        _grain = edge.Upload(id);
        _status = edge.Grains.GetGrain<IStatusGrain>(owner);
    }

    /// <summary>Bytes of the upload so far, acknowledged or not.</summary>
    public long Received { get; private set; }

    /// <summary>Bytes that survive everything.</summary>
    public long Acknowledged { get; private set; }

    /// <summary>Total bytes if known.</summary>
    public long? Length => _declared ?? _lease.Length;

    /// <summary>When the upload goes if nothing more comes.</summary>
    public DateTimeOffset ExpiresAt { get; private set; }

    /// <summary>Another request wants the upload, or asks this one to store what it has and end.</summary>
    public CancellationToken Ended => _ended.Token;

    /// <summary>Whether another request has the upload now, or its owner has given it up.</summary>
    public bool IsTakenOver { get; private set; }

    /// <summary>Whether it will be given up, as it can never succeed.</summary>
    public bool HasFailed => _error is not null;

    private bool IsForm => _lease.Kind is UploadKind.Form;

    /// <summary>
    /// Takes the lease; null when it is refused, and the answer says why. With <paramref name="hold"/> nothing is committed before
    /// <see cref="SettleAsync"/> or <see cref="CompleteAsync"/>: for bytes whose checksum comes last. <paramref name="expected"/> is how many
    /// bytes the upload will have, where anything tells; a hint.
    /// </summary>
    public static async Task<(UploadSession? Session, LeaseResult Lease)> OpenAsync(UploadEdge edge, string id, string owner, UploadKind kind, long? offset = null, bool hold = false, long? expected = null)
    {
        var session = new UploadSession(edge, id, owner, hold, expected);
        if (kind is not UploadKind.Form)
            session._self = edge.Grains.CreateObjectReference<IUploadWriter>(session);
        var askedAt = edge.Time.GetTimestamp();
        var lease = await session._grain.AcquireAsync(owner, offset, session._self);
        if (lease.Outcome is not UploadOutcome.Ok)
        {
            session.Unobserve();
            session._ended.Dispose();
            return (null, lease);
        }

        session.Begin(lease, askedAt);
        return (session, lease);
    }

    /// <summary>The client now says how long the source is. Null, or why that can't be.</summary>
    public Problem? Declare(long length)
    {
        if (length > _edge.Options.Value.MaxFileBytes)
            return Problem.FileTooLarge;
        if (length < Received || (Length ?? length) != length)
            return Problem.UploadLengthInconsistent;
        _declared = length;
        return null;
    }

    /// <summary>The client says what the bytes of the whole source must have; seen to when it is complete.</summary>
    public void Expect(SourceDigest digest) => _digest = digest;

    /// <summary>Opens the way to the store; before <see cref="GetMemory"/>.</summary>
    public async ValueTask StartAsync(CancellationToken cancellationToken)
    {
        if (_writer is not null)
            return;
        if (await ConfirmAsync() is not null)
            throw new WriterFencedException();
        var start = new WriterStart(ObjectKey.Source(_id), _lease.StoreUploadId, _lease.Plan, _lease.PartsEnd, _lease.Tail, _lease.Epoch, Length ?? _expected);
        _writer = await _edge.Store.OpenWriterAsync(start, cancellationToken);
    }

    /// <summary>Where the socket's next bytes go.</summary>
    public Memory<byte> GetMemory() => _writer!.GetMemory();

    /// <summary>Takes <paramref name="count"/> bytes that are in <see cref="GetMemory"/>. Null, or why the upload can't go on; then they are not taken.</summary>
    public async ValueTask<Problem?> AdvanceAsync(int count, CancellationToken cancellationToken)
    {
        if ((await RefuseAsync(count) ?? await ConfirmAsync()) is { } refused)
            return refused;
        await _writer!.AdvanceAsync(count, cancellationToken);
        Received += count;
        _edge.Metrics.Received(count);
        while (await _writer.TakePartAsync(final: false, cancellationToken) is { } part)
            _taken.Add(part);
        if (_taken.Count > 0 && !_hold && await CommitAsync(tail: null) is { } problem)
            return problem;
        if (_edge.Time.GetElapsedTime(_toldAt) >= _progressPeriod)
            await TellProgressAsync();
        return null;
    }

    /// <summary>Takes bytes from elsewhere. Null, or why the upload can't go on.</summary>
    public async ValueTask<Problem?> WriteAsync(ReadOnlySequence<byte> bytes, CancellationToken cancellationToken)
    {
        await StartAsync(cancellationToken);
        while (!bytes.IsEmpty)
        {
            var space = GetMemory();
            var count = (int)Math.Min(space.Length, bytes.Length);
            bytes.Slice(0, count).CopyTo(space.Span);
            if (await AdvanceAsync(count, cancellationToken) is { } problem)
                return problem;
            bytes = bytes.Slice(count);
        }

        return null;
    }

    /// <summary>All bytes are there: the upload becomes a video (none, if it is a partial one).</summary>
    public async Task<(VideoRecord? Video, Problem? Problem)> CompleteAsync(CancellationToken cancellationToken)
    {
        if (_head.Decide(whole: true) is { } notAVideo)
            return (null, Fail(notAVideo));
        if (_lease.Tail is not null)
            await StartAsync(cancellationToken);
        while (_writer is not null && await _writer.TakePartAsync(final: true, cancellationToken) is { } part)
            _taken.Add(part);
        var result = await _grain.CompleteAsync(_lease.Epoch, Commit(tail: null));
        if (ProblemOf(result.Outcome) is { } problem)
        {
            // Given up over there already: nothing is left to abort.
            _closed = result.Outcome is UploadOutcome.Failed or UploadOutcome.NotAVideo or UploadOutcome.DigestMismatch;
            return (null, _closed ? Fail(problem) : problem);
        }

        _closed = true;
        Acknowledged = Received;
        await DeleteTailsAsync(kept: null);
        _edge.Metrics.Completed();
        return (result.Video, null);
    }

    /// <summary>Stores and commits all that came, so that the client goes on from there. Null, or why nothing of it counts.</summary>
    public async Task<Problem?> SettleAsync(CancellationToken cancellationToken)
    {
        UploadTail? tail = null;
        if (_writer is not null)
        {
            var rest = await _writer.TakeRestAsync(cancellationToken);
            _taken.AddRange(rest.Parts);
            tail = rest.Tail;
        }

        _settles = false;
        var news = _taken.Count > 0 || (tail is not null && tail != _lease.Tail) || _declared is not null;
        return news ? await CommitAsync(tail) : null;
    }

    /// <summary>What came since the last commit was wrong: none of it counts.</summary>
    public void Drop() => _settles = false;

    /// <summary>The upload can never succeed: it is given up, and its owner told why.</summary>
    public Problem Fail(Problem problem)
    {
        _error = new VideoError(problem.Code, problem.Title);
        return problem;
    }

    public async Task OnEndAsync(long epoch, bool storeRest)
    {
        if (_lease?.Epoch != epoch || _disposed)
            return;
        _settles &= storeRest;
        IsTakenOver |= !storeRest;
        await _ended.CancelAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed)
            return;
        _disposed = true;
        _edge.Metrics.Closed();
        try
        {
            if (!_closed && !IsForm && _error is null && _settles)
                await SettleQuietlyAsync();
            if (_writer is not null)
                await _writer.DisposeAsync();
            if (!_closed && (IsForm || _error is not null))
                await _grain.AbortAsync(_lease.Epoch, _error);
            else if (!_closed)
                await _grain.ReleaseAsync(_lease.Epoch);
        }
        finally
        {
            Unobserve();
            _ended.Dispose();
        }
    }

    private void Begin(LeaseResult lease, long askedAt)
    {
        (_lease, _confirmedAt) = (lease, askedAt);
        (Received, Acknowledged, ExpiresAt) = (lease.Offset, lease.Offset, lease.ExpiresAt);
        // Of a form the length of its body was reserved; of an upload that was created without a length nothing was.
        _reserved = lease.Length ?? (IsForm ? _expected : null) ?? lease.Offset;
        _head = new SourceHead(lease, _edge.Sniffer, _edge.Options.Value.RequireKnownContainer);
        // A request that goes on tells at once how far the upload is: in many short ones the time to tell would never come.
        _toldAt = lease.Offset == 0 ? _edge.Time.GetTimestamp() : long.MinValue / 2;
        _edge.Metrics.Opened();
    }

    private async ValueTask<Problem?> RefuseAsync(int count)
    {
        var end = Received + count;
        if (end > Length)
            return Problem.UploadLengthExceeded;
        if (end > _edge.Options.Value.MaxFileBytes)
            return Problem.FileTooLarge;
        if (_head.IsOpen && _head.Take(GetMemory().Span[..count]) is { } notAVideo)
            return Fail(notAVideo);
        if (end <= _reserved)
            return null;
        var wanted = end + ReservationStep;
        if (await _edge.Admission.ReserveAsync(_owner, _id, wanted, durable: !IsForm) is { } problem)
            return problem;
        _reserved = wanted;
        return null;
    }

    /// <summary>Whether the lease still holds, asked for by a commit of nothing when no other has been for a while. Null, or why it does not.</summary>
    private ValueTask<Problem?> ConfirmAsync() =>
        _edge.Time.GetElapsedTime(_confirmedAt) < _confirmPeriod ? default : CommitAsync(UploadCommit.Empty);

    private async ValueTask<Problem?> CommitAsync(UploadCommit commit)
    {
        _confirmedAt = _edge.Time.GetTimestamp();
        var result = await _grain.CommitAsync(_lease.Epoch, commit);
        if (ProblemOf(result.Outcome) is { } problem)
            return problem;
        (Acknowledged, ExpiresAt) = (result.Offset, result.ExpiresAt);
        return null;
    }

    private async ValueTask<Problem?> CommitAsync(UploadTail? tail)
    {
        if (await CommitAsync(Commit(tail)) is { } problem)
            return problem;
        var replaced = _taken.Count > 0 || tail is not null;
        _taken.Clear();
        if (replaced)
            await DeleteTailsAsync(tail?.Name);
        return null;
    }

    private UploadCommit Commit(UploadTail? tail) =>
        new(_writer?.StoreUploadId ?? "", [.. _taken], tail, _declared, _head.ContentType, _head.Undecided) { Digest = _digest };

    /// <summary>Only now that the manifest names what replaces it.</summary>
    private async ValueTask DeleteTailsAsync(string? kept)
    {
        if (_lease.Tail is not { Name: not "" } tail || tail.Name == kept)
            return;
        await _edge.Store.DeleteTailsAsync(ObjectKey.Source(_id), _lease.Epoch, kept, CancellationToken.None);
        _lease = _lease with { Tail = null };
    }

    private async Task SettleQuietlyAsync()
    {
        try
        {
            using var patience = new CancellationTokenSource(_settlePatience, _edge.Time);
            await SettleAsync(patience.Token);
        }
#pragma warning disable CA1031 // Whatever keeps the rest from being stored costs the client these bytes again, and nothing that was acknowledged.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogRestLost(_edge.Logger, e, _id, Acknowledged);
        }
    }

    private static Problem? ProblemOf(UploadOutcome outcome) => outcome switch
    {
        UploadOutcome.Ok => null,
        UploadOutcome.LengthMismatch => Problem.UploadLengthInconsistent,
        UploadOutcome.Incomplete => Problem.UploadIncomplete,
        UploadOutcome.Gone => Problem.UploadGone,
        UploadOutcome.Failed => Problem.UploadCorrupt,
        UploadOutcome.NotAVideo => Problem.NotAVideo,
        UploadOutcome.DigestMismatch => Problem.DigestMismatch,
        _ => Problem.UploadTakenOver,
    };

    private Task TellProgressAsync()
    {
        _toldAt = _edge.Time.GetTimestamp();
        var now = _edge.Time.GetUtcNow();
        return _lease.Kind is UploadKind.Partial
            ? Task.CompletedTask
            : _status.NotifyAsync(new StatusEvent(MediaId.New(now), _id, VideoStatus.Receiving, now, ReceivedBytes: Received, OfUpload: true));
    }

    private void Unobserve()
    {
        if (_self is not null)
            _edge.Grains.DeleteObjectReference<IUploadWriter>(_self);
    }
}
