namespace Ingestion.Grains.Expiry;

/// <summary>
/// Checks the ids that are due, some at once, and lists again the ids that need another check. Concurrent sweeps are one.
/// All calls come from turns of the owning activation, which must be reentrant.
/// </summary>
/// <param name="due">The listed ids.</param>
/// <param name="check">Checks one: when to check it again, or null when it is to be forgotten.</param>
/// <param name="time">The clock.</param>
internal sealed class DueSweep(DuePages due, Func<string, Task<DateTimeOffset?>> check, TimeProvider time)
{
    // One call checks at most about so many, so that it ends long before it would time out; the sweep calls again at once.
    private const int MostChecked = 512;

    private const int CheckedAtOnce = 16;

    private Task<int> _sweeping = Task.FromResult(0);

    /// <summary>How many were checked; 0: none is due any more.</summary>
    public Task<int> RunAsync()
    {
        if (_sweeping.IsCompleted)
            _sweeping = CheckDueAsync();
        return _sweeping;
    }

    /// <summary>A page is removed once its remaining ids are listed again: a crash before that checks some of them twice, which is harmless.</summary>
    private async Task<int> CheckDueAsync()
    {
        var count = 0;
        while (count < MostChecked && await due.NextAsync(time.GetUtcNow()) is { } page)
        {
            foreach (var some in page.Ids.Chunk(CheckedAtOnce))
                await Task.WhenAll(some.Select(CheckAsync));
            await due.RemoveAsync(page);
            count += page.Ids.Count;
        }

        return count;
    }

    private async Task CheckAsync(string id)
    {
        if (await check(id) is { } again)
            await due.AddAsync(id, again, time.GetUtcNow());
    }
}
