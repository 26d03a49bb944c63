using System.Buffers;
using Ingestion.Api.Problems;
using Ingestion.Uploads;
using Ingestion.Videos;

namespace Ingestion.Api.Uploads.Sessions;

/// <summary>
/// One writer of one upload, whatever the protocol: hands bytes to the object store in this silo and commits what is durable under its lease. What
/// ends it: <see cref="CompleteAsync"/>, <see cref="StoreRestAsync"/> (interrupted, to be resumed) or <see cref="Drop"/> (the bytes were wrong).
/// Disposed without any of them a form is given up, and of anything else the rest is stored.
/// </summary>
/// <remarks>What runs for each run of bytes allocates nothing as long as neither the store nor a grain has to be waited for.</remarks>
internal sealed partial class UploadSession : IAsyncDisposable
{
    // A longer time would only keep a dead request; the client resends what is lost.
    private static readonly TimeSpan _restPatience = TimeSpan.FromSeconds(30);

    private readonly WriteLease _lease;
    private readonly SourceHead _head;
    private readonly QuotaReservation _quota;
    private readonly UploadProgress? _progress;
    private readonly SessionLimits _limits;
    private readonly UploadMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly List<UploadPart> _taken = [];
    private IObjectWriter? _writer;
    private long? _declared;
    private SourceDigest? _digest;
    private CallerData? _caller;
    private VideoError? _error;
    private bool _storesRest = true;
    private bool _closed;
    private bool _disposed;

    public UploadSession(
        WriteLease lease, SourceHead head, QuotaReservation quota, UploadProgress? progress, SessionLimits limits, UploadMetrics metrics, TimeProvider time,
        ILogger logger)
    {
        (_lease, _head, _quota, _progress, _limits, _metrics, _time, _logger) = (lease, head, quota, progress, limits, metrics, time, logger);
        Received = lease.Acknowledged;
        metrics.Opened();
    }

    /// <summary>Bytes of the upload so far, acknowledged or not.</summary>
    public long Received { get; private set; }

    /// <summary>Bytes that survive everything.</summary>
    public long Acknowledged => _lease.Acknowledged;

    /// <summary>Total bytes if known.</summary>
    public long? Length => _declared ?? _lease.Granted.Length;

    /// <summary>When the upload goes if nothing more comes.</summary>
    public DateTimeOffset ExpiresAt => _lease.ExpiresAt;

    /// <summary>Another request takes the upload over: this one stores what it has and ends.</summary>
    public CancellationToken Ended => _lease.Ended;

    /// <summary>Whether another request has the upload now, or its owner has given it up.</summary>
    public bool IsTakenOver => _lease.IsTakenOver;

    /// <summary>Whether it will be given up, as it can never succeed.</summary>
    public bool HasFailed => _error is not null;

    /// <summary>Whether what came is to be committed now, by <see cref="CommitWantedAsync"/>.</summary>
    public bool IsCommitWanted => _lease.IsCommitWanted;

    private bool IsForm => _lease.Granted.Kind is UploadKind.Form;

    /// <summary>Has <paramref name="wake"/> called when a commit is wanted, from any thread; null: no more.</summary>
    public void Wake(Action? wake) => _lease.Wake(wake);

    /// <summary>Sets the length that the client declared later. Null, or why it is refused.</summary>
    public Problem? Declare(long length)
    {
        if (length > _limits.MostBytes)
            return Problem.FileTooLarge;
        if (length < Received || (Length ?? length) != length)
            return Problem.UploadLengthInconsistent;
        _declared = length;
        return null;
    }

    /// <summary>Sets the digest that the whole source must have; checked when it is complete.</summary>
    public void Expect(SourceDigest digest) => _digest = digest;

    /// <summary>Sets what is to travel with the video, where it came behind the first bytes.</summary>
    public void Describe(CallerData? caller) => _caller = caller;

    /// <summary>Opens the way to the store; before <see cref="GetMemory"/>.</summary>
    public async ValueTask StartAsync(CancellationToken cancellationToken) =>
        _writer ??= await _lease.OpenWriterAsync(Length ?? _limits.Expected, cancellationToken);

    /// <summary>Where the socket's next bytes go.</summary>
    public Memory<byte> GetMemory() => _writer!.GetMemory();

    /// <summary>
    /// Takes <paramref name="count"/> bytes that are in <see cref="GetMemory"/>. Null, or why the upload can't continue; then they are not taken.
    /// </summary>
    public async ValueTask<Problem?> AdvanceAsync(int count, CancellationToken cancellationToken)
    {
        if (Refuse(count) is { } refused)
            return refused;
        if ((await _quota.CoverAsync(Received + count) ?? await _lease.ConfirmAsync()) is { } ended)
            return ended;
        await _writer!.AdvanceAsync(count, cancellationToken);
        Received += count;
        _metrics.Received(count);
        while (await _writer.TakePartAsync(final: false, cancellationToken) is { } part)
            _taken.Add(part);
        if (_taken.Count > 0 && !_limits.Holds && await CommitAsync(tail: null) is { } problem)
            return problem;
        _progress?.Report(Received);
        return null;
    }

