using System.Collections.Concurrent;
using System.Globalization;
using Orleans.Runtime;

namespace Orleans.Storage;

/// <summary>The records of one memory storage. They belong to the cluster and survive each of its silos.</summary>
internal sealed class MemoryStore
{
    public ConcurrentDictionary<(string Name, GrainId Grain), MemoryRecord> Records { get; } = new();
}

internal sealed record MemoryRecord(object? State, long Version)
{
    public string ETag => Version.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Keeps records in memory. What is read is never the object that was written.</summary>
internal sealed class MemoryGrainStorage(MemoryStore store) : IGrainStorage
{
    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var record = store.Records.GetValueOrDefault((stateName, grainId));
        grainState.RecordExists = record is not null;
        grainState.ETag = record?.ETag;
        grainState.State = record is null ? default : StateCopier.Copy((T?)record.State);
        return Task.CompletedTask;
    }

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var key = (stateName, grainId);
        var known = store.Records.GetValueOrDefault(key);
        Check(known, grainState.ETag, "write");
        var written = new MemoryRecord(StateCopier.Copy(grainState.State), (known?.Version ?? 0) + 1);
        var won = known is null ? store.Records.TryAdd(key, written) : store.Records.TryUpdate(key, written, known);
        if (!won)
            throw Inconsistent("write", store.Records.GetValueOrDefault(key)?.ETag, grainState.ETag);

        grainState.ETag = written.ETag;
        grainState.RecordExists = true;
        return Task.CompletedTask;
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var key = (stateName, grainId);
        var known = store.Records.GetValueOrDefault(key);
        Check(known, grainState.ETag, "clear");
        if (known is not null && !store.Records.TryRemove(KeyValuePair.Create(key, known)))
            throw Inconsistent("clear", store.Records.GetValueOrDefault(key)?.ETag, grainState.ETag);

        grainState.State = default;
        grainState.ETag = null;
        grainState.RecordExists = false;
        return Task.CompletedTask;
    }

    private static void Check(MemoryRecord? stored, string? etag, string operation)
    {
        if (stored?.ETag != etag)
            throw Inconsistent(operation, stored?.ETag, etag);
    }

    private static InconsistentStateException Inconsistent(string operation, string? stored, string? current) =>
        new($"Version conflict on {operation}: the stored ETag is {stored ?? "none"}, the expected one is {current ?? "none"}.", stored, current);
}
