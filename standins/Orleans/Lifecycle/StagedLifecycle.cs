namespace Orleans.Runtime;

/// <summary>Starts its observers stage by stage, those of one stage together, and stops what was started in the opposite order.</summary>
internal class StagedLifecycle : ILifecycleSubject
{
    private readonly List<(int Stage, ILifecycleObserver Observer)> _observers = [];
    private int? _highestStarted;

    public IDisposable Subscribe(string observerName, int stage, ILifecycleObserver observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        var entry = (stage, observer);
        lock (_observers)
            _observers.Add(entry);

        return new Subscription(this, entry);
    }

    public async Task OnStart(CancellationToken cancellationToken = default)
    {
        foreach (var stage in Stages().OrderBy(stage => stage.Key))
        {
            cancellationToken.ThrowIfCancellationRequested();
            // Set before the start: a stage that failed halfway is stopped like one that succeeded.
            _highestStarted = stage.Key;
            await Task.WhenAll(stage.Select(entry => entry.Observer.OnStart(cancellationToken)));
        }
    }

    public async Task OnStop(CancellationToken cancellationToken = default)
    {
        var failures = new List<Exception>();
        foreach (var stage in Stages().OrderByDescending(stage => stage.Key).Where(stage => stage.Key <= _highestStarted))
        {
            try
            {
                await Task.WhenAll(stage.Select(entry => entry.Observer.OnStop(cancellationToken)));
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                // One that fails to stop must not keep the others from stopping.
                failures.Add(failure);
            }
        }

        if (failures.Count > 0)
            throw new AggregateException(failures);
    }

    private List<IGrouping<int, (int Stage, ILifecycleObserver Observer)>> Stages()
    {
        lock (_observers)
            return [.. _observers.GroupBy(entry => entry.Stage)];
    }

    private sealed class Subscription(StagedLifecycle lifecycle, (int, ILifecycleObserver) entry) : IDisposable
    {
        public void Dispose()
        {
            lock (lifecycle._observers)
                lifecycle._observers.Remove(entry);
        }
    }
}

internal sealed class SiloLifecycle : StagedLifecycle, ISiloLifecycleSubject;
