using Amazon.SQS.Model;
using Ingestion.Videos;

namespace Ingestion.Backends.JobQueue.Sqs;

/// <summary>
/// Owners in turn, on a queue that knows none. A receive looks at more jobs than it delivers: it keeps a few, hidden from the others for as long as a
/// delivery would be, and puts back what is over an owner's share with a delay, so that the next look sees further. Whatever happens to this silo, all
/// of them come back by themselves.
/// </summary>
internal sealed partial class SqsJobQueue
{
    // Each looks at ten jobs. More would find a new owner sooner behind a long queue, and cost requests and time with every job.
    private const int LooksPerTurn = 5;
    private const int MostAtOnce = 10;

    // Receivers of this silo look one after the other. With a poll of no time they may still wait for each other's requests.
    private static readonly TimeSpan _leastPatience = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _looking = new(1);
    private readonly OwnerTurns _turns = new();
    private readonly long _openedAt = time.GetTimestamp();

    private TimeSpan Now => time.GetElapsedTime(_openedAt);

    private TimeSpan Poll => TimeSpan.FromSeconds(_options.PollSeconds);

    public async Task<IReadOnlyList<ReceivedJob>> ReceiveAsync(int max, TimeSpan visibility, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(max, MostAtOnce);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(visibility, TimeSpan.Zero);
        if (!await _looking.WaitAsync(Poll > _leastPatience ? Poll : _leastPatience, cancellationToken))
            return [];
        try
        {
            await PutBackAsync(_turns.RemoveExpired(Now), TimeSpan.Zero);
            await LookAsync(visibility, cancellationToken);
            var jobs = await DeliverAsync(max, visibility);
            await PutBackAsync(_turns.RemoveSurplus(), _turns.PutBackFor());
            return jobs;
        }
        finally
        {
            _looking.Release();
        }
    }

    /// <summary>Waits for a job where none is here; then looks on until there is one of an owner who was not served lately.</summary>
    private async Task LookAsync(TimeSpan visibility, CancellationToken cancellationToken)
    {
        for (var look = 0; look < LooksPerTurn && !_turns.HasNewOwner; look++)
        {
            var (began, wait) = (Now, _turns.Count == 0);
            var jobs = await ReceiveAsync(visibility, wait ? _options.PollSeconds : 0, cancellationToken);
            if (wait && Now - began > _leastPatience)
                _turns.ForgetPace();
            foreach (var job in jobs)
                _turns.Add(job, Now, visibility);
            if (jobs.Count == 0)
                return;
        }
    }

    private async Task<List<ReceivedJob>> DeliverAsync(int max, TimeSpan visibility)
    {
        var jobs = new List<ReceivedJob>();
        while (jobs.Count < max && _turns.Next(Now) is { } next)
        {
            // A job that has waited here has used up some of its visibility.
            if (next.HiddenUntil - Now > visibility - _leastPatience || await TryChangeVisibilityAsync(next.Job, visibility, CancellationToken.None))
                jobs.Add(next.Job);
        }

        return jobs;
    }

    /// <summary>Not cancelled and never failing: what can't be put back comes back when its visibility ends.</summary>
    private async Task PutBackAsync(List<ReceivedJob> jobs, TimeSpan delay)
    {
        foreach (var batch in jobs.Chunk(MostAtOnce))
        {
            var request = new ChangeMessageVisibilityBatchRequest
            {
                QueueUrl = await QueueUrlAsync(CancellationToken.None),
                Entries = [.. batch.Select((job, n) => Entry(n, job, delay))],
            };
            try
            {
                await sqs.ChangeMessageVisibilityBatchAsync(request, CancellationToken.None);
            }
#pragma warning disable CA1031 // The queue fails in many ways; the jobs that were received for delivery must not be lost by it.
            catch (Exception e)
#pragma warning restore CA1031
            {
                LogNotPutBack(e.Message, batch.Length);
            }
        }
    }

    private static ChangeMessageVisibilityBatchRequestEntry Entry(int number, ReceivedJob job, TimeSpan delay) =>
        new() { Id = $"{number}", ReceiptHandle = job.Receipt, VisibilityTimeout = Seconds(delay) };

    private async Task<List<ReceivedJob>> ReceiveAsync(TimeSpan visibility, int waitSeconds, CancellationToken cancellationToken)
    {
        var request = new ReceiveMessageRequest
        {
            QueueUrl = await QueueUrlAsync(cancellationToken),
            MaxNumberOfMessages = MostAtOnce,
            VisibilityTimeout = Seconds(visibility),
            WaitTimeSeconds = waitSeconds,
            MessageSystemAttributeNames = _ofDelivery,
            MessageAttributeNames = _ofTrace,
        };
        var response = await sqs.ReceiveMessageAsync(request, cancellationToken);
        var jobs = new List<ReceivedJob>();
        foreach (var message in response.Messages ?? [])
        {
            if (SentAt(message) is { } sentAt)
                metrics.Received(sentAt);
            if (JobMessage.TryRead(message.Body, out var job))
                jobs.Add(Received(job, message));
            else
                await RejectAsync(request.QueueUrl, message);
        }

        return jobs;
    }

    private static ReceivedJob Received(VideoJob job, Message message) =>
        new(job with { TraceParent = TraceOf(message) }, message.ReceiptHandle!, Attempt(message)) { EnqueuedAt = SentAt(message) };
}
