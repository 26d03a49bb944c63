using Microsoft.Extensions.Hosting;

namespace Ingestion.Backends.JobQueue.Watch;

/// <summary>A queue whose existence can be checked without sending or taking a job.</summary>
internal interface IProbedQueue
{
    /// <summary>Returns when the queue is there; otherwise throws.</summary>
    Task ProbeAsync(CancellationToken cancellationToken);

    /// <summary>The same for the dead-letter queue.</summary>
    Task ProbeDeadLettersAsync(CancellationToken cancellationToken);
}

/// <summary>
/// Checks the queue when the silo starts, so that wrong settings show in the log at once and not with the first upload, and regularly from then on:
/// an outage shows, and ends, in a silo that has no jobs to send or take. An unavailable queue stops nothing.
/// </summary>
internal sealed class JobQueueProbe(IProbedQueue queue, QueueOutage outage, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan _period = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan _firstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        for (var failures = 0; !stoppingToken.IsCancellationRequested;)
        {
            if (await TryAsync(queue.ProbeAsync, stoppingToken) is { } failure)
            {
                failures++;
                outage.Failed(QueueUse.Probe, failure);
            }
            else
            {
                failures = 0;
                outage.Worked(QueueUse.Probe);
                outage.DeadLetters(await TryAsync(queue.ProbeDeadLettersAsync, stoppingToken));
            }

            var pause = failures == 0 ? _period : Backoff.After(failures, _firstPause, _period);
            await Task.Delay(pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <returns>Why it failed; null when it did not, or the silo stops.</returns>
    private async Task<Exception?> TryAsync(Func<CancellationToken, Task> probe, CancellationToken stopping)
    {
        using var patience = new CancellationTokenSource(_patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, patience.Token);
        try
        {
            await probe(either.Token);
            return null;
        }
#pragma warning disable CA1031 // Networks, credentials and services fail in many ways; the probe continues.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return stopping.IsCancellationRequested ? null : e;
        }
    }
}
