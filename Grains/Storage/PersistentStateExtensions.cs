namespace Ingestion.Grains.Storage;

/// <summary>
/// The rule for a write that fails, the same for every stored state: none of the change counts, and what is stored counts as unknown, because a
/// write may reach the disk and only its answer be lost. So the state is read again before the grain answers from it; a state that can't be
/// read either ends the activation. No caller gets an answer from a state that a crash would lose.
/// <see cref="CoalescedState{TState}"/> and <see cref="SegmentedLog{T}"/> follow it for the changes that share a write.
/// </summary>
internal static class PersistentStateExtensions
{
    /// <summary>Stores <paramref name="next"/> and makes it the state, or throws and leaves what is stored as the state.</summary>
    /// <param name="stored">The grain's state.</param>
    /// <param name="next">What it becomes.</param>
    /// <param name="unreadable">Called when the state can't be read after a failed write: the grain must deactivate.</param>
    /// <exception cref="Exception">Whatever the storage throws.</exception>
    public static async Task SaveAsync<T>(this IPersistentState<T> stored, T next, Action<Exception> unreadable)
    {
        var before = stored.State;
        stored.State = next;
        try
        {
            await stored.WriteStateAsync();
        }
        catch
        {
            stored.State = before;
            await stored.ReadAgainAsync(unreadable);
            throw;
        }
    }

    private static async Task ReadAgainAsync<T>(this IPersistentState<T> stored, Action<Exception> unreadable)
    {
        try
        {
            await stored.ReadStateAsync();
        }
#pragma warning disable CA1031 // The caller gets the exception of the write; this one only means that the state stays unknown.
        catch (Exception e)
#pragma warning restore CA1031
        {
            unreadable(e);
        }
    }
}
