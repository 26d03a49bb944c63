using System.Runtime.CompilerServices;
using Orleans.Storage;

namespace Orleans.Runtime;

/// <summary>One record of one activation: holds the state and its ETag between reads and writes.</summary>
internal sealed class PersistentState<TState>(string name, IGrainContext context, IGrainStorage storage)
    : IPersistentState<TState>, ILifecycleObserver, IGrainMigrationParticipant
{
    private GrainState<TState> _record = New();
    private bool _hasArrived;

    public TState State
    {
        get => _record.State!;
        set => _record.State = value;
    }

    public string? Etag => _record.ETag;

    public bool RecordExists => _record.RecordExists;

    private string MigrationKey => $"state.{name}";

    public Task ReadStateAsync() => Run(() => storage.ReadStateAsync(name, context.GrainId, _record));

    public Task WriteStateAsync() => Run(() => storage.WriteStateAsync(name, context.GrainId, _record));

    public Task ClearStateAsync() => Run(() => storage.ClearStateAsync(name, context.GrainId, _record));

    public Task OnStart(CancellationToken cancellationToken = default) => _hasArrived ? Task.CompletedTask : ReadStateAsync();

    public Task OnStop(CancellationToken cancellationToken = default) => Task.CompletedTask;

    public void OnDehydrate(IDehydrationContext dehydrationContext) => dehydrationContext.TryAddValue(MigrationKey, _record);

    public void OnRehydrate(IRehydrationContext rehydrationContext)
    {
        if (!rehydrationContext.TryGetValue<GrainState<TState>>(MigrationKey, out var record) || record is null)
            return;

        _record = record;
        _hasArrived = true;
    }

    // A storage may leave the state null where there is no record; grains never see that.
    private async Task Run(Func<Task> operation)
    {
        if (RuntimeContext.Current is { } current && !ReferenceEquals(current, context))
            throw new InvalidOperationException($"State of {context.GrainId} was used in a turn of {current.GrainId}.");

        await operation();
        if (_record.State is null)
            _record.State = New().State;
    }

    private static GrainState<TState> New() => new(typeof(TState).IsValueType ? default : (TState)Instance());

    // A record without a parameterless constructor starts without its constructor having run, as it would be deserialized.
    private static object Instance() =>
        typeof(TState).GetConstructor([]) is { } constructor ? constructor.Invoke(null) : RuntimeHelpers.GetUninitializedObject(typeof(TState));
}
