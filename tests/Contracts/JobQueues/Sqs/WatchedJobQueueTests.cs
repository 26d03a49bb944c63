using System.Diagnostics.Metrics;
using Ingestion.Backends.JobQueue.Watch;
using Ingestion.Videos;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Ingestion.Tests.Contracts.JobQueues.Sqs;

/// <summary>What callers see of a queue that does not answer.</summary>
public sealed class WatchedJobQueueTests : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly SilentQueue _silent = new();
    private readonly QueueOutage _outage;
    private readonly WatchedJobQueue _queue;

    public WatchedJobQueueTests()
    {
        _outage = new QueueOutage(new JobQueueMetrics(_services.GetRequiredService<IMeterFactory>(), _time), _time, NullLogger<QueueOutage>.Instance);
        _queue = new WatchedJobQueue(_silent, _outage, _time);
    }

    public void Dispose() => _services.Dispose();

    [Fact]
    public async Task Send_EndsAfterSeconds_AndTheNextOneAtOnce_WhenTheQueueDoesNotAnswer()
    {
        var sending = _queue.EnqueueAsync(new VideoJob("a"), CancellationToken.None);
        _time.Advance(TimeSpan.FromSeconds(4));
        await Assert.ThrowsAsync<JobQueueUnavailableException>(() => sending);
        await Assert.ThrowsAsync<JobQueueUnavailableException>(() => _queue.EnqueueAsync(new VideoJob("b"), CancellationToken.None));
        Assert.Equal(1, _silent.Calls);
        Assert.False(_outage.Read().Works);
    }

    [Fact]
    public async Task CancelledCall_ChangesNoHealth()
    {
        using var leaving = new CancellationTokenSource();
        var receiving = _queue.ReceiveAsync(1, TimeSpan.FromSeconds(30), leaving.Token);
        var sending = _queue.EnqueueAsync(new VideoJob("a"), leaving.Token);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => receiving);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
        Assert.True(_outage.Read().Works);
    }

    /// <summary>Takes requests and answers none.</summary>
    private sealed class SilentQueue : IJobQueue
    {
        public int Calls { get; private set; }

        public Task EnqueueAsync(VideoJob job, CancellationToken cancellationToken) => HangAsync(cancellationToken);

        public async Task<IReadOnlyList<ReceivedJob>> ReceiveAsync(int max, TimeSpan visibility, CancellationToken cancellationToken)
        {
            await HangAsync(cancellationToken);
            return [];
        }

        public Task ExtendAsync(ReceivedJob job, TimeSpan visibility, CancellationToken cancellationToken) => HangAsync(cancellationToken);

        public Task CompleteAsync(ReceivedJob job, CancellationToken cancellationToken) => HangAsync(cancellationToken);

        public Task AbandonAsync(ReceivedJob job, TimeSpan delay, CancellationToken cancellationToken) => HangAsync(cancellationToken);

        public Task DeadLetterAsync(ReceivedJob job, string reason, CancellationToken cancellationToken) => HangAsync(cancellationToken);

        public Task<long> CountAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<DateTimeOffset?> OldestAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<JobFigures> ReadFiguresAsync(int max, CancellationToken cancellationToken) => throw new NotSupportedException();

        private Task HangAsync(CancellationToken cancellationToken)
        {
            Calls++;
            return Task.Delay(Timeout.Infinite, cancellationToken);
        }
    }
}
