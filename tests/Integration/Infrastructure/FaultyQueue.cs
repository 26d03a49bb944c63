using Ingestion.Videos;

namespace Ingestion.Tests.Integration.Infrastructure;

/// <summary>The real queue, which takes no jobs while a test wants it.</summary>
internal sealed class FaultyQueue(IJobQueue inner) : IJobQueue
{
    public Fault Enqueue { get; } = new();

    public Task EnqueueAsync(VideoJob job, CancellationToken cancellationToken)
    {
        Enqueue.Strike();
        return inner.EnqueueAsync(job, cancellationToken);
    }

    public Task<IReadOnlyList<ReceivedJob>> ReceiveAsync(int max, TimeSpan visibility, CancellationToken cancellationToken) =>
        inner.ReceiveAsync(max, visibility, cancellationToken);

    public Task ExtendAsync(ReceivedJob job, TimeSpan visibility, CancellationToken cancellationToken) => inner.ExtendAsync(job, visibility, cancellationToken);

    public Task CompleteAsync(ReceivedJob job, CancellationToken cancellationToken) => inner.CompleteAsync(job, cancellationToken);

    public Task AbandonAsync(ReceivedJob job, TimeSpan delay, CancellationToken cancellationToken) => inner.AbandonAsync(job, delay, cancellationToken);

    public Task DeadLetterAsync(ReceivedJob job, string reason, CancellationToken cancellationToken) => inner.DeadLetterAsync(job, reason, cancellationToken);

    public Task<long> CountAsync(CancellationToken cancellationToken) => inner.CountAsync(cancellationToken);

    public Task<DateTimeOffset?> OldestAsync(CancellationToken cancellationToken) => inner.OldestAsync(cancellationToken);

    public Task<JobFigures> ReadFiguresAsync(int max, CancellationToken cancellationToken) => inner.ReadFiguresAsync(max, cancellationToken);
}
