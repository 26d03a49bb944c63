using System.Data.Common;
using Orleans.Storage;

namespace Ingestion.Backends.GrainStorage;

/// <summary>
/// Grain storage whose trouble is one exception that callers know, wherever they are: <see cref="StateUnavailableException"/>. Conflicts, a full
/// disk, damaged states and cancelled calls stay what they are.
/// </summary>
internal sealed class GuardedStorage(IGrainStorage inner) : IGrainStorage
{
    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        ReadStateAsync(stateName, grainId, grainState, CancellationToken.None);

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken) =>
        GuardAsync(inner.ReadStateAsync(stateName, grainId, grainState, cancellationToken));

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        WriteStateAsync(stateName, grainId, grainState, CancellationToken.None);

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken) =>
        GuardAsync(inner.WriteStateAsync(stateName, grainId, grainState, cancellationToken));

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        ClearStateAsync(stateName, grainId, grainState, CancellationToken.None);

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken) =>
        GuardAsync(inner.ClearStateAsync(stateName, grainId, grainState, cancellationToken));

    /// <summary>Whether the storage is unavailable or fails, rather than refuses this one state.</summary>
    internal static bool IsTrouble(Exception e) => e is DbException or TimeoutException || (e is IOException && !DiskFull.Is(e));

    private static async Task GuardAsync(Task call)
    {
        try
        {
            await call;
        }
        catch (Exception e) when (IsTrouble(e))
        {
            throw new StateUnavailableException($"Grain state is not available: {e.GetType().Name}: {e.Message}");
        }
    }
}
