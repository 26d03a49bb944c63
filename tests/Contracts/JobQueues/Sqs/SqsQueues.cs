using Amazon.SQS;
using Amazon.SQS.Model;
using Ingestion.Backends.JobQueue.Sqs;
using Ingestion.Tests.Contracts.JobQueues.Contract;
using Ingestion.Videos;
using Microsoft.Extensions.DependencyInjection;

namespace Ingestion.Tests.Contracts.JobQueues.Sqs;

/// <summary>A fresh queue with its dead letters, and the adapter over it as a host composes it.</summary>
internal sealed class SqsQueues(IAmazonSQS client, string queueUrl, string deadLetterUrl) : IAsyncDisposable
{
    private readonly List<ServiceProvider> _hosts = [];

    public string QueueUrl { get; } = queueUrl;

    public static async Task<SqsQueues> CreateAsync(IAmazonSQS client)
    {
        var name = Guid.NewGuid().ToString("N");
        var queue = await client.CreateQueueAsync(name);
        var dead = await client.CreateQueueAsync(name + "-dead");
        return new SqsQueues(client, queue.QueueUrl!, dead.QueueUrl!);
    }

    public IJobQueue Open(int pollSeconds, Action<SqsJobQueueOptions>? configure = null)
    {
        var host = OpenHost(pollSeconds, configure);
        _hosts.Add(host);
        return host.GetRequiredService<IJobQueue>();
    }

    /// <summary>Those of the queue that was opened last.</summary>
    public IDeadLetters DeadLetters => _hosts[^1].GetRequiredService<IDeadLetters>();

    public Task AddDeadLetterAsync(string body) => client.SendMessageAsync(deadLetterUrl, body);

    /// <summary>A silo's services, as far as the queue goes, to be ended by the caller.</summary>
    public ServiceProvider OpenHost(int pollSeconds, Action<SqsJobQueueOptions>? configure = null, TimeProvider? time = null)
    {
        var services = new ServiceCollection().AddLogging().AddSingleton(client).AddSingleton(time ?? TimeProvider.System);
        services.AddSqsJobQueue(JobQueueContract.Service, options =>
        {
            (options.QueueUrl, options.DeadLetterQueueUrl, options.PollSeconds) = (QueueUrl, deadLetterUrl, pollSeconds);
            configure?.Invoke(options);
        });
        return services.BuildServiceProvider();
    }

    public async Task<List<string>> ReadDeadLettersAsync()
    {
        var request = new ReceiveMessageRequest { QueueUrl = deadLetterUrl, MaxNumberOfMessages = 10, VisibilityTimeout = 0 };
        return [.. ((await client.ReceiveMessageAsync(request)).Messages ?? []).Select(message => message.Body!)];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts)
            await host.DisposeAsync();
        client.Dispose();
    }
}
