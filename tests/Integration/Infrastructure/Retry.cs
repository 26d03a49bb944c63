namespace Ingestion.Tests.Integration.Infrastructure;

/// <summary>Calls into a cluster that loses silos, or has faults injected.</summary>
internal static class Retry
{
    /// <summary>Calls again for as long as a silo that went away, or an injected fault, makes the call fail.</summary>
    public static async Task<T> UntilAnsweredAsync<T>(Func<Task<T>> call)
    {
        T answer = default!;
        await Eventually.TrueAsync(
            async () =>
            {
                try
                {
                    answer = await call();
                    return true;
                }
                catch (Exception e) when (e is OrleansException or TimeoutException or IOException)
                {
                    return false;
                }
            },
            "the call is answered");
        return answer;
    }
}