    /// <summary>Takes bytes from elsewhere. Null, or why the upload can't continue.</summary>
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
        // What is acknowledged behind the parts becomes a part only by a writer.
        if (_lease.Granted.Tail is not null)
            await StartAsync(cancellationToken);
        while (_writer is not null && await _writer.TakePartAsync(final: true, cancellationToken) is { } part)
            _taken.Add(part);
        var result = await _lease.CompleteAsync(Taken(tail: null), Received);
        if (UploadProblems.OfWriter(result.Outcome) is { } problem)
        {
            // Given up over there already: nothing is left to abort.
            _closed = result.Outcome is UploadOutcome.Failed or UploadOutcome.NotAVideo or UploadOutcome.DigestMismatch or UploadOutcome.TooLate
                or UploadOutcome.AudioOnly or UploadOutcome.ImageOnly or UploadOutcome.RawStream;
            return (null, _closed ? Fail(problem) : problem);
        }

        _closed = true;
        await _lease.DeleteTailsAsync(kept: null);
        _metrics.Completed();
        return (result.Video, null);
    }

    /// <summary>Stores and commits all that came, so that the client continues from there. Null, or why nothing of it counts.</summary>
    public async Task<Problem?> StoreRestAsync(CancellationToken cancellationToken)
    {
        UploadTail? tail = null;
        if (_writer is not null)
        {
            var rest = await _writer.TakeRestAsync(cancellationToken);
            _taken.AddRange(rest.Parts);
            tail = rest.Tail;
        }

        _storesRest = false;
        var isNew = _taken.Count > 0 || (tail is not null && tail != _lease.Granted.Tail) || _declared is not null;
        return isNew ? await CommitAsync(tail) : null;
    }

    /// <summary>Commits all that came, because somebody looks at the upload, and goes on. Null, or why it can't.</summary>
    public async ValueTask<Problem?> CommitWantedAsync(CancellationToken cancellationToken)
    {
        // What is held back until its checksum is known stays so: the answer is that the writer lives.
        if (_limits.Holds || _writer is not { } writer)
            return await _lease.CommitAsync(UploadCommit.Empty);
        var rest = await writer.TakeRestAsync(cancellationToken);
        _taken.AddRange(rest.Parts);
        if (await CommitAsync(rest.Tail) is { } problem)
            return problem;
        // It takes nothing behind its rest: the next bytes open another writer of the same lease there.
        _writer = null;
        await writer.DisposeAsync();
        return null;
    }

    /// <summary>What came since the last commit was wrong: none of it counts.</summary>
    public void Drop() => _storesRest = false;

    /// <summary>The upload can never succeed: it is given up, and its owner is notified why.</summary>
    public Problem Fail(Problem problem)
    {
        _error = new VideoError(problem.Code, problem.Title);
        return problem;
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed)
            return;
        _disposed = true;
        _lease.StopListening();
        _metrics.Closed();
        try
        {
            if (!_closed && !IsForm && _error is null && _storesRest && !IsTakenOver)
                await TryStoreRestAsync();
            if (_writer is not null)
                await _writer.DisposeAsync();
            if (!_closed && (IsForm || _error is not null))
                await _lease.AbortAsync(_error);
            else if (!_closed)
                await _lease.ReleaseAsync();
        }
        finally
        {
            _lease.Dispose();
        }
    }

    /// <summary>What needs no grain: lengths, and what the first bytes show.</summary>
    private Problem? Refuse(int count)
    {
        var end = Received + count;
        if (end > Length)
            return Problem.UploadLengthExceeded;
        if (end > _limits.MostBytes)
            return Problem.FileTooLarge;
        return _head.IsOpen && _head.Take(GetMemory().Span[..count]) is { } notAVideo ? Fail(notAVideo) : null;
    }

    private async ValueTask<Problem?> CommitAsync(UploadTail? tail)
    {
        if (await _lease.CommitAsync(Taken(tail)) is { } problem)
            return problem;
        // Before anything else can fail: committed again, these parts would not fit any more.
        var replaces = _taken.Count > 0 || tail is not null;
        _taken.Clear();
        if (replaces)
            await _lease.DeleteTailsAsync(tail);
        return null;
    }

    private UploadCommit Taken(UploadTail? tail) =>
        new(_writer?.StoreUploadId ?? "", [.. _taken], tail, _declared, _head.ContentType, _head.Undecided) { Digest = _digest, Caller = _caller };

    private async Task TryStoreRestAsync()
    {
        try
        {
            using var patience = new CancellationTokenSource(_restPatience, _time);
            await StoreRestAsync(patience.Token);
        }
#pragma warning disable CA1031 // Whatever keeps the rest from being stored costs the client these bytes again, and nothing that was acknowledged.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogRestLost(e, _lease.UploadId, Acknowledged);
        }
    }
}
