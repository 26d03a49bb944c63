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

    private readonly Queue<(object? Item, StreamSequenceToken Token)> _items = new();
    private bool _isPumping;

    public Guid Id => id;

    public StreamState Stream => stream;

    /// <summary>Null for a client.</summary>
    public GrainId? Consumer => consumer;

    /// <summary>What a client does with items. Grains keep theirs in the activation.</summary>
    public StreamHandler? ClientHandler { get; set; }

    public void Enqueue(object? item, StreamSequenceToken token)
    {
        lock (_items)
        {
            _items.Enqueue((item, token));
            if (_isPumping)
                return;

            _isPumping = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(static self => _ = self.Pump(), this, preferLocal: false);
    }

    private async Task Pump()
    {
        while (TryDequeue(out var next))
        {
            if (stream.Contains(id))
                await Deliver(next.Item, next.Token);
        }
    }

    private async Task Deliver(object? item, StreamSequenceToken token)
    {
        for (var attempt = 1; stream.Hub.AnyClient() is { } client; attempt++)
        {
            try
            {
                if (consumer is { } grain)
                    await CallSender.SendDirect<object>(client, null, grain, new DeliveryRequest(this, item, token));
                else if (ClientHandler is { } handler)
                    await handler.OnNext(item, token);
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

    private bool TryDequeue(out (object? Item, StreamSequenceToken Token) next)
    {
        lock (_items)
        {
            if (_items.TryDequeue(out next))
                return true;

            _isPumping = false;
            return false;
        }
    }
}
