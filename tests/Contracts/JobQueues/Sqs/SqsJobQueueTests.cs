using System.ComponentModel.DataAnnotations;
using System.Diagnostics.Metrics;
using Amazon.SQS.Model;
using Ingestion.Backends.JobQueue.Sqs;
using Ingestion.Tests.Support.Servers;
using Ingestion.Videos;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Ingestion.Tests.Contracts.JobQueues.Sqs;

/// <summary>What is peculiar to SQS and no part of the contract.</summary>
[NeedsPrograms(NpmServer.Node, NpmServer.Npm)]
public sealed class SqsJobQueueTests(SqsEmulator emulator) : IClassFixture<SqsEmulator>
{
    private static readonly TimeSpan _visibility = TimeSpan.FromMinutes(5);

    [ContractFact]
    public async Task ForeignMessage_GoesToTheDeadLettersAsItIs()
    {
        var client = emulator.CreateClient();
        await using var queues = await SqsQueues.CreateAsync(client);
        await client.SendMessageAsync(queues.QueueUrl, """{"v":3,"videoId":"from the future"}""");
        await client.SendMessageAsync(queues.QueueUrl, "no JSON");
        var queue = queues.Open(pollSeconds: 0);
        Assert.Empty(await queue.ReceiveAsync(10, _visibility, CancellationToken.None));
        Assert.Equal(["no JSON", """{"v":3,"videoId":"from the future"}"""], (await queues.ReadDeadLettersAsync()).Order(StringComparer.Ordinal));
        Assert.Equal(0, await queue.CountAsync(CancellationToken.None));
    }

    [ContractFact]
    public async Task Job_OfABuildWithoutServices_IsReadAndNamesNone()
    {
        var client = emulator.CreateClient();
        await using var queues = await SqsQueues.CreateAsync(client);
        await client.SendMessageAsync(queues.QueueUrl, """{"v":1,"videoId":"old"}""");
        var job = Assert.Single(await queues.Open(pollSeconds: 0).ReceiveAsync(10, _visibility, CancellationToken.None));
        Assert.Equal(new VideoJob("old"), job.Job);
    }

    [ContractFact]
    public async Task DeadLetter_IsAJobAgain_WhenAnOperatorMovesItBack()
    {
        var client = emulator.CreateClient();
        await using var queues = await SqsQueues.CreateAsync(client);
        var queue = queues.Open(pollSeconds: 0);
        await queue.EnqueueAsync(new VideoJob("a"), CancellationToken.None);
        var job = Assert.Single(await queue.ReceiveAsync(10, _visibility, CancellationToken.None));
        await queue.DeadLetterAsync(job, new string('x', 100_000), CancellationToken.None);
        var letter = Assert.Single(await queues.ReadDeadLettersAsync());
        await client.SendMessageAsync(queues.QueueUrl, letter);
        Assert.Equal(job.Job, Assert.Single(await queue.ReceiveAsync(10, _visibility, CancellationToken.None)).Job);
    }

    [ContractFact]
    public async Task Queue_IsFoundByItsName()
    {
        await using var queues = await SqsQueues.CreateAsync(emulator.CreateClient());
        var name = queues.QueueUrl.Split('/')[^1];
        var queue = queues.Open(pollSeconds: 0, options => (options.QueueUrl, options.QueueName) = (null, name));
        await queue.EnqueueAsync(new VideoJob("a"), CancellationToken.None);
        Assert.Equal(1, await queue.CountAsync(CancellationToken.None));
    }

    [ContractFact]
    public async Task Enqueue_Throws_WhenThereIsNoSuchQueue()
    {
        await using var queues = await SqsQueues.CreateAsync(emulator.CreateClient());
        var queue = queues.Open(pollSeconds: 0, options => options.QueueUrl += "-missing");
        var failure = await Assert.ThrowsAsync<JobQueueUnavailableException>(() => queue.EnqueueAsync(new VideoJob("a"), CancellationToken.None));
        Assert.IsType<QueueDoesNotExistException>(failure.InnerException);
        // The next one does not call again so soon.
        Assert.Null((await Assert.ThrowsAsync<JobQueueUnavailableException>(
            () => queue.EnqueueAsync(new VideoJob("b"), CancellationToken.None))).InnerException);
    }

