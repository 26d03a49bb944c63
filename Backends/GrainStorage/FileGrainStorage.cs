using System.Text.Json;
using Ingestion.Backends.Disk;
using Orleans.Storage;

namespace Ingestion.Backends.GrainStorage;

/// <summary>
/// Grain storage on one machine: one JSON file a state, <c>{folder}/{grain type}/{shard}/{key}/{state}.json</c>, replaced as a whole by
/// write, fsync and rename. The file holds its own ETag, a counter; a write that does not name the current one is refused.
/// For one process only; a cluster uses PostgreSQL. A call can be cancelled until its disk work begins, and not from then on.
/// </summary>
internal sealed class FileGrainStorage(string folder) : IGrainStorage
{
    // The check of a tag and the change that follows are one step, for all silos of this process. Shared out by grain, so that grains rarely
    // wait for each other.
    private static readonly Lock[] _gates = [.. Enumerable.Range(0, 256).Select(_ => new Lock())];

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        ReadStateAsync(stateName, grainId, grainState, CancellationToken.None);

    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        var stored = await DurableDisk.RunAsync(PathOf(stateName, grainId), static path => Read<T>(path), cancellationToken);
        grainState.State = stored is null ? Activator.CreateInstance<T>() : stored.State;
        grainState.ETag = stored?.ETag;
        grainState.RecordExists = stored is not null;
    }

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        WriteStateAsync(stateName, grainId, grainState, CancellationToken.None);

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        var path = PathOf(stateName, grainId);
        var current = await DurableDisk.RunAsync((path, grainState.ETag, grainState.State), static write => Replace(write.path, write.ETag, write.State),
            cancellationToken);
        if (current.Conflict)
            throw new InconsistentStateException($"The state {stateName} of {grainId} was changed by another activation.", current.ETag ?? "",
                grainState.ETag ?? "");
        grainState.ETag = current.ETag;
        grainState.RecordExists = true;
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        ClearStateAsync(stateName, grainId, grainState, CancellationToken.None);

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        var path = PathOf(stateName, grainId);
        var current = await DurableDisk.RunAsync((path, grainState.ETag), static clear => Remove(clear.path, clear.ETag), cancellationToken);
        if (current.Conflict)
            throw new InconsistentStateException($"The state {stateName} of {grainId} was changed by another activation.", current.ETag ?? "",
                grainState.ETag ?? "");
        grainState.State = Activator.CreateInstance<T>();
        grainState.ETag = null;
        grainState.RecordExists = false;
    }

    private string PathOf(string stateName, GrainId grainId) => StatePath.Of(folder, grainId.Type.ToString()!, grainId.Key.ToString()!, stateName);

    private static Envelope<T>? Read<T>(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 4096,
                FileOptions.SequentialScan);
            return JsonSerializer.Deserialize<Envelope<T>>(file, StateJson.Options) is { ETag: not null } stored
                ? stored
                : throw new InvalidDataException($"The state file {path} is damaged: it has no ETag.");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"The state file {path} is damaged: {e.Message}", e);
        }
    }

    private static Current Replace<T>(string path, string? expected, T? state)
    {
        using var gate = GateOf(path).EnterScope();
        var existing = ReadETag(path);
        if (existing != expected)
            return new Current(existing, Conflict: true);
        var next = ETags.Next(existing);
        if (existing is null)
            DurableDisk.CreateFolder(Path.GetDirectoryName(path)!);
        DurableDisk.ReplaceFile(path, JsonSerializer.SerializeToUtf8Bytes(new Envelope<T>(next, state), StateJson.Options));
        return new Current(next, Conflict: false);
    }

    private static Current Remove(string path, string? expected)
    {
        using var gate = GateOf(path).EnterScope();
        var existing = ReadETag(path);
        if (existing is null)
            return default;
        if (existing != expected)
            return new Current(existing, Conflict: true);
        var grain = Path.GetDirectoryName(path)!;
        File.Delete(path);
        DurableDisk.FlushFolder(grain);
        // A grain without state leaves no folder either; another state of it may have appeared meanwhile.
        if (!Directory.EnumerateFileSystemEntries(grain).Any())
        {
            try
            {
                Directory.Delete(grain);
            }
            catch (IOException)
            {
                // Not empty any more.
            }
        }

        return default;
    }

    private static Lock GateOf(string path) => _gates[string.GetHashCode(Path.GetDirectoryName(path.AsSpan())) & (_gates.Length - 1)];

    /// <summary>The tag stands first in the file, so that a check costs one short read.</summary>
    private static string? ReadETag(string path)
    {
        if (!File.Exists(path))
            return null;
        Span<byte> start = stackalloc byte[64];
        using var file = File.OpenHandle(path);
        return ETags.FromStartOf(start[..RandomAccess.Read(file, start, 0)])
            ?? throw new InvalidDataException($"The state file {path} is damaged: it has no ETag.");
    }

    private sealed record Envelope<T>(string ETag, T? State);

    private readonly record struct Current(string? ETag, bool Conflict);
}
