using Ingestion.Api.Problems;
using Ingestion.Status;
using Ingestion.Uploads;
using Ingestion.Videos;

namespace Ingestion.Api.Uploads;

/// <summary>
/// One writer of one upload, whatever the protocol: holds the lease, hands bytes to the object store in this silo, and commits each part to
/// the upload's grain once it is durable. Not completed by the time it is disposed, a form upload is given up and its bytes removed.
/// </summary>
internal sealed class UploadSession : IAsyncDisposable
{
    // Often enough for a progress bar, rare enough to cost nothing.
    private static readonly TimeSpan _progressPeriod = TimeSpan.FromMilliseconds(500);

    private readonly UploadEdge _edge;
    private readonly IUploadGrain _grain;
    private readonly IStatusGrain _status;
    private readonly string _id;
    private readonly LeaseResult _lease;
    private readonly IObjectWriter _writer;
    private long _received;
    private long _toldAt;
    private bool _ended;
    private bool _disposed;

    private UploadSession(UploadEdge edge, string id, string owner, LeaseResult lease, IObjectWriter writer)
    {
        (_edge, _id, _lease, _writer) = (edge, id, lease, writer);
        _grain = edge.Grains.GetGrain<IUploadGrain>(id);
        _status = edge.Grains.GetGrain<IStatusGrain>(owner);
        _received = lease.Offset;
    }

    /// <summary>Bytes of the upload so far.</summary>
    public long Received => _received;

    /// <summary>Creates an upload and takes its lease.</summary>
    public static async Task<UploadSession> OpenAsync(UploadEdge edge, OpenUpload request, CancellationToken cancellationToken)
    {
        var id = MediaId.New(edge.Time.GetUtcNow());
        var lease = await edge.Grains.GetGrain<IUploadGrain>(id).OpenAsync(request);
        if (lease.Outcome is not UploadOutcome.Ok)
            throw new InvalidOperationException($"A fresh upload was refused: {lease.Outcome}.");
        var writer = await edge.Store.OpenWriterAsync(ObjectKey.Source(id), lease.StoreUploadId, lease.Offset, lease.PartSize, cancellationToken);
        var session = new UploadSession(edge, id, request.Owner, lease, writer);
        edge.Metrics.Opened();
        await session.TellAsync(VideoStatus.Receiving);
        return session;
    }

    /// <summary>Where the socket's next bytes go.</summary>
    public Memory<byte> GetMemory() => _writer.GetMemory();

    /// <summary>Takes <paramref name="count"/> bytes that are in <see cref="GetMemory"/>. Null, or why the upload can't go on.</summary>
    public async ValueTask<Problem?> AdvanceAsync(int count, CancellationToken cancellationToken)
    {
        await _writer.AdvanceAsync(count, cancellationToken);
        return await ReceivedAsync(count, cancellationToken);
    }

    /// <summary>Takes bytes from elsewhere. Null, or why the upload can't go on.</summary>
    public async ValueTask<Problem?> WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await _writer.WriteAsync(bytes, cancellationToken);
        return await ReceivedAsync(bytes.Length, cancellationToken);
    }

    /// <summary>All bytes are there: the upload becomes a video.</summary>
    public async Task<(VideoRecord? Video, Problem? Problem)> CompleteAsync(CancellationToken cancellationToken)
    {
        if (await CommitAsync(final: true, cancellationToken) is { } problem)
            return (null, problem);
        var result = await _grain.CompleteAsync(_lease.Epoch);
        if (result.Outcome is not UploadOutcome.Ok)
            return (null, Problem.UploadTakenOver);
        _ended = true;
        _edge.Metrics.Completed();
        return (result.Video, null);
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed)
            return;
        _disposed = true;
        _edge.Metrics.Closed();
        await _writer.DisposeAsync();
        if (_ended)
            return;
        await _grain.AbortAsync(_lease.Epoch);
        await TellAsync(VideoStatus.Cancelled);
    }

    private async ValueTask<Problem?> ReceivedAsync(int count, CancellationToken cancellationToken)
    {
        _received += count;
        _edge.Metrics.Received(count);
        if (await CommitAsync(final: false, cancellationToken) is { } problem)
            return problem;
        if (_edge.Time.GetElapsedTime(_toldAt) >= _progressPeriod)
            await TellAsync(VideoStatus.Receiving);
        return null;
    }

    private async ValueTask<Problem?> CommitAsync(bool final, CancellationToken cancellationToken)
    {
        while (await _writer.TakePartAsync(final, cancellationToken) is { } part)
        {
            var commit = await _grain.CommitPartAsync(_lease.Epoch, part);
            if (commit.Outcome is not UploadOutcome.Ok)
                return Problem.UploadTakenOver;
        }

        return null;
    }

    private Task TellAsync(VideoStatus status)
    {
        _toldAt = _edge.Time.GetTimestamp();
        var now = _edge.Time.GetUtcNow();
        return _status.NotifyAsync(new StatusEvent(MediaId.New(now), _id, status, now, ReceivedBytes: _received));
    }
}

/// <summary>What every upload endpoint needs.</summary>
internal sealed record UploadEdge(IGrainFactory Grains, IObjectStore Store, TimeProvider Time, IOptions<UploadOptions> Options, UploadMetrics Metrics);
