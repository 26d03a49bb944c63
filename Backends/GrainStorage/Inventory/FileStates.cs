using System.Text.Json;
using Orleans.Storage;

namespace Ingestion.Backends.GrainStorage.Inventory;

/// <summary>The states in the files of <see cref="FileGrainStorage"/>. Folders are read one by one: memory does not grow with what is stored.</summary>
public sealed class FileStates(string folder) : IStateInventory
{
    private const int PageSize = 500;
    private const string Extension = ".json";

    /// <inheritdoc/>
    public IGrainStorage Storage { get; } = new FileGrainStorage(folder);

    /// <inheritdoc/>
    public string KeyOf(string grainType, string key) => StatePath.NameOf(key);

    /// <inheritdoc/>
    public async IAsyncEnumerable<IReadOnlyList<StoredState>> ListAsync(
        string grainType, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var grains = Path.Combine(folder, grainType);
        if (!Directory.Exists(grains))
            yield break;
        foreach (var files in Files(grains).Chunk(PageSize))
            yield return await ReadAsync(files, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<StateName, StoredState>> FindAsync(
        string grainType, IReadOnlyCollection<StateName> names, CancellationToken cancellationToken)
    {
        var files = names.Distinct().Select(name => Path.Combine(StatePath.FolderOf(folder, grainType, name.Key), name.Name + Extension));
        return (await ReadAsync(files, cancellationToken)).ToDictionary(state => state.Name);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => default;

    private static IEnumerable<string> Files(string grains) => Directory.EnumerateDirectories(grains)
        .SelectMany(Directory.EnumerateDirectories).SelectMany(grain => Directory.EnumerateFiles(grain, "*" + Extension));

    private static async Task<IReadOnlyList<StoredState>> ReadAsync(IEnumerable<string> files, CancellationToken cancellationToken)
    {
        var states = new List<StoredState>();
        foreach (var file in files)
        {
            if (await ReadAsync(file, cancellationToken) is { } state)
                states.Add(state);
        }

        return states;
    }

    private static async Task<StoredState?> ReadAsync(string file, CancellationToken cancellationToken)
    {
        var name = new StateName(Path.GetFileName(Path.GetDirectoryName(file))!, Path.GetFileNameWithoutExtension(file));
        try
        {
            using var envelope = JsonDocument.Parse(await File.ReadAllBytesAsync(file, cancellationToken));
            return new StoredState(name, envelope.RootElement.TryGetProperty("state", out var state)
                ? System.Text.Encoding.UTF8.GetBytes(state.GetRawText())
                : default);
        }
        catch (JsonException)
        {
            return new StoredState(name, default);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}
