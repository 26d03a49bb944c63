using Ingestion.Status;
using Ingestion.Videos;

namespace Ingestion.Api.Status.Sockets;

/// <summary>
/// Publishes an event into a journal of its own, as a video's is, has it pushed to a subscriber in this silo and waits until the grain has its
/// acknowledgement: the whole way of a state but the wire. One at a time, and at most one a second, as each writes to the storage.
/// </summary>
internal sealed class SocketProbe(IGrainFactory grains, ILocalSiloDetails silo, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _fresh = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private TimeSpan? _took;
    private long _probedAt;

    /// <summary>How long it took, a second ago at most; null when nothing came back in time.</summary>
    public async Task<TimeSpan?> RunAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (_took is null || time.GetElapsedTime(_probedAt) > _fresh)
                (_took, _probedAt) = (await ProbeAsync(cancellationToken), time.GetTimestamp());
            return _took;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task<TimeSpan?> ProbeAsync(CancellationToken cancellationToken)
    {
        // A user id can't hold this character, so no other user has this grain; a silo that comes back gets the same grain.
        var grain = grains.GetGrain<IStatusGrain>($"probe\u0001{silo.SiloAddress.Endpoint}");
        var published = new StatusEvent(MediaId.New(time.GetUtcNow()), "probe", VideoStatus.Ready, time.GetUtcNow());
        var subscriber = new Subscriber(grain, published.Id);
        var self = grains.CreateObjectReference<IStatusObserver>(subscriber);
        try
        {
            var began = time.GetTimestamp();
            await grain.SubscribeAsync(self, since: null);
            await grain.PublishAsync([published], redelivery: false);
            await subscriber.Acknowledged.WaitAsync(_patience, time, cancellationToken);
            return time.GetElapsedTime(began);
        }
#pragma warning disable CA1031 // Whatever the grain or its storage throws: the event did not come back.
        catch (Exception e) when (e is not OperationCanceledException)
#pragma warning restore CA1031
        {
            return null;
        }
        finally
        {
            await LeaveAsync(grain, self);
        }
    }

    private async Task LeaveAsync(IStatusGrain grain, IStatusObserver self)
    {
        try
        {
            await grain.UnsubscribeAsync(self);
        }
#pragma warning disable CA1031 // Its lease ends by itself.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
        finally
        {
            grains.DeleteObjectReference<IStatusObserver>(self);
        }
    }

    private sealed class Subscriber(IStatusGrain grain, string awaited) : IStatusObserver
    {
        private readonly TaskCompletionSource _acknowledged = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Acknowledged => _acknowledged.Task;

        public async Task OnEntriesAsync(string epoch, IReadOnlyList<JournalEntry> entries)
        {
            if (entries.FirstOrDefault(entry => entry.Event.Id == awaited) is not { } entry)
                return;
            await grain.AcknowledgeAsync(new Acknowledgement(new Cursor(epoch, entry.Offset)));
            _acknowledged.TrySetResult();
        }

        public Task OnProgressAsync(StatusEvent progress) => Task.CompletedTask;
    }
}
