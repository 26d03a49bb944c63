namespace Orleans.Runtime;

/// <summary>Serves the calls of one observer on the thread pool, in order and one at a time.</summary>
internal sealed class ObserverTarget(RuntimeClient client, GrainId id, IGrainObserver target) : ICallTarget
{
    private readonly WeakReference<IGrainObserver> _target = new(target);
    private readonly Queue<GrainCall> _calls = new();
    private bool _isPumping;

    public RuntimeClient Client => client;

    public void Receive(GrainCall call)
    {
        call.Target = this;
        lock (_calls)
        {
            _calls.Enqueue(call);
            if (_isPumping)
                return;

            _isPumping = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(static self => _ = self.Pump(), this, preferLocal: false);
    }

    public void Post(Action action) => ThreadPool.UnsafeQueueUserWorkItem(static run => run(), action, preferLocal: false);

    private async Task Pump()
    {
        while (TryDequeue(out var call))
        {
            if (!call.HasEnded && !client.IsStopped)
                await Serve(call);
        }
    }

    private async Task Serve(GrainCall call)
    {
        if (!_target.TryGetTarget(out var observer))
        {
            // Collected: as if it had been deleted.
            client.Observers.Remove(id);
            Log.ObserverUnknown(client.Logger, call);
            return;
        }

        RequestContext.Import(call.RequestContext);
        Task task;
        try
        {
            task = call.Request.InvokeOn(observer);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            task = Task.FromException(failure);
        }

        await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        call.Complete(task);
    }

    private bool TryDequeue([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out GrainCall? call)
    {
        lock (_calls)
        {
            if (_calls.TryDequeue(out call))
                return true;

            _isPumping = false;
            return false;
        }
    }
}
