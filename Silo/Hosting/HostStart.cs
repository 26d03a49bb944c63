namespace Ingestion.Silo.Hosting;

/// <summary>Waiting for the host in background services.</summary>
internal static class HostStart
{
    /// <summary>Returns true once the host has started: the silo takes calls then. False when it stops before.</summary>
    public static async Task<bool> WaitForStartAsync(this IHostApplicationLifetime host, CancellationToken stopping)
    {
        var started = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var onStart = host.ApplicationStarted.Register(() => started.TrySetResult(true));
        await using var onStop = stopping.Register(() => started.TrySetResult(false));
        return await started.Task;
    }
}
