namespace Ingestion.Grains.Expiry;

/// <summary>
/// Asks those whose time has come, some at once, and lists again those that are to be asked again. Sweeps that meet are one.
/// All calls come from turns of the owning activation, which must be reentrant.
/// </summary>
/// <param name="due">Who is listed.</param>
/// <param name="ask">Asks one: when to ask again, or null when it is to be forgotten.</param>
/// <param name="time">The clock.</param>
internal sealed class DueSweep(DuePages due, Func<string, Task<DateTimeOffset?>> ask, TimeProvider time)
{
    // One call asks at most about so many, so that it ends long before it would time out; whoever sweeps comes again at once.
    private const int MostAsked = 512;

    private const int AskedAtOnce = 16;

    private Task<int> _sweeping = Task.FromResult(0);

    /// <summary>How many were asked; 0: nobody is due any more.</summary>
    public Task<int> RunAsync()
    {
        if (_sweeping.IsCompleted)
            _sweeping = AskDueAsync();
        return _sweeping;
    }

    /// <summary>A page goes when those of it that still live are listed again: a crash before that asks some of them twice, which is harmless.</summary>
    private async Task<int> AskDueAsync()
    {
        var asked = 0;
        while (asked < MostAsked && await due.NextAsync(time.GetUtcNow()) is { } page)
        {
            foreach (var some in page.Ids.Chunk(AskedAtOnce))
                await Task.WhenAll(some.Select(AskAsync));
            await due.RemoveAsync(page);
            asked += page.Ids.Count;
        }

        return asked;
    }

    private async Task AskAsync(string id)
    {
        if (await ask(id) is { } again)
            await due.AddAsync(id, again, time.GetUtcNow());
    }
}
