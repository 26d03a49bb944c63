namespace Orleans.Runtime;

/// <summary>Whose turns a scheduler runs.</summary>
internal interface ITurnOwner : IGrainContext, ICallTarget
{
    /// <summary>A call has come up; runs on the scheduler.</summary>
    void Accept(GrainCall call);
}

/// <summary>
/// Runs the turns of one activation, one at a time, on the thread pool. Being the task scheduler of those turns makes
/// the code after an await a turn of the same activation.
/// </summary>
internal sealed class TurnScheduler(ITurnOwner owner) : TaskScheduler, IThreadPoolWorkItem
{
    // Turns in one go on a pool thread. More would be faster for one busy grain and unfair to all others.
    private const int Quantum = 64;

    private readonly Queue<object> _items = new(0);
    private bool _isScheduled;
    private bool _isStopped;

    public override int MaximumConcurrencyLevel => 1;

    /// <summary>Idle: nothing runs and nothing waits.</summary>
    public bool IsIdle
    {
        get
        {
            lock (_items)
                return !_isScheduled;
        }
    }

    /// <summary>False when the scheduler has been stopped.</summary>
    public bool Enqueue(GrainCall call) => EnqueueItem(call);

    /// <summary>False when the scheduler has been stopped.</summary>
    public bool Enqueue(Action action) => EnqueueItem(action);

    /// <summary>Drops what is queued and takes nothing more: the silo was killed.</summary>
    public void Stop()
    {
        lock (_items)
        {
            _isStopped = true;
            _items.Clear();
        }
    }

    /// <summary>Runs something now, as a task of this scheduler. Only from one of its turns.</summary>
    public void RunInTurn(Action<object?> action, object state)
    {
        var turn = new Task(action, state);
        turn.RunSynchronously(this);
        if (turn.IsFaulted)
            Log.WorkFailed(owner.Client.Logger, owner.GrainId, turn.Exception);
    }

    void IThreadPoolWorkItem.Execute()
    {
        RuntimeContext.Current = owner;
        try
        {
            for (var i = 0; i < Quantum; i++)
            {
                if (!TryDequeue(out var item))
                    return;

                Run(item);
            }
        }
        finally
        {
            RuntimeContext.Current = null;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    protected override void QueueTask(Task task) => EnqueueItem(task);

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        !taskWasPreviouslyQueued && ReferenceEquals(RuntimeContext.Current, owner) && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks()
    {
        lock (_items)
            return [.. _items.OfType<Task>()];
    }

    private bool EnqueueItem(object item)
    {
        lock (_items)
        {
            if (_isStopped)
                return false;

            _items.Enqueue(item);
            if (_isScheduled)
                return true;

            _isScheduled = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: true);
        return true;
    }

    private void Run(object item)
    {
        switch (item)
        {
            case GrainCall call:
                owner.Accept(call);
                break;
            case Task task:
                TryExecuteTask(task);
                break;
            case Action action:
                RunInTurn(static state => ((Action)state!)(), action);
                break;
        }
    }

    private bool TryDequeue([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out object? item)
    {
        lock (_items)
        {
            if (_items.TryDequeue(out item))
                return true;

            _isScheduled = false;
            return false;
        }
    }
}
