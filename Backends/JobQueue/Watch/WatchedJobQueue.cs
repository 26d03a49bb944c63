using Ingestion.Videos;

namespace Ingestion.Backends.JobQueue.Watch;

/// <summary>A queue outside the process, whose failures are noted in one place and become <see cref="JobQueueUnavailableException"/>.</summary>
internal sealed class WatchedJobQueue(IJobQueue inner, QueueOutage outage, TimeProvider time) : IJobQueue
{
    // Longer than a healthy queue ever takes, and shorter than uploads wait: a sending grain answers no call meanwhile. What was sent all the same
    // is a duplicate of what is sent later.
    private static readonly TimeSpan _longestSend = TimeSpan.FromSeconds(4);

    public async Task EnqueueAsync(VideoJob job, CancellationToken cancellationToken)
    {
        outage.BeforeSend();
        using var patience = new CancellationTokenSource(_longestSend, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        await RunAsync(QueueUse.Send, () => inner.EnqueueAsync(job, either.Token), cancellationToken);
    }

    public async Task<IReadOnlyList<ReceivedJob>> ReceiveAsync(int max, TimeSpan visibility, CancellationToken cancellationToken)
    {
        IReadOnlyList<ReceivedJob> jobs = [];
        await RunAsync(QueueUse.Take, async () => jobs = await inner.ReceiveAsync(max, visibility, cancellationToken), cancellationToken);
        return jobs;
    }

    public Task ExtendAsync(ReceivedJob job, TimeSpan visibility, CancellationToken cancellationToken) =>
        RunAsync(QueueUse.Take, () => inner.ExtendAsync(job, visibility, cancellationToken), cancellationToken);

    public Task CompleteAsync(ReceivedJob job, CancellationToken cancellationToken) =>
        RunAsync(QueueUse.Take, () => inner.CompleteAsync(job, cancellationToken), cancellationToken);

    public Task AbandonAsync(ReceivedJob job, TimeSpan delay, CancellationToken cancellationToken) =>
        RunAsync(QueueUse.Take, () => inner.AbandonAsync(job, delay, cancellationToken), cancellationToken);

    /// <summary>Mostly a matter of the dead-letter queue, which shows nothing about this one.</summary>
    public Task DeadLetterAsync(ReceivedJob job, string reason, CancellationToken cancellationToken) => inner.DeadLetterAsync(job, reason, cancellationToken);

    public async Task<long> CountAsync(CancellationToken cancellationToken)
    {
        long count = 0;
        await RunAsync(QueueUse.Probe, async () => count = await inner.CountAsync(cancellationToken), cancellationToken);
        return count;
    }

    public Task<DateTimeOffset?> OldestAsync(CancellationToken cancellationToken) => inner.OldestAsync(cancellationToken);

    public async Task<JobFigures> ReadFiguresAsync(int max, CancellationToken cancellationToken)
    {
        JobFigures? figures = null;
        await RunAsync(QueueUse.Probe, async () => figures = await inner.ReadFiguresAsync(max, cancellationToken), cancellationToken);
        return figures!;
    }

    private async Task RunAsync(QueueUse use, Func<Task> call, CancellationToken cancellationToken)
    {
        try
        {
            await call();
            outage.Worked(use);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception e) when (e is not (ArgumentException or ObjectDisposedException))
        {
            throw outage.Failed(use, e);
        }
    }
}
