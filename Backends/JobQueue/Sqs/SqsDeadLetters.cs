using System.Globalization;
using Amazon.Runtime;
using Amazon.SQS;
using Amazon.SQS.Model;
using Ingestion.Videos;
using Microsoft.Extensions.Options;

namespace Ingestion.Backends.JobQueue.Sqs;

/// <summary>
/// The dead-letter queue. SQS shows a message only by delivering it: letters are received, hidden for half a minute, and what stays is put back. That
/// counts as a receive of each, which matters to nobody as long as that queue has no redrive policy of its own.
/// </summary>
internal sealed class SqsDeadLetters(IAmazonSQS sqs, IOptions<SqsJobQueueOptions> options, JobSource source) : IDeadLetters
{
    /// <summary>How many are looked at before a letter counts as gone.</summary>
    public const int MostLooks = 1000;

    // The service gives 10 at most.
    private const int MostAtOnce = 10;

    // Within it a letter is looked at and, after a replay, removed.
    private const int HiddenSeconds = 30;

    // Without a wait the service asks some of its servers only, and may answer that there is nothing.
    private const int WaitSeconds = 1;

    private static readonly List<string> _count = [QueueAttributeName.ApproximateNumberOfMessages];

    private string Url => options.Value.DeadLetterQueueUrl!;

    public Task<long> CountAsync(CancellationToken cancellationToken) => RunAsync(async () =>
    {
        var request = new GetQueueAttributesRequest { QueueUrl = Url, AttributeNames = _count };
        var attributes = (await sqs.GetQueueAttributesAsync(request, cancellationToken)).Attributes ?? [];
        return attributes.TryGetValue(_count[0], out var count) ? long.Parse(count, CultureInfo.InvariantCulture) : 0;
    });

    public Task<IReadOnlyList<DeadLetter>> TakeAsync(int max, CancellationToken cancellationToken) =>
        RunAsync<IReadOnlyList<DeadLetter>>(async () =>
        {
            var letters = new List<DeadLetter>();
            while (letters.Count < max)
            {
                var more = await ReceiveAsync(Math.Min(MostAtOnce, max - letters.Count), cancellationToken);
                letters.AddRange(more);
                if (more.Count == 0)
                    break;
            }

            return letters;
        });

    public Task<DeadLetter?> TakeAsync(string id, CancellationToken cancellationToken) => RunAsync(async () =>
    {
        var others = new List<DeadLetter>();
        try
        {
            while (others.Count < MostLooks)
            {
                var more = await ReceiveAsync(MostAtOnce, cancellationToken);
                others.AddRange(more.Where(letter => letter.Id != id));
                if (more.Find(letter => letter.Id == id) is { } found)
                    return found;
                if (more.Count == 0)
                    break;
            }

            return null;
        }
        finally
        {
            await ReturnAsync(others, CancellationToken.None);
        }
    });

    public async Task ReturnAsync(IReadOnlyList<DeadLetter> letters, CancellationToken cancellationToken)
    {
        foreach (var batch in letters.Chunk(MostAtOnce))
        {
            var entries = batch.Select((letter, n) => new ChangeMessageVisibilityBatchRequestEntry
            {
                Id = $"{n}",
                ReceiptHandle = letter.Receipt,
                VisibilityTimeout = 0,
            });
            try
            {
                await sqs.ChangeMessageVisibilityBatchAsync(
                    new ChangeMessageVisibilityBatchRequest { QueueUrl = Url, Entries = [.. entries] }, cancellationToken);
            }
            catch (Exception e) when (e is AmazonServiceException or AmazonClientException or HttpRequestException or OperationCanceledException)
            {
                // They are there again when their time is over.
                return;
            }
        }
    }

    public Task RemoveAsync(DeadLetter letter, CancellationToken cancellationToken) => RunAsync(() =>
        sqs.DeleteMessageAsync(new DeleteMessageRequest { QueueUrl = Url, ReceiptHandle = letter.Receipt }, cancellationToken));

    private async Task<List<DeadLetter>> ReceiveAsync(int max, CancellationToken cancellationToken)
    {
        var request = new ReceiveMessageRequest
        {
            QueueUrl = Url,
            MaxNumberOfMessages = max,
            VisibilityTimeout = HiddenSeconds,
            WaitTimeSeconds = WaitSeconds,
            MessageSystemAttributeNames = [MessageSystemAttributeName.SentTimestamp],
        };
        return (await sqs.ReceiveMessageAsync(request, cancellationToken)).Messages?.ConvertAll(Read) ?? [];
    }

    private DeadLetter Read(Message message)
    {
        var (letter, body) = (JobMessage.ReadLetter(message.Body), message.Body ?? "");
        return letter?.Job is { } job
            ? new DeadLetter(
                message.MessageId!, job, Body: null, letter.Attempt, letter.Reason, letter.At ?? SqsJobQueue.SentAt(message), message.ReceiptHandle!)
            {
                IsForeign = source.IsForeign(job),
            }
            : new DeadLetter(message.MessageId!, Job: null, body[..Math.Min(body.Length, DeadLetter.LongestBody)], Attempts: null, Reason: null,
                SqsJobQueue.SentAt(message), message.ReceiptHandle!);
    }

    private static async Task<T> RunAsync<T>(Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (Exception e) when (e is AmazonServiceException or AmazonClientException or HttpRequestException)
        {
            throw new JobQueueUnavailableException("the dead-letter queue can't be used", e);
        }
    }
}
