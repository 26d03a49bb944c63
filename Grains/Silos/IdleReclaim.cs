using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Ingestion.Grains.Silos;

/// <summary>Gives memory back to the system once a rush is over (<see cref="ReclaimRules"/>).</summary>
internal sealed partial class IdleReclaim(MemoryMetrics metrics, IOptions<MemoryOptions> options, TimeProvider time, ILogger<IdleReclaim> logger)
    : BackgroundService
{
    private const long Mebibyte = 1024 * 1024;

    private static readonly TimeSpan _period = TimeSpan.FromSeconds(1);

    private readonly ReclaimRules _rules = new(options.Value.ReclaimAboveBytes);
    private readonly LoopGuard _guard = new(nameof(IdleReclaim), logger);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value.ReclaimAboveMebibytes == 0)
            return;
        try
        {
            using var timer = new PeriodicTimer(_period, time);
            while (await timer.WaitForNextTickAsync(stoppingToken))
                _guard.Try("reading the memory of the process", Look);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The silo stops.
        }
    }

    private void Look()
    {
        if (_rules.Observe(time.GetUtcNow(), ProcessMemory.ReadResidentBytes(), GC.GetTotalAllocatedBytes()))
            Reclaim();
    }

    private void Reclaim()
    {
        var before = ProcessMemory.ReadResidentBytes();
        var started = time.GetTimestamp();
        ProcessMemory.GiveBack();
        var after = ProcessMemory.ReadResidentBytes();
        _rules.Reclaimed(time.GetUtcNow(), before - after, GC.GetTotalAllocatedBytes());
        metrics.Reclaimed(before - after);
        var took = time.GetElapsedTime(started).TotalMilliseconds;
        LogReclaimed(before / Mebibyte, after / Mebibyte, took);
    }

    [LoggerMessage(EventName = "MemoryReclaimed", Level = LogLevel.Information,
        Message = "Memory reclaimed: RSS {Before} → {After} MiB in {Milliseconds:0} ms")]
    private partial void LogReclaimed(long before, long after, double milliseconds);
}
