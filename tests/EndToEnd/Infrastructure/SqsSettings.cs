using Amazon.SQS;

namespace Ingestion.Tests.EndToEnd.Infrastructure;

/// <summary>What makes a silo take its jobs from an SQS emulator.</summary>
internal static class SqsSettings
{
    /// <summary>Makes a queue with its dead letters.</summary>
    public static async Task<(string Name, string Value)[]> CreateAsync(string url)
    {
        using var client = new AmazonSQSClient("test", "test", new AmazonSQSConfig { ServiceURL = url, AuthenticationRegion = "us-east-1" });
        var name = Guid.NewGuid().ToString("N");
        var (queue, dead) = (await client.CreateQueueAsync(name), await client.CreateQueueAsync(name + "-dead"));
        return Of(url, queue.QueueUrl!, dead.QueueUrl!);
    }

    public static (string Name, string Value)[] Of(string url, string queue, string dead) =>
    [
        ("Queue", "sqs"), ("Sqs__ServiceUrl", url), ("Sqs__Region", "us-east-1"), ("Sqs__QueueUrl", queue), ("Sqs__DeadLetterQueueUrl", dead),
        ("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test"),
    ];
}
