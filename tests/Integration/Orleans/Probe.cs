using System.Collections.Concurrent;

namespace Ingestion.Tests.Integration.OrleansFacts;

/// <summary>What the grains of a fact and its test share: a journal that can be awaited, and named gates. They meet at barriers and never sleep.</summary>
internal sealed class Probe
{
    private readonly Lock _lock = new();
    private readonly List<string> _entries = [];
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _gates = new();
    private TaskCompletionSource _changed = NewSource();
    private volatile bool _over;

    /// <summary>All that was recorded, in order.</summary>
    public string[] Entries
    {
        get
        {
            lock (_lock)
                return [.. _entries];
        }
    }

    public void Record(string entry)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            _entries.Add(entry);
            (changed, _changed) = (_changed, NewSource());
        }

        changed.TrySetResult();
    }

    public int Count(string entry) => Entries.Count(e => e == entry);

    /// <summary>Waits until an entry was recorded so often.</summary>
    public async Task UntilAsync(string entry, int times = 1)
    {
        using var deadline = new CancellationTokenSource(Eventually.Deadline);
        while (true)
        {
            Task changed;
            lock (_lock)
                changed = _changed.Task;
            if (Count(entry) >= times)
                return;
            await changed.WaitAsync(deadline.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Assert.False(deadline.IsCancellationRequested, $"Never: {times} × '{entry}'. Recorded: {string.Join(" | ", Entries.TakeLast(50))}");
        }
    }

    /// <summary>Waits until the test opens the gate.</summary>
    public Task PassAsync(string gate) => Gate(gate).Task;

    public void Open(string gate) => Gate(gate).TrySetResult();

    /// <summary>At the end of a test: a call that still waits would hold up its silo.</summary>
    public void OpenAll()
    {
        _over = true;
        foreach (var gate in _gates.Values)
            gate.TrySetResult();
    }

    private TaskCompletionSource Gate(string name)
    {
        var gate = _gates.GetOrAdd(name, static _ => NewSource());
        if (_over)
            gate.TrySetResult();
        return gate;
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