    /// <summary>What is no job, and can't be moved, comes back by itself.</summary>
    [ContractFact]
    public async Task Jobs_AreReceived_WhenTheDeadLetterQueueIsMissing()
    {
        var client = emulator.CreateClient();
        await using var queues = await SqsQueues.CreateAsync(client);
        var queue = queues.Open(pollSeconds: 0, options => options.DeadLetterQueueUrl += "-missing");
        await client.SendMessageAsync(queues.QueueUrl, "no JSON");
        await queue.EnqueueAsync(new VideoJob("a"), CancellationToken.None);
        Assert.Equal("a", Assert.Single(await queue.ReceiveAsync(10, _visibility, CancellationToken.None)).Job.VideoId);
        Assert.Equal(2, await queue.CountAsync(CancellationToken.None));
    }

    /// <summary>Jobs that were kept for their owner's turn are available at once to the next silo.</summary>
    [ContractFact]
    public async Task KeptJobs_AreGivenBack_WhenTheSiloStops()
    {
        const int Jobs = 8;
        await using var queues = await SqsQueues.CreateAsync(emulator.CreateClient());
        await using (var silo = queues.OpenHost(pollSeconds: 0))
        {
            var queue = silo.GetRequiredService<IJobQueue>();
            for (var n = 0; n < Jobs; n++)
                await queue.EnqueueAsync(new VideoJob($"v{n}", "one"), CancellationToken.None);
            await queue.CompleteAsync(Assert.Single(await queue.ReceiveAsync(1, _visibility, CancellationToken.None)), CancellationToken.None);
        }

        Assert.Equal(Jobs - 1, (await queues.Open(pollSeconds: 0).ReceiveAsync(10, _visibility, CancellationToken.None)).Count);
    }

    /// <summary>The queue has its own clock; the silo's is set forward.</summary>
    [ContractFact]
    public async Task AgeOfWhatComes_IsMeasured_AlsoOfJobsThatAreNotDelivered()
    {
        const int Hour = 3600;
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow().AddSeconds(Hour));
        await using var queues = await SqsQueues.CreateAsync(emulator.CreateClient());
        await using var silo = queues.OpenHost(pollSeconds: 0, configure: null, time);
        var (queue, meters) = (silo.GetRequiredService<IJobQueue>(), silo.GetRequiredService<IMeterFactory>());
        Assert.Empty(await queue.ReceiveAsync(1, _visibility, CancellationToken.None));
        Assert.Equal(0, Age());
        await queue.EnqueueAsync(new VideoJob("a", "one"), CancellationToken.None);
        await queue.EnqueueAsync(new VideoJob("b", "one"), CancellationToken.None);
        await queue.CompleteAsync(Assert.Single(await queue.ReceiveAsync(1, _visibility, CancellationToken.None)), CancellationToken.None);
        var age = Age();
        Assert.True(age > Hour - 5, $"It is {age} s.");
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(0, Age());

        double Age() => Gauges.Read(meters)["ingestion.job.received.age"];
    }

    [Fact]
    public void Options_ReportEveryMistake()
    {
        var options = new SqsJobQueueOptions { ServiceUrl = "nowhere", PollSeconds = 21 };
        var mistakes = new List<ValidationResult>();
        Assert.False(Validator.TryValidateObject(options, new ValidationContext(options), mistakes, validateAllProperties: true));
        Assert.Equal(["DeadLetterQueueUrl", "PollSeconds", "ServiceUrl"], mistakes.SelectMany(mistake => mistake.MemberNames).Order());
        options = new SqsJobQueueOptions { DeadLetterQueueUrl = "http://queue.example/jobs", QueueUrl = "http://queue.example/jobs" };
        Assert.Equal(["DeadLetterQueueUrl"], Assert.Single(options.Validate(new ValidationContext(options))).MemberNames);
        options = new SqsJobQueueOptions { DeadLetterQueueUrl = "http://queue.example/dead", QueueName = "jobs", QueueUrl = "http://queue.example/jobs" };
        Assert.Contains("either", Assert.Single(options.Validate(new ValidationContext(options))).ErrorMessage!, StringComparison.Ordinal);
    }
}
