using Amazon.Runtime;
using Amazon.S3;
using Amazon.SQS;
using Amazon.SQS.Model;
using Ingestion.Tests.Support.Servers;

namespace Ingestion.Tests.EndToEnd.Infrastructure;

/// <summary>A bucket and a queue that several silos can share, in an emulator.</summary>
internal sealed class SharedBackends : IAsyncDisposable
{
    private readonly NpmServer _server;
    private readonly string _bucket = Guid.NewGuid().ToString("N");
    private readonly string _queue = Guid.NewGuid().ToString("N");
    private string _deadLetterUrl = "";

    private SharedBackends(NpmServer server)
    {
        _server = server;
        Sqs = new AmazonSQSClient("test", "test", new AmazonSQSConfig { ServiceURL = server.Url, AuthenticationRegion = "us-east-1" });
    }

    public AmazonSQSClient Sqs { get; }

    public string QueueUrl { get; private set; } = "";

    /// <summary>Of a silo on bucket and queue.</summary>
    public (string Name, string Value)[] Settings => [.. S3Settings.Of(_server.Url, _bucket).Concat(QueueSettings).DistinctBy(setting => setting.Name)];

    /// <summary>Of a silo on the queue only.</summary>
    public (string Name, string Value)[] QueueSettings => QueueAt(_server.Url);

    public static async Task<SharedBackends> StartAsync()
    {
        var backends = new SharedBackends((await NpmServer.TryStartFauxqsAsync())!);
        using (var store = new AmazonS3Client(new BasicAWSCredentials("test", "test"), new AmazonS3Config { ServiceURL = backends._server.Url, ForcePathStyle = true }))
            await store.PutBucketAsync(backends._bucket);
        await backends.CreateQueueAsync();
        backends._deadLetterUrl = (await backends.Sqs.CreateQueueAsync(backends._queue + "-dead")).QueueUrl!;
        return backends;
    }

    /// <summary>The queue through another address, such as that of a proxy.</summary>
    public (string Name, string Value)[] QueueAt(string url) =>
    [
        ("Queue", "sqs"), ("Sqs__ServiceUrl", url), ("Sqs__Region", "us-east-1"), ("Sqs__QueueUrl", QueueUrl), ("Sqs__DeadLetterQueueUrl", _deadLetterUrl),
        ("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test"),
    ];

    public async Task CreateQueueAsync() => QueueUrl = (await Sqs.CreateQueueAsync(_queue)).QueueUrl!;

    public Task DeleteQueueAsync() => Sqs.DeleteQueueAsync(QueueUrl);

    /// <summary>Jobs waiting, delayed or in flight.</summary>
    public async Task<int> CountJobsAsync()
    {
        var attributes = await Sqs.GetQueueAttributesAsync(new GetQueueAttributesRequest { QueueUrl = QueueUrl, AttributeNames = ["All"] });
        return attributes.ApproximateNumberOfMessages + attributes.ApproximateNumberOfMessagesNotVisible + attributes.ApproximateNumberOfMessagesDelayed;
    }

    public async ValueTask DisposeAsync()
    {
        Sqs.Dispose();
        await _server.DisposeAsync();
    }
}
