using Amazon.Runtime;
using Amazon.S3;
using Amazon.SQS;
using Amazon.SQS.Model;
using Ingestion.Tests.Support.Servers;

namespace Ingestion.Tests.EndToEnd.Infrastructure;

/// <summary>A bucket and a queue that several silos can share, in an emulator.</summary>
internal sealed class SharedBackends : IAsyncDisposable
{
    private const string Dead = "-dead";

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

    /// <summary>The S3 endpoint, which serves the queue too.</summary>
    public string Url => _server.Url;

    public string Bucket => _bucket;

    /// <summary>Of a silo on bucket and queue.</summary>
    public (string Name, string Value)[] Settings => [.. S3Settings.Of(_server.Url, _bucket).Concat(QueueSettings).DistinctBy(setting => setting.Name)];

    /// <summary>Of a silo on the queue only.</summary>
    public (string Name, string Value)[] QueueSettings =>
    [
        ("Queue", "sqs"), ("Sqs__ServiceUrl", _server.Url), ("Sqs__Region", "us-east-1"),
        ("Sqs__QueueUrl", QueueUrl), ("Sqs__DeadLetterQueueUrl", _deadLetterUrl),
        ("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test"),
    ];

    /// <param name="withQueue">Whether the queue exists; its address is known without it.</param>
    public static async Task<SharedBackends> StartAsync(bool withQueue = true)
    {
        var backends = new SharedBackends((await NpmServer.TryStartFauxqsAsync())!);
        using (var store = new AmazonS3Client(new BasicAWSCredentials("test", "test"),
            new AmazonS3Config { ServiceURL = backends._server.Url, ForcePathStyle = true }))
            await store.PutBucketAsync(backends._bucket);
        backends._deadLetterUrl = (await backends.Sqs.CreateQueueAsync(backends._queue + Dead)).QueueUrl!;
        backends.QueueUrl = backends._deadLetterUrl[..^Dead.Length];
        if (withQueue)
            await backends.CreateQueueAsync();
        return backends;
    }

    public Task CreateQueueAsync() => Sqs.CreateQueueAsync(_queue);

    /// <summary>Jobs waiting, delayed or in flight.</summary>
    public Task<int> CountJobsAsync() => CountAsync(QueueUrl);

    public Task<int> CountDeadLettersAsync() => CountAsync(_deadLetterUrl);

    public async ValueTask DisposeAsync()
    {
        Sqs.Dispose();
        await _server.DisposeAsync();
    }

    private async Task<int> CountAsync(string queue)
    {
        var attributes = await Sqs.GetQueueAttributesAsync(new GetQueueAttributesRequest { QueueUrl = queue, AttributeNames = ["All"] });
        return attributes.ApproximateNumberOfMessages + attributes.ApproximateNumberOfMessagesNotVisible + attributes.ApproximateNumberOfMessagesDelayed;
    }
}
