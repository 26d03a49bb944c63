using Ingestion.Status;
using Ingestion.Videos;

namespace Ingestion.Api.Status;

/// <summary>
/// Sends an event through a grain to a subscriber in this silo and waits until the grain has its acknowledgement: what a socket needs, without
/// a socket. One at a time; it is not journalled, and nobody's journal it would be.
/// </summary>
internal sealed class SocketProbe(IGrainFactory grains, ILocalSiloDetails silo, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>How long it took; null when nothing came back in time.</summary>
    public async Task<TimeSpan?> RunAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        // A user id can't hold this character, so nobody else has this grain.
        var grain = grains.GetGrain<IStatusGrain>($"probe\u0001{silo.SiloAddress.ToParsableString()}");
        var subscriber = new Subscriber(grain);
        var self = grains.CreateObjectReference<IStatusObserver>(subscriber);
        try
        {
            var began = time.GetTimestamp();
            await grain.SubscribeAsync(self, since: null);
            await grain.NotifyAsync(new StatusEvent(MediaId.New(time.GetUtcNow()), "probe", VideoStatus.Processing, time.GetUtcNow()));
            await subscriber.Acknowledged.WaitAsync(_patience, time, cancellationToken);
            return time.GetElapsedTime(began);
        }
        catch (Exception e) when (e is TimeoutException or OrleansException)
        {
            return null;
        }
        finally
        {
            await LeaveAsync(grain, self);
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task LeaveAsync(IStatusGrain grain, IStatusObserver self)
    {
        try
        {
            await grain.UnsubscribeAsync(self);
        }
        catch (Exception e) when (e is TimeoutException or OrleansException)
        {
            // Its lease ends by itself.
        }
        finally
        {
            grains.DeleteObjectReference<IStatusObserver>(self);
        }
    }

    private sealed class Subscriber(IStatusGrain grain) : IStatusObserver
    {
        private readonly TaskCompletionSource _acknowledged = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Acknowledged => _acknowledged.Task;

        public Task OnEntriesAsync(string epoch, IReadOnlyList<JournalEntry> entries) => Task.CompletedTask;

        public async Task OnProgressAsync(StatusEvent progress)
        {
            // Answered by the grain, which so has it.
            await grain.GetAcknowledgedAsync();
            _acknowledged.TrySetResult();
        }
    }
}
