using Orleans.Storage;

namespace Ingestion.Grains.Storage;

/// <summary>
/// The stored state of a grain, read by the first call that needs it and not by the activation: a grain that is created does not ask for the row that it
/// is about to insert. That the row is not there is shown by the insert itself, which conflicts with whatever is stored.
/// </summary>
/// <param name="storage">The storage of all grains.</param>
/// <param name="owner">Whose state.</param>
/// <param name="name">Its name in storage.</param>
internal sealed class LazyState<TState>(IGrainStorage storage, GrainId owner, string name) : IPersistentState<TState>
    where TState : class, new()
{
    private readonly GrainState<TState> _state = new(new TState());
    private Task _loading = Task.CompletedTask;

    /// <summary>Whether the state is what was stored; before that it is empty, unless something was stored without reading.</summary>
    public bool IsLoaded { get; private set; }

    public TState State
    {
        get => _state.State ?? (_state.State = new TState());
        set => _state.State = value;
    }

    /// <summary>What is in memory, for another thread to look at: null when there is nothing, where <see cref="State"/> makes one.</summary>
    public TState? InMemory => _state.State;

    public string? Etag => _state.ETag;

    public bool RecordExists => _state.RecordExists;

    /// <summary>Reads the state unless it is loaded.</summary>
    public Task LoadAsync()
    {
        if (IsLoaded)
            return Task.CompletedTask;
        // Calls that only read come together: a slower second read would put what it read before a write in the place of what was written.
        if (_loading.IsCompleted)
            _loading = ReadStateAsync();
        return _loading;
    }

    /// <summary>Counts as loaded without being read: nothing can be stored.</summary>
    public void LoadNothing() => IsLoaded = true;

    public Task ReadStateAsync() => LoadedByAsync(storage.ReadStateAsync(name, owner, _state));

    public Task WriteStateAsync() => LoadedByAsync(storage.WriteStateAsync(name, owner, _state));

    public Task ClearStateAsync() => LoadedByAsync(storage.ClearStateAsync(name, owner, _state));

    /// <summary>Callers get what they get of states that Orleans reads: an <see cref="OrleansException"/>, whatever the storage throws.</summary>
    private async Task LoadedByAsync(Task call)
    {
        try
        {
            await call;
        }
        catch (Exception e) when (e is not OrleansException)
        {
            throw new OrleansException($"The state {name} of {owner} could not be read or stored: {e.Message}", e);
        }

        IsLoaded = true;
    }
}
