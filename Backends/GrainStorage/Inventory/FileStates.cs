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
        foreach (var files in Files(grainType, StateName.First).Chunk(PageSize))
            yield return await ReadAsync(files, cancellationToken);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<IReadOnlyList<StoredState>> ListAsync(
        string grainType, string name, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var files in Files(grainType, StateName.First).Where(file => NameOf(file).Name == name).Chunk(PageSize))
            yield return await ReadAsync(files, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<StatePage> ReadAsync(string grainType, StateName after, CancellationToken cancellationToken)
    {
        string[] files = [.. Files(grainType, after).Take(PageSize)];
        return new StatePage(await ReadAsync(files, cancellationToken), files is [.., var last] ? NameOf(last) : null);
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

    /// <summary>In the order of their paths, so that a page goes on where the one before ended whatever has come and gone since.</summary>
    private IEnumerable<string> Files(string grainType, StateName after)
    {
        var grains = Path.Combine(folder, grainType);
        if (!Directory.Exists(grains))
            return [];
        var grain = after.Key.Length == 0 ? "" : StatePath.FolderOf(folder, grainType, after.Key);
        var (shard, file) = (Path.GetDirectoryName(grain) ?? "", Path.Combine(grain, after.Name + Extension));
        return InOrder(Directory.EnumerateDirectories(grains)).SkipWhile(path => string.CompareOrdinal(path, shard) < 0)
            // By folder first: of the paths of whole files "a-b/…" comes before "a/…".
            .SelectMany(path => InOrder(Directory.EnumerateDirectories(path))).SkipWhile(path => string.CompareOrdinal(path, grain) < 0)
            .SelectMany(path => InOrder(Directory.EnumerateFiles(path, "*" + Extension)).Where(
                found => path != grain || string.CompareOrdinal(found, file) > 0));
    }

    private static IEnumerable<string> InOrder(IEnumerable<string> paths) => paths.Order(StringComparer.Ordinal);

    private static StateName NameOf(string file) => new(Path.GetFileName(Path.GetDirectoryName(file))!, Path.GetFileNameWithoutExtension(file));

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
        var name = NameOf(file);
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
