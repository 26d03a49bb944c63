using System.Globalization;
using Amazon.SQS;
using Amazon.SQS.Model;
using Ingestion.Backends.JobQueue.Watch;
using Ingestion.Videos;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Ingestion.Backends.JobQueue.Sqs;

/// <summary>
/// A queue on SQS. The attempt is the service's receive count, which is approximate and counts looks (see the other half of this class); receipts are
/// its receipt handles. The SDK retries what failed in transit, so an order may be sent twice: delivery is at least once anyway.
/// </summary>
internal sealed partial class SqsJobQueue(
    IAmazonSQS sqs, IOptions<SqsJobQueueOptions> options, JobSource source, JobQueueMetrics metrics, TimeProvider time, ILogger<SqsJobQueue> logger)
    : IJobQueue, IProbedQueue, IAsyncDisposable
{
    // The service's own limit for a visibility, counted from the receive.
    private static readonly TimeSpan _longestVisibility = TimeSpan.FromHours(12);

    // Covers sending the letter and deleting the job, retries included; no other worker may take the job in between.
    private static readonly TimeSpan _deadLettering = TimeSpan.FromMinutes(1);

    private static readonly List<string> _ofDelivery = [MessageSystemAttributeName.ApproximateReceiveCount, MessageSystemAttributeName.SentTimestamp];

    private static readonly List<string> _ofTrace = [JobSpans.TraceParent];

    private static readonly List<string> _counts =
    [
        QueueAttributeName.ApproximateNumberOfMessages,
        QueueAttributeName.ApproximateNumberOfMessagesDelayed,
        QueueAttributeName.ApproximateNumberOfMessagesNotVisible,
    ];

    private static readonly List<string> _arn = [QueueAttributeName.QueueArn];

    private readonly SqsJobQueueOptions _options = options.Value;
    private readonly ILogger _logger = logger;
    private string? _queueUrl = options.Value.QueueUrl;

    public async Task EnqueueAsync(VideoJob job, CancellationToken cancellationToken)
    {
        var url = await QueueUrlAsync(cancellationToken);
        using var span = JobSpans.Send("aws_sqs", url[(url.LastIndexOf('/') + 1)..], job);
        var signed = source.Sign(job);
        var request = new SendMessageRequest { QueueUrl = url, MessageBody = JobMessage.Write(signed), MessageAttributes = AttributesOf(signed) };
        var sent = await sqs.SendMessageAsync(request, cancellationToken);
        span?.SetTag("messaging.message.id", sent.MessageId);
    }

    public async Task ExtendAsync(ReceivedJob job, TimeSpan visibility, CancellationToken cancellationToken) =>
        await TryChangeVisibilityAsync(job, visibility, cancellationToken);

    public async Task CompleteAsync(ReceivedJob job, CancellationToken cancellationToken) => await TryDeleteAsync(job, cancellationToken);

    public async Task AbandonAsync(ReceivedJob job, TimeSpan delay, CancellationToken cancellationToken) =>
        await TryChangeVisibilityAsync(job, delay, cancellationToken);

    public async Task DeadLetterAsync(ReceivedJob job, string reason, CancellationToken cancellationToken)
    {
        // A stale delivery must not make a letter of a job that another worker may yet finish.
        if (!await TryChangeVisibilityAsync(job, _deadLettering, cancellationToken))
            return;
        var letter = JobMessage.WriteDeadLetter(job, reason, time.GetUtcNow());
        await sqs.SendMessageAsync(new SendMessageRequest { QueueUrl = _options.DeadLetterQueueUrl, MessageBody = letter }, cancellationToken);
        await TryDeleteAsync(job, cancellationToken);
        LogDeadLettered(job.Job.VideoId, job.Attempt, reason);
    }

    public async Task<long> CountAsync(CancellationToken cancellationToken) => (await ReadCountsAsync(cancellationToken)).Values.Sum();

    /// <summary>
    /// What was put back with a delay, or is kept for the turn of its owner, is as invisible as a job that is worked on. To list
    /// messages is to receive them, which hides them from workers: none are listed.
    /// </summary>
    public async Task<JobFigures> ReadFiguresAsync(int max, CancellationToken cancellationToken)
    {
        var counts = await ReadCountsAsync(cancellationToken);
        var invisible = counts[QueueAttributeName.ApproximateNumberOfMessagesDelayed] + counts[QueueAttributeName.ApproximateNumberOfMessagesNotVisible];
        return new JobFigures("sqs", counts[QueueAttributeName.ApproximateNumberOfMessages], Delayed: null, invisible, OldestAt: null, Oldest: null);
    }

    /// <summary>
    /// SQS shows the age of its oldest message in CloudWatch only. The worker knows those in its hands, and a metric those that came in the last minute.
    /// </summary>
    public Task<DateTimeOffset?> OldestAsync(CancellationToken cancellationToken) => Task.FromResult<DateTimeOffset?>(null);

    public async Task ProbeAsync(CancellationToken cancellationToken) =>
        await sqs.GetQueueAttributesAsync(new GetQueueAttributesRequest { QueueUrl = await QueueUrlAsync(cancellationToken), AttributeNames = _arn },
            cancellationToken);

    public async Task ProbeDeadLettersAsync(CancellationToken cancellationToken) =>
        await sqs.GetQueueAttributesAsync(new GetQueueAttributesRequest { QueueUrl = _options.DeadLetterQueueUrl, AttributeNames = _arn }, cancellationToken);

    /// <summary>Other silos need not wait for the jobs that this silo kept for their turn.</summary>
    public async ValueTask DisposeAsync()
    {
        await PutBackAsync(_turns.RemoveAll(), TimeSpan.Zero);
        _looking.Dispose();
    }

    private async ValueTask<string> QueueUrlAsync(CancellationToken cancellationToken) =>
        _queueUrl ??= (await sqs.GetQueueUrlAsync(new GetQueueUrlRequest { QueueName = _options.QueueName }, cancellationToken)).QueueUrl!;

    private async Task<Dictionary<string, long>> ReadCountsAsync(CancellationToken cancellationToken)
    {
        var request = new GetQueueAttributesRequest { QueueUrl = await QueueUrlAsync(cancellationToken), AttributeNames = _counts };
        var attributes = (await sqs.GetQueueAttributesAsync(request, cancellationToken)).Attributes ?? [];
        return _counts.ToDictionary(
            name => name, name => attributes.TryGetValue(name, out var count) ? long.Parse(count, CultureInfo.InvariantCulture) : 0);
    }

    private async Task<bool> TryChangeVisibilityAsync(ReceivedJob job, TimeSpan visibility, CancellationToken cancellationToken)
    {
        var request = new ChangeMessageVisibilityRequest
        {
            QueueUrl = await QueueUrlAsync(cancellationToken),
            ReceiptHandle = job.Receipt,
            VisibilityTimeout = Seconds(visibility),
        };
        try
        {
            await sqs.ChangeMessageVisibilityAsync(request, cancellationToken);
            return true;
        }
        catch (AmazonSQSException exception) when (IsStale(exception))
        {
            LogStale(job.Job.VideoId, exception.ErrorCode);
            return false;
        }
    }

    private async Task TryDeleteAsync(ReceivedJob job, CancellationToken cancellationToken)
    {
        var request = new DeleteMessageRequest { QueueUrl = await QueueUrlAsync(cancellationToken), ReceiptHandle = job.Receipt };
        try
        {
            await sqs.DeleteMessageAsync(request, cancellationToken);
        }
        catch (AmazonSQSException exception) when (IsStale(exception))
        {
            LogStale(job.Job.VideoId, exception.ErrorCode);
        }
    }

    /// <summary>
    /// A message that is no job would come back for ever: it goes to the dead letters as it is. Where that fails it comes back once more; the jobs that
    /// came with it are not lost by it.
    /// </summary>
    private async Task RejectAsync(string? queueUrl, Message message)
    {
        try
        {
            await sqs.SendMessageAsync(new SendMessageRequest { QueueUrl = _options.DeadLetterQueueUrl, MessageBody = message.Body }, CancellationToken.None);
            await sqs.DeleteMessageAsync(new DeleteMessageRequest { QueueUrl = queueUrl, ReceiptHandle = message.ReceiptHandle }, CancellationToken.None);
            LogRejected(message.MessageId);
        }
#pragma warning disable CA1031 // The dead-letter queue fails in many ways; the start check names it when it is wrong.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogNotRejected(message.MessageId, e.Message);
        }
    }

    // The service has three errors for this: no longer in flight, a receipt that it did not make, or an expired receipt.
    private static bool IsStale(AmazonSQSException exception) =>
        exception is MessageNotInflightException or ReceiptHandleIsInvalidException
        || (exception.ErrorCode == "InvalidParameterValue" && exception.Message.Contains("ReceiptHandle", StringComparison.Ordinal));

    private static int Attempt(Message message) =>
        message.Attributes is { } attributes
        && attributes.TryGetValue(MessageSystemAttributeName.ApproximateReceiveCount, out var count)
        && int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var attempt)
            ? attempt
            : 1;

    /// <summary>The trace travels beside the body, where other programs look for it.</summary>
    private static Dictionary<string, MessageAttributeValue>? AttributesOf(VideoJob job) =>
        job.TraceParent is { } trace ? new() { [JobSpans.TraceParent] = new() { DataType = "String", StringValue = trace } } : null;

    private static string? TraceOf(Message message) =>
        message.MessageAttributes is { } attributes && attributes.TryGetValue(JobSpans.TraceParent, out var trace) ? trace.StringValue : null;

    internal static DateTimeOffset? SentAt(Message message) =>
        message.Attributes is { } attributes
        && attributes.TryGetValue(MessageSystemAttributeName.SentTimestamp, out var sent)
        && long.TryParse(sent, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds)
            ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
            : null;

    /// <summary>Rounded up: a job that comes back too early is worked on twice.</summary>
    private static int Seconds(TimeSpan time) => (int)Math.Ceiling(Math.Clamp(time.TotalSeconds, 0, _longestVisibility.TotalSeconds));
}
