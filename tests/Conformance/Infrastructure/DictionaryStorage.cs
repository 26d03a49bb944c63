using System.Collections.Concurrent;
using Orleans.Storage;

namespace Ingestion.Tests.Conformance.Infrastructure;

/// <summary>A grain storage of our own, as the project's file storage is one. Its contents survive every silo.</summary>
public sealed class DictionaryStorage : IGrainStorage
{
    private readonly ConcurrentDictionary<(string, GrainId), (object State, string ETag)> _records = new();

    private readonly ConcurrentDictionary<GrainId, bool> _written = new();

    /// <summary>Whether that grain ever wrote here.</summary>
    public bool HasSeen(GrainId grainId) => _written.ContainsKey(grainId);

    public bool Contains(string stateName, GrainId grainId) => _records.ContainsKey((stateName, grainId));

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (_records.TryGetValue((stateName, grainId), out var record))
            (grainState.State, grainState.ETag, grainState.RecordExists) = ((T)record.State, record.ETag, true);
        else
            (grainState.State, grainState.ETag, grainState.RecordExists) = (Activator.CreateInstance<T>(), null!, false);
        return Task.CompletedTask;
    }

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var etag = Guid.NewGuid().ToString("N");
        _written[grainId] = true;
        _records[(stateName, grainId)] = (grainState.State!, etag);
        (grainState.ETag, grainState.RecordExists) = (etag, true);
        return Task.CompletedTask;
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        _records.TryRemove((stateName, grainId), out _);
        (grainState.State, grainState.ETag, grainState.RecordExists) = (Activator.CreateInstance<T>(), null!, false);
        return Task.CompletedTask;
    }
}
