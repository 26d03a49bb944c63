using System.Collections.Concurrent;

namespace Ingestion.Tests.Conformance.Infrastructure;

/// <summary>
/// What grains and tests share: a journal per key that can be awaited, and named gates. One per cluster, a singleton in every silo
/// of it, so that tests meet grains at barriers and never sleep.
/// </summary>
public sealed class Probe
{
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, List<string>> _journal = [];
    private readonly List<(string Key, Func<IReadOnlyList<string>, bool> Reached, TaskCompletionSource<string[]> Waiter)> _waiters = [];
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _gates = new();
    private volatile bool _over;

    public void Record(string key, string entry)
    {
        lock (_lock)
        {
            if (!_journal.TryGetValue(key, out var entries)) _journal[key] = entries = [];
            entries.Add(entry);
            for (var i = _waiters.Count - 1; i >= 0; i--)
            {
                if (_waiters[i].Key != key || !_waiters[i].Reached(entries)) continue;
                _waiters[i].Waiter.TrySetResult([.. entries]);
                _waiters.RemoveAt(i);
            }
        }
    }

    public string[] Of(string key)
    {
        lock (_lock) return _journal.TryGetValue(key, out var entries) ? [.. entries] : [];
    }

    public int Count(string key, string entry) => Of(key).Count(e => e == entry);

    public Task<string[]> UntilAsync(string key, string entry, int times = 1) =>
        UntilAsync(key, entries => entries.Count(e => e == entry) >= times, $"{times} × '{entry}'");

    public async Task<string[]> UntilAsync(string key, Func<IReadOnlyList<string>, bool> reached, string what)
    {
        var waiter = new TaskCompletionSource<string[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            var entries = _journal.TryGetValue(key, out var found) ? found : [];
            if (reached(entries)) return [.. entries];
            _waiters.Add((key, reached, waiter));
        }

        try
        {
            return await waiter.Task.WaitAsync(Deadline);
        }
        catch (TimeoutException)
        {
            throw new BarrierNotReachedException($"{key}: {what} not reached; journal: {string.Join(" | ", Of(key))}");
        }
    }

    /// <summary>Waits until the test opens the gate.</summary>
    public Task GateAsync(string name) => Gate(name).Task;

    public void Open(string name) => Gate(name).TrySetResult();

    /// <summary>At the end of a cluster: whatever still waits would hold up its silos.</summary>
    public void OpenAll()
    {
        _over = true;
        foreach (var name in _gates.Keys) Open(name);
    }

    private TaskCompletionSource Gate(string name)
    {
        var gate = _gates.GetOrAdd(name, static _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        if (_over) gate.TrySetResult();
        return gate;
    }
}
