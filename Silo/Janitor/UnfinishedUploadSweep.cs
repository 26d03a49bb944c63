namespace Ingestion.Silo.Janitor;

/// <summary>
/// On the file store, which belongs to one process, what a crash left is known at once: no form that is older than the start continues. Runs once,
/// after the silo has started; the janitor of every store waits until such bytes have lain for a day.
/// </summary>
internal sealed partial class UnfinishedUploadSweep(
    OrphanSweep orphans, IHostApplicationLifetime host, TimeProvider time, ILogger<UnfinishedUploadSweep> logger)
    : PeriodicSweep(Timeout.InfiniteTimeSpan, host, time, logger)
{
    private readonly DateTimeOffset _started = time.GetUtcNow();

    protected override async Task SweepAsync(CancellationToken stopping)
    {
        if (await TryAsync("the object store", token => orphans.RunAsync(_started, token), stopping) is > 0 and var removed)
            LogSwept(removed);
    }

    [LoggerMessage(EventName = "UnfinishedUploadsSwept", Level = LogLevel.Information,
        Message = "Removed the bytes of {Count} uploads that a crash had left unfinished")]
    private partial void LogSwept(int count);
}
