namespace Ingestion.Backends.Buffers;

/// <summary>
/// The parts that wait for memory: parts that end an upload first, then in order of arrival. Each of those had an ordinary turn before, so the others
/// get at least every second one. Guarded by the budget's lock.
/// </summary>
internal sealed class BufferQueue
{
    private readonly LinkedList<BufferWaiter> _ending = [];
    private readonly LinkedList<BufferWaiter> _others = [];

    public int Count => _ending.Count + _others.Count;

    /// <summary>The part that is served next.</summary>
    public BufferWaiter? First => (_ending.First ?? _others.First)?.Value;

    /// <summary>The part that has waited longest.</summary>
    public BufferWaiter? Oldest
    {
        get
        {
            var (ending, other) = (_ending.First?.Value, _others.First?.Value);
            return ending is null || other?.Since < ending.Since ? other : ending;
        }
    }

    /// <summary>Whether no waiting request comes before this one.</summary>
    public bool IsNext(BufferRequest request) => _ending.Count == 0 && (request.Ending || _others.Count == 0);

    public BufferWaiter Add(BufferRequest request, long since)
    {
        var waiter = new BufferWaiter(request, since);
        (request.Ending ? _ending : _others).AddLast(waiter.Node);
        return waiter;
    }
}

/// <summary>One part that waits.</summary>
internal sealed class BufferWaiter
{
    private readonly TaskCompletionSource<BufferReservation?> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public BufferWaiter(BufferRequest request, long since)
    {
        (Request, Since) = (request, since);
        Node = new LinkedListNode<BufferWaiter>(this);
    }

    public BufferRequest Request { get; }

    /// <summary>Since when, as a timestamp.</summary>
    public long Since { get; }

    public LinkedListNode<BufferWaiter> Node { get; }

    public Task<BufferReservation?> Task => _answer.Task;

    /// <summary>Ends the wait; nothing happens if it has ended already.</summary>
    public void Answer(BufferReservation? answer)
    {
        if (TryLeave())
            _answer.SetResult(answer);
    }

    /// <summary>The waiter has left; nothing happens if it was answered already.</summary>
    public void Cancel(CancellationToken cancellationToken)
    {
        if (TryLeave())
            _answer.SetCanceled(cancellationToken);
    }

    private bool TryLeave()
    {
        if (Node.List is not { } list)
            return false;
        list.Remove(Node);
        return true;
    }
}
