namespace Ingestion.Api.RateLimits;

/// <summary>
/// Callers over a rate get their refusal a moment later. A client that repeats at once over a few connections then costs a silo some requests a second
/// and not thousands; a client that respects <c>Retry-After</c> waits longer than that anyway.
/// </summary>
internal sealed class RefusalPause(TimeProvider time)
{
    public static readonly TimeSpan Time = TimeSpan.FromMilliseconds(500);

    // Each holds a request. Beyond them refusals are sent at once: memory counts more than the pace of a caller.
    private const int MostWaiting = 2_000;

    private int _waiting;

    /// <summary>Waits, unless too many wait already; ends early with the request.</summary>
    public async Task WaitAsync(CancellationToken aborted)
    {
        try
        {
            if (Interlocked.Increment(ref _waiting) <= MostWaiting)
                await Task.Delay(Time, time, aborted);
        }
        catch (OperationCanceledException) when (aborted.IsCancellationRequested)
        {
            // Nobody waits for the answer any more.
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }
}
