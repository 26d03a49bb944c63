using Ingestion.Silo.Hosting;

namespace Ingestion.Silo.Janitor;

/// <summary>
/// Work that a silo repeats for as long as it lives. It begins when the host has started, as grains can be called then, and is awaited when the host
/// stops. Each round comes at a time of its own, so that silos that start together do not sweep in step.
/// </summary>
/// <param name="period">From round to round, give or take a tenth; <see cref="Timeout.InfiniteTimeSpan"/>: one round, at once.</param>
/// <param name="host">Whose start is waited for.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The sweep's.</param>
/// <param name="atOnce">Whether the first round comes right after the start, for what a crash has left; by default at any time within the period.</param>
internal abstract class PeriodicSweep(TimeSpan period, IHostApplicationLifetime host, TimeProvider time, ILogger logger, bool atOnce = false)
    : BackgroundService
{
    private const double Jitter = 0.1;

    private LoopGuard Guard => field ??= new LoopGuard(GetType().Name, logger);

    /// <summary>The clock.</summary>
    protected TimeProvider Time => time;

    /// <summary>One round.</summary>
    protected abstract Task SweepAsync(CancellationToken stopping);

    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            if (!await host.WaitForStartAsync(stoppingToken))
                return;
            if (period == Timeout.InfiniteTimeSpan)
            {
                await RunRoundAsync(stoppingToken);
                return;
            }

            for (var delay = atOnce ? 0 : Random.Shared.NextDouble(); ; delay = 1 + (Jitter * ((2 * Random.Shared.NextDouble()) - 1)))
            {
                await Task.Delay(period * delay, time, stoppingToken);
                await RunRoundAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The silo stops.
        }
    }

    /// <summary>
    /// A step of a round that may fail without keeping the others from being done. A step that fails is logged once, and once more when it works
    /// again.
    /// </summary>
    /// <returns>What the step has counted; 0 when it failed.</returns>
    protected Task<int> TryAsync(string step, Func<CancellationToken, Task<int>> run, CancellationToken stopping) => Guard.TryAsync(step, run, stopping);

    /// <summary>What a round does outside its steps must not end the silo either.</summary>
    private Task<int> RunRoundAsync(CancellationToken stopping) => Guard.TryAsync("a round", RunAsync, stopping);

    private async Task<int> RunAsync(CancellationToken stopping)
    {
        await SweepAsync(stopping);
        return 0;
    }
}
