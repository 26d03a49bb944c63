using Orleans.Runtime;

namespace Orleans.Streams;

/// <summary>
/// One subscription: a queue of items, delivered in order and one at a time, to a grain in its turns or to a client on the thread pool.
/// </summary>
internal sealed class StreamSubscription(StreamState stream, Guid id, GrainId? consumer)
{
    // As long as a silo takes to die and its grains to come back elsewhere; then the item is given up.
    private const int MaxAttempts = 5;
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    private readonly Queue<object?> _items = new();
    private bool _isPumping;

    public Guid Id => id;

    public StreamState Stream => stream;

    /// <summary>Null for a client.</summary>
    public GrainId? Consumer => consumer;

    /// <summary>What a client does with items. Grains keep theirs in the activation.</summary>
    public StreamHandler? ClientHandler { get; set; }

    public void Enqueue(object? item)
    {
        lock (_items)
        {
            _items.Enqueue(item);
            if (_isPumping)
                return;

            _isPumping = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(static self => _ = self.Pump(), this, preferLocal: false);
    }

    private async Task Pump()
    {
        while (TryDequeue(out var item))
        {
            if (stream.Contains(id))
                await Deliver(item);
        }
    }

    private async Task Deliver(object? item)
    {
        for (var attempt = 1; stream.Hub.AnyClient() is { } client; attempt++)
        {
            try
            {
                if (consumer is { } grain)
                    await CallSender.SendDirect<object>(client, null, grain, new DeliveryRequest(this, item));
                else if (ClientHandler is { } handler)
                    await handler.OnNext(item);
                return;
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                Log.DeliveryFailed(client.Logger, stream.Id, consumer?.ToString() ?? "client", failure);
                if (attempt == MaxAttempts)
                    return;
            }

            await Task.Delay(s_pause, client.Time);
        }
    }

    private bool TryDequeue(out object? item)
    {
        lock (_items)
        {
            if (_items.TryDequeue(out item))
                return true;

            _isPumping = false;
            return false;
        }
    }
}
