using System.Globalization;
using System.Text.Json;
using Amazon.SQS;
using Amazon.SQS.Model;
using Ingestion.Doctor;
using Microsoft.Extensions.Options;

namespace Ingestion.Backends.JobQueue.Sqs;

/// <summary>The queue and the one for dead letters: whether they are there, and whether what they do by themselves fits. No job is sent or taken.</summary>
internal sealed class SqsExamination(IAmazonSQS sqs, IOptions<SqsJobQueueOptions> options) : IExamination
{
    private const string Page = "docs/operate/job-queues.md";
    private const string Correct = $"correct Ingestion:Sqs, the credentials or their rights: {Page}";

    // Each look of a worker counts as a receive.
    private const int FewestReceives = 1_000;

    // A long weekend, in which an operator may not see that no worker runs.
    private const int ShortestRetention = 4 * 86_400;

    public IEnumerable<Look> Looks =>
    [
        new("queue", Correct, async stop => LookAt(await ReadAsync(await UrlAsync(stop), stop))),
        new("queue policy", $"give the queue no redrive policy, or a maxReceiveCount of {FewestReceives} or more: {Page}",
            async stop => LookAtPolicy(await ReadAsync(await UrlAsync(stop), stop))),
        new("queue retention", "set the queue to keep messages for 14 days, its longest",
            async stop => LookAtRetention(await ReadAsync(await UrlAsync(stop), stop))),
        new("dead letters", Correct, async stop => LookAt(await ReadAsync(options.Value.DeadLetterQueueUrl!, stop))),
    ];

    internal static Diagnosis LookAtPolicy(Dictionary<string, string> attributes)
    {
        if (!attributes.TryGetValue(QueueAttributeName.RedrivePolicy, out var policy) || policy.Length == 0)
            return Diagnosis.Ok("no redrive policy takes jobs away");
        using var json = JsonDocument.Parse(policy);
        // A number, or a number as a text.
        var most = json.RootElement.TryGetProperty("maxReceiveCount", out var count)
            && int.TryParse(count.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
        return most >= FewestReceives
            ? Diagnosis.Ok($"the redrive policy takes a job after {most} receives")
            : Diagnosis.Wrong($"the redrive policy takes a job away after {most} receives, and a worker that only looks at a job has received it");
    }

    internal static Diagnosis LookAtRetention(Dictionary<string, string> attributes)
    {
        if (!attributes.TryGetValue(QueueAttributeName.MessageRetentionPeriod, out var text)
            || !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
            return Diagnosis.Ok("the service does not say how long it keeps messages");
        var days = (seconds / 86_400.0).ToString("0.#", CultureInfo.InvariantCulture);
        return seconds < ShortestRetention
            ? Diagnosis.Warning($"jobs are lost after {days} days in the queue; their videos get new ones, late")
            : Diagnosis.Ok($"messages are kept for {days} days");
    }

    private static Diagnosis LookAt(Dictionary<string, string> attributes) =>
        attributes.TryGetValue(QueueAttributeName.FifoQueue, out var fifo) && fifo.Equals("true", StringComparison.OrdinalIgnoreCase)
            ? Diagnosis.Wrong("it is a FIFO queue: make a standard one")
            : Diagnosis.Ok($"answers, {attributes.GetValueOrDefault(QueueAttributeName.ApproximateNumberOfMessages, "?")} messages wait");

    private async Task<string> UrlAsync(CancellationToken stop) =>
        options.Value.QueueUrl ?? (await sqs.GetQueueUrlAsync(new GetQueueUrlRequest { QueueName = options.Value.QueueName }, stop)).QueueUrl!;

    private async Task<Dictionary<string, string>> ReadAsync(string url, CancellationToken stop) =>
        (await sqs.GetQueueAttributesAsync(new GetQueueAttributesRequest { QueueUrl = url, AttributeNames = [QueueAttributeName.All] }, stop)).Attributes ?? [];
}
