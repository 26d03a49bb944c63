using System.Text.Json;
using Orleans.Storage;

namespace Ingestion.Tests.Unit.Infrastructure;

internal enum StorageOp
{
    Read,
    Write,
    Clear,
}

/// <summary>One call of the storage.</summary>
internal sealed record StorageCall(StorageOp Op, string StateName);

/// <summary>
/// Grain storage in memory that copies what it is given and checks ETags as a real one does. A test may hold or fail a call before it has
/// an effect, or after.
/// </summary>
internal sealed class MemoryStorage : IGrainStorage
{
    private readonly Dictionary<(GrainId Grain, string State), (string Json, string ETag)> _records = [];
    private long _tag;

    /// <summary>Runs before a call has its effect.</summary>
    public Func<StorageCall, Task> Before { get; set; } = _ => Task.CompletedTask;

    /// <summary>Runs after a call has had its effect.</summary>
    public Func<StorageCall, Task> After { get; set; } = _ => Task.CompletedTask;

    /// <summary>Every call that was made, in order.</summary>
    public List<StorageCall> Calls { get; } = [];

    public IEnumerable<string> Writes => Calls.Where(call => call.Op is StorageOp.Write).Select(call => call.StateName);

    public IEnumerable<string> Records => _records.Keys.Select(key => key.State).Order(StringComparer.Ordinal);

    /// <summary>Removes it behind the storage's back.</summary>
    public void Lose(string stateName) => _records.Remove(_records.Keys.Single(key => key.State == stateName));

    /// <summary>What is stored of a state, of whatever grain.</summary>
    public string JsonOf(string stateName) => _records.Single(record => record.Key.State == stateName).Value.Json;

    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var call = await BeginAsync(StorageOp.Read, stateName);
        var found = _records.TryGetValue((grainId, stateName), out var record);
        await After(call);
        grainState.State = found ? JsonSerializer.Deserialize<T>(record.Json)! : Activator.CreateInstance<T>();
        grainState.ETag = found ? record.ETag : null;
        grainState.RecordExists = found;
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var (json, tag) = (JsonSerializer.Serialize(grainState.State), grainState.ETag);
        var call = await BeginAsync(StorageOp.Write, stateName);
        Check(grainId, stateName, tag);
        var next = (++_tag).ToString(System.Globalization.CultureInfo.InvariantCulture);
        _records[(grainId, stateName)] = (json, next);
        await After(call);
        grainState.ETag = next;
        grainState.RecordExists = true;
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var call = await BeginAsync(StorageOp.Clear, stateName);
        Check(grainId, stateName, grainState.ETag);
        _records.Remove((grainId, stateName));
        await After(call);
        grainState.State = Activator.CreateInstance<T>();
        grainState.ETag = null;
        grainState.RecordExists = false;
    }

    /// <summary>The next call that fits fails with the exception, and no other one.</summary>
    public void FailOnce(Func<StorageCall, bool> fits, Exception exception, bool afterEffect = false)
    {
        var failed = false;
        Task Fail(StorageCall call)
        {
            if (failed || !fits(call))
                return Task.CompletedTask;
            failed = true;
            return Task.FromException(exception);
        }

        if (afterEffect)
            After = Fail;
        else
            Before = Fail;
    }

    private async Task<StorageCall> BeginAsync(StorageOp op, string stateName)
    {
        var call = new StorageCall(op, stateName);
        Calls.Add(call);
        await Task.Yield();
        await Before(call);
        return call;
    }

    private void Check(GrainId grainId, string stateName, string? tag)
    {
        var stored = _records.TryGetValue((grainId, stateName), out var record) ? record.ETag : null;
        if (stored != tag)
            throw new InconsistentStateException($"The state {stateName} was changed by someone else.", stored ?? "", tag ?? "");
    }
}
