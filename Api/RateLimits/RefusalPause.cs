namespace Ingestion.Api.RateLimits;

/// <summary>
/// Callers who repeat what is refused wait a moment. A client that repeats at once over a few connections then costs a silo some requests a second and
/// not thousands; a client that respects <c>Retry-After</c> waits longer than that anyway.
/// </summary>
internal sealed class RefusalPause(TimeProvider time)
{
    /// <summary>Of a caller over a rate.</summary>
    public static readonly TimeSpan Time = TimeSpan.FromMilliseconds(500);

    // Each holds a request. Beyond them nothing waits: memory counts more than the pace of a caller.
    private const int MostWaiting = 2_000;

    private int _waiting;

    /// <summary>Waits, unless too many wait already; ends early with the request.</summary>
    public async Task WaitAsync(TimeSpan pause, CancellationToken aborted)
    {
        try
        {
            if (Interlocked.Increment(ref _waiting) <= MostWaiting)
                await Task.Delay(pause, time, aborted);
        }
        catch (OperationCanceledException) when (aborted.IsCancellationRequested)
        {
            // The client has closed the connection.
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }
}
