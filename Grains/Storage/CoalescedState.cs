using Orleans.Storage;

namespace Ingestion.Grains.Storage;

/// <summary>
/// One stored state of a grain that many callers change at once. A change waits while a write is under way; all that have waited are applied
/// one after the other, share the next write, and return when it is done. A change that leaves nothing to store costs no write.
/// When a write fails, every change of it fails and none of them counts: the state is read again before the next one.
/// All calls come from turns of the owning activation, which must be reentrant for changes to meet.
/// </summary>
internal sealed class CoalescedState<TState>(IGrainStorage storage, GrainId owner, string name)
    where TState : class, new()
{
    private readonly List<IPendingChange> _pending = [];
    private LogRecord<TState>? _record;
    private Task _loading = Task.CompletedTask;
    private Task _writing = Task.CompletedTask;
    private TState? _before;

    /// <summary>What survives a state being read again although it is not stored: called with the fresh state and the one before it.</summary>
    public Func<TState, TState, TState> Reloaded { get; init; } = (fresh, _) => fresh;

    /// <summary>Whether a state is as good as none: in place of storing it its record is removed.</summary>
    public Func<TState, bool>? IsNothing { get; init; }

    /// <summary>False before the first load, and after a failed write until the state is read again.</summary>
    public bool IsLoaded => _record is not null;

    /// <summary>The durable state.</summary>
    public TState Value => _record?.State ?? throw new InvalidOperationException("The state is not loaded.");

    /// <summary>The durable state, for another thread to look at; null when it is not loaded.</summary>
    public TState? InMemory => _record?.State;

    /// <summary>Reads the state. Does nothing once it is loaded.</summary>
    public Task LoadAsync()
    {
        if (_record is not null)
            return Task.CompletedTask;
        // One load at a time: a slower second one would put what it read before a write in the place of what was written.
        if (_loading.IsCompleted)
            _loading = ReadAsync();
        return _loading;
    }

    /// <summary>Applies a change to the newest state; returns once all that it changed is durable. A change must not await.</summary>
    public Task<TResult> ChangeAsync<TResult>(Func<TState, StateChange<TState, TResult>> change)
    {
        var pending = new PendingChange<TResult>(change);
        _pending.Add(pending);
        if (_writing.IsCompleted)
            _writing = WritePendingAsync();
        return pending.Done.Task;
    }

    /// <summary>Removes the record. Nothing may be changing it.</summary>
    public async Task ClearAsync()
    {
        await LoadAsync();
        var record = _record!;
        (_record, _before) = (null, null);
        if (record.RecordExists)
            await storage.ClearStateAsync(name, owner, record);
    }

    private async Task ReadAsync()
    {
        var record = new LogRecord<TState>();
        await storage.ReadStateAsync(name, owner, record);
        _record = _before is null ? record : record.Next(Reloaded(record.State, _before));
    }

    /// <summary>The only writer. It never throws: the changes of each write get its exception.</summary>
    private async Task WritePendingAsync()
    {
        while (_pending.Count > 0)
        {
            IPendingChange[] batch = [.. _pending];
            _pending.Clear();
            try
            {
                await LoadAsync();
                await WriteAsync(batch);
                foreach (var change in batch)
                    change.Succeed();
            }
#pragma warning disable CA1031 // Whatever the storage throws belongs to the callers of this write.
            catch (Exception e)
#pragma warning restore CA1031
            {
                // What reached the disk is unknown now: read it again before the next write.
                (_before, _record) = (_record?.State ?? _before, null);
                foreach (var change in batch)
                    change.Fail(e);
            }
        }
    }

    private async Task WriteAsync(IPendingChange[] batch)
    {
        var (next, durable) = (Value, false);
        foreach (var change in batch)
            durable |= change.Apply(ref next);
        var record = _record!.Next(next);
        if (durable && IsNothing?.Invoke(next) is not true)
            await storage.WriteStateAsync(name, owner, record);
        else if (durable && record.RecordExists)
            await storage.ClearStateAsync(name, owner, record);
        _record = record;
    }

    private interface IPendingChange
    {
        /// <summary>Whether the next state has to be stored.</summary>
        bool Apply(ref TState state);

        void Succeed();

        void Fail(Exception exception);
    }

    private sealed class PendingChange<TResult>(Func<TState, StateChange<TState, TResult>> change) : IPendingChange
    {
        private TResult _result = default!;

        // Asynchronously, so that a caller's code runs in a turn of its own and not inside the writer's.
        public TaskCompletionSource<TResult> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool Apply(ref TState state)
        {
            (state, _result, var durable) = change(state);
            return durable;
        }

        public void Succeed() => Done.TrySetResult(_result);

        public void Fail(Exception exception) => Done.TrySetException(exception);
    }
}

/// <summary>What a change makes of a state.</summary>
/// <param name="Next">The next state; the same one when nothing changed.</param>
/// <param name="Result">The caller's answer.</param>
/// <param name="Durable">Whether the answer may be given only once the next state is stored.</param>
internal readonly record struct StateChange<TState, TResult>(TState Next, TResult Result, bool Durable);
