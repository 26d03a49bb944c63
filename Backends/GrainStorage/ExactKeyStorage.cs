using System.Security.Cryptography;
using System.Text;
using Orleans.Storage;

namespace Ingestion.Backends.GrainStorage;

/// <summary>
/// Grain storage in which each grain has rows of its own, over Orleans' AdoNet storage, in which it need not have: that one takes a key which
/// looks like a hexadecimal number or a GUID for one, so that users <c>cafe</c>, <c>CAFE</c> and <c>00cafe</c> would share a row, and it ignores
/// the type of the grain. Here the key of a row is text: <c>{grain type}/{key}</c>.
/// A clear that knows no ETag does not remove what another activation has written; below it would.
/// </summary>
internal sealed class ExactKeyStorage(IGrainStorage inner) : IGrainStorage
{
    // The key is part of an index, whose rows PostgreSQL bounds at 2,704 bytes; a character takes up to three.
    private const int LongestPlainKey = 300;

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        ReadStateAsync(stateName, grainId, grainState, CancellationToken.None);

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken) =>
        inner.ReadStateAsync(stateName, RowOf(grainId), grainState, cancellationToken);

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        WriteStateAsync(stateName, grainId, grainState, CancellationToken.None);

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken) =>
        inner.WriteStateAsync(stateName, RowOf(grainId), grainState, cancellationToken);

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        ClearStateAsync(stateName, grainId, grainState, CancellationToken.None);

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(grainState.ETag))
        {
            await ReadStateAsync(stateName, grainId, grainState, cancellationToken);
            if (grainState.RecordExists)
                throw new InconsistentStateException($"The state {stateName} of {grainId} was changed by another activation.", grainState.ETag ?? "", "");
            return;
        }

        await inner.ClearStateAsync(stateName, RowOf(grainId), grainState, cancellationToken);
    }

    internal static GrainId RowOf(GrainId grainId) =>
        GrainId.Create(grainId.Type, $"{grainId.Type}/{KeyOf(grainId.Key.ToString()!)}");

    /// <summary>Keys that are long, or that hold what PostgreSQL's text can't, become hashes. '~' marks those, so that no plain key meets one.</summary>
    internal static string KeyOf(string key)
    {
        var plain = key.Length <= LongestPlainKey && !key.StartsWith('~') && !key.Contains('\0', StringComparison.Ordinal);
        return plain ? key : "~" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
    }
}
