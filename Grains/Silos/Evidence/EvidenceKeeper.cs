using Ingestion.Grains.Silos.Sensing;
using Ingestion.Silos;
using Ingestion.Silos.Evidence;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Ingestion.Grains.Silos.Evidence;

/// <summary>
/// Collects evidence of leaks: what the silo knows of its memory, with a survey of the heap, as files. By itself when a floor grows, and for operators.
/// </summary>
internal sealed partial class EvidenceKeeper(
    HeapSurveys surveys, IMemoryDetail detail, LeakWatch leaks, EvidenceFiles files, TimeProvider time, ILogger<EvidenceKeeper> logger) : BackgroundService
{
    private static readonly TimeSpan _period = TimeSpan.FromMinutes(1);

    private readonly EvidenceRules _rules = new();
    private readonly LoopGuard _guard = new(nameof(EvidenceKeeper), logger);

    /// <summary>Surveys the heap and keeps what it shows, as a floor that grows makes it.</summary>
    public async Task<HeapAnswer> CollectAsync(CancellationToken cancellationToken)
    {
        var answer = await surveys.TakeAsync(cancellationToken);
        if (answer.Outcome is HeapOutcome.Taken)
            await KeepAsync(cancellationToken);
        return answer;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var clock = new PeriodicTimer(_period, time);
        try
        {
            while (await clock.WaitForNextTickAsync(stoppingToken))
                await _guard.TryAsync("a look at the floors", LookAsync, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The silo stops.
        }
    }

    /// <summary>How much evidence it collected.</summary>
    private async Task<int> LookAsync(CancellationToken stopping)
    {
        var verdict = leaks.Managed.Verdict > leaks.Native.Verdict ? leaks.Managed.Verdict : leaks.Native.Verdict;
        var now = Uptime.Now(time);
        if (!_rules.IsDue(now, verdict))
            return 0;
        _rules.Tried(now, verdict);
        var answer = await surveys.TakeAsync(stopping);
        // Without the heap, what else is known is evidence too.
        LogCollected(verdict, answer.Outcome, await KeepAsync(stopping));
        return 1;
    }

    private Task<string?> KeepAsync(CancellationToken cancellationToken) => files.KeepAsync(detail.ReadJson(), cancellationToken);

    [LoggerMessage(EventName = "EvidenceCollected", Level = LogLevel.Warning,
        Message = "Evidence of growing memory ({Verdict}) was collected; survey of the heap: {Outcome}; file: {File}")]
    private partial void LogCollected(LeakVerdict verdict, HeapOutcome outcome, string? file);
}
