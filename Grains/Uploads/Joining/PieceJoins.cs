using System.Collections.Concurrent;
using Ingestion.Status;
using Ingestion.Uploads;
using Ingestion.Videos;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Ingestion.Grains.Uploads.Joining;

/// <summary>
/// Copies the pieces of final uploads, in the silo where the grain of the upload is. It writes like every other writer: under a lease, part by part, each
/// committed to the manifest. So it needs no request to continue, and after a restart it continues after the last committed part.
/// </summary>
internal sealed partial class PieceJoins(IGrainFactory grains, IObjectStore store, UploadGrainMetrics metrics, TimeProvider time, ILogger<PieceJoins> logger)
    : IHostedService, IDisposable
{
    // Copied side by side and committed together.
    private const int PartsAtOnce = 4;

    private static readonly TimeSpan _firstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _longestPause = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, Join> _joins = [];
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>Copies what is not copied yet. Does nothing when that is under way here, but to begin again once it has ended: its lease may be lost.</summary>
    public void Start(string id, string owner, IReadOnlyList<UploadPiece> pieces)
    {
        if (_stopping.IsCancellationRequested)
            return;
        while (true)
        {
            var join = _joins.GetOrAdd(id, static (key, args) => new Join(key, args.owner, args.pieces), (owner, pieces));
            if (join.Begin() is not { } isOurs)
                continue;
            if (isOurs)
                join.Running = Task.Run(() => RunAsync(join), CancellationToken.None);
            return;
        }
    }

    /// <summary>Returns once nothing is copied for this upload any more, and nothing will be.</summary>
    public async Task StopAsync(string id)
    {
        if (!_joins.TryGetValue(id, out var join))
            return;
        await join.Stop.CancelAsync();
        // Not the whole run: it may be waiting for the grain that waits for us.
        await join.Copying.WaitAsync();
        join.Copying.Release();
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The silo stops: the next activation of each grain continues.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_joins.Values.Select(join => join.Running)).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose() => _stopping.Dispose();

    private async Task RunAsync(Join join)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(join.Stop.Token, _stopping.Token);
        for (var pause = _firstPause; ;)
        {
            try
            {
                await CopyAsync(join, stop.Token);
                if (!join.End(_joins))
                    continue;
                return;
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                join.End(_joins, forGood: true);
                return;
            }
#pragma warning disable CA1031 // Stores and grains fail in many ways, and the pieces are acknowledged: it is tried for as long as the upload lives.
            catch (Exception e)
#pragma warning restore CA1031
            {
                if (join.TakeProgress())
                    pause = _firstPause;
                LogRetried(e, join.Id, pause);
            }

            await Task.Delay(pause, time, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pause = pause * 2 < _longestPause ? pause * 2 : _longestPause;
        }
    }

    /// <summary>Under one lease. Returns when the upload has ended or another activation of its grain has taken over.</summary>
    private async Task CopyAsync(Join join, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        var grain = grains.GetGrain<IUploadGrain>(join.Id);
        var lease = await grain.AcquireAsync(join.Owner, expectedOffset: null, writer: null);
        if (lease.Outcome is not UploadOutcome.Ok)
            return;
        var handle = await CopyingAsync(join, token => store.BeginCopyAsync(Key(join), lease.StoreUploadId, token), stop);
        // Named before anything is stored under it.
        if (handle != lease.StoreUploadId && !await CommitAsync(grain, lease.Epoch, UploadCommit.Empty with { StoreUploadId = handle }))
            return;
        for (var end = lease.PartsEnd; JoinRules.Parts(lease.Plan, join.Pieces, end, PartsAtOnce) is { Count: > 0 } next;)
        {
            Task<UploadPart?> CopyPartAsync(JoinPart part, CancellationToken token) => store.CopyPartAsync(Key(join), handle, part.Span, part.Ranges, token);
            var parts = await CopyingAsync(join, token => Task.WhenAll(next.Select(part => CopyPartAsync(part, token))), stop);
            if (Array.IndexOf(parts, null) >= 0)
            {
                await grain.AbortAsync(lease.Epoch, new VideoError("upload_corrupt", "The store does not hold what it acknowledged."));
                return;
            }

            if (!await CommitAsync(grain, lease.Epoch, UploadCommit.Empty with { Parts = [.. parts.OfType<UploadPart>()] }))
                return;
            join.Progressed();
            metrics.Copied(parts.Sum(part => part!.Length));
            end = parts[^1]!.Offset + parts[^1]!.Length;
            Publish(join, end);
        }

        if ((await grain.CompleteAsync(lease.Epoch, UploadCommit.Empty)).Outcome is UploadOutcome.Ok)
            metrics.Joined();
    }

    private static async Task<bool> CommitAsync(IUploadGrain grain, long epoch, UploadCommit commit) =>
        (await grain.CommitAsync(epoch, commit)).Outcome is UploadOutcome.Ok;

    /// <summary>Work on the store, which <see cref="StopAsync(string)"/> waits for.</summary>
    private static async Task<T> CopyingAsync<T>(Join join, Func<CancellationToken, Task<T>> copy, CancellationToken stop)
    {
        await join.Copying.WaitAsync(stop);
        try
        {
            stop.ThrowIfCancellationRequested();
            return await copy(stop);
        }
        finally
        {
            join.Copying.Release();
        }
    }

    /// <summary>Progress may be lost: nothing waits for it.</summary>
    private void Publish(Join join, long end)
    {
        var now = time.GetUtcNow();
        grains.GetGrain<IProgressGrain>(0)
            .PublishAsync(join.Owner, new StatusEvent(MediaId.New(now), join.Id, VideoStatus.Receiving, now, ReceivedBytes: end, OfUpload: true)).Ignore();
    }

    private static ObjectKey Key(Join join) => ObjectKey.Source(join.Id);

    [LoggerMessage(EventName = "JoinRetried", Level = LogLevel.Warning, Message = "The pieces of {UploadId} could not be copied; retry in {Pause}")]
    private partial void LogRetried(Exception exception, string uploadId, TimeSpan pause);

    /// <summary>The copying of one upload in this silo.</summary>
    private sealed class Join(string id, string owner, IReadOnlyList<UploadPiece> pieces)
    {
        private readonly Lock _gate = new();
        private bool _running;
        private bool _again;
        private bool _ended;
        private bool _progressed;

        public string Id => id;

        public string Owner => owner;

        public IReadOnlyList<UploadPiece> Pieces => pieces;

        public CancellationTokenSource Stop { get; } = new();

        /// <summary>Held while the store is at work.</summary>
        public SemaphoreSlim Copying { get; } = new(1);

        public Task Running { get; set; } = Task.CompletedTask;

        /// <summary>Parts were committed.</summary>
        public void Progressed() => _progressed = true;

        /// <summary>Whether parts were committed since the last call.</summary>
        public bool TakeProgress() => Interlocked.Exchange(ref _progressed, false);

        /// <summary>Whether the caller is to run it; otherwise the run under way is followed by another. Null: it has just ended for good.</summary>
        public bool? Begin()
        {
            lock (_gate)
            {
                if (_ended)
                    return null;
                if (_running)
                {
                    _again = true;
                    return false;
                }

                return _running = true;
            }
        }

        /// <summary>False when it is to run once more.</summary>
        public bool End(ConcurrentDictionary<string, Join> all, bool forGood = false)
        {
            lock (_gate)
            {
                if (_again && !forGood)
                {
                    _again = false;
                    return false;
                }

                _ended = true;
                all.TryRemove(new KeyValuePair<string, Join>(id, this));
                return true;
            }
        }
    }
}
