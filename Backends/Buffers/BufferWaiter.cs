namespace Ingestion.Backends.Buffers;

/// <summary>One part that waits.</summary>
internal sealed class BufferWaiter
{
    private readonly TaskCompletionSource<BufferReservation?> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly BufferQueue _queue;

    public BufferWaiter(BufferQueue queue, BufferShare share, BufferRequest request, long since)
    {
        (_queue, Share, Request, Since) = (queue, share, request, since);
        Node = new LinkedListNode<BufferWaiter>(this);
    }

    public BufferRequest Request { get; }

    /// <summary>Of its owner.</summary>
    public BufferShare Share { get; }

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
        _queue.Left(Share);
        return true;
    }
}
