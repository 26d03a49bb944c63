using System.Collections.Concurrent;
using System.Net;
using Amazon.Runtime;
using Amazon.SQS;
using Amazon.SQS.Model;
using Ingestion.Tests.Shared;
using Xunit;

namespace Ingestion.Tests.JobQueues.SqsQueue;

/// <summary>The client itself, the stand-in or the package: what the adapter does not use, and what it takes for granted.</summary>
[NeedsPrograms(NpmServer.Node, NpmServer.Npm)]
public sealed class SqsClientTests(SqsEmulator emulator) : IClassFixture<SqsEmulator>
{
    [ContractFact]
    public async Task Batches_SendAndDelete()
    {
        using var client = emulator.CreateClient();
        var queue = await NewQueueAsync(client);
        var sent = await client.SendMessageBatchAsync(new SendMessageBatchRequest(queue, [new("1", "one <&> \u00e9"), new("2", "two")]));
        Assert.Equal(["1", "2"], sent.Successful!.Select(entry => entry.Id).Order());
        Assert.Empty(sent.Failed ?? []);

        var messages = (await client.ReceiveMessageAsync(new ReceiveMessageRequest(queue) { MaxNumberOfMessages = 10 })).Messages!;
        Assert.Equal(["one <&> \u00e9", "two"], messages.Select(message => message.Body).Order());
        var entries = messages.Select((message, n) => new DeleteMessageBatchRequestEntry($"{n}", message.ReceiptHandle!)).ToList();
        Assert.Equal(2, (await client.DeleteMessageBatchAsync(new DeleteMessageBatchRequest(queue, entries))).Successful!.Count);
        Assert.Null((await client.ReceiveMessageAsync(queue)).Messages);
    }

    [ContractFact]
    public async Task MessageAttributes_TravelWithTheMessage()
    {
        using var client = emulator.CreateClient();
        var queue = await NewQueueAsync(client);
        await client.SendMessageAsync(new SendMessageRequest(queue, "body")
        {
            MessageAttributes = new() { ["kind"] = new MessageAttributeValue { DataType = "String", StringValue = "job" } },
        });
        var message = Assert.Single((await client.ReceiveMessageAsync(new ReceiveMessageRequest(queue) { MessageAttributeNames = ["All"] })).Messages!);
        Assert.Equal("job", message.MessageAttributes!["kind"].StringValue);
    }

    [ContractFact]
    public async Task RedrivePolicy_MovesAMessage_AfterItsLastReceive()
    {
        using var client = emulator.CreateClient();
        var dead = await NewQueueAsync(client);
        var arn = (await client.GetQueueAttributesAsync(dead, [QueueAttributeName.QueueArn])).Attributes![QueueAttributeName.QueueArn];
        var created = await client.CreateQueueAsync(new CreateQueueRequest(Guid.NewGuid().ToString("N"))
        {
            Attributes = new()
            {
                [QueueAttributeName.VisibilityTimeout] = "0",
                [QueueAttributeName.RedrivePolicy] = $$"""{"deadLetterTargetArn":"{{arn}}","maxReceiveCount":1}""",
            },
        });
        await client.SendMessageAsync(created.QueueUrl!, "poison");
        await client.ReceiveMessageAsync(created.QueueUrl!);
        await client.ReceiveMessageAsync(created.QueueUrl!);
        Assert.Equal("poison", Assert.Single((await client.ReceiveMessageAsync(dead)).Messages!).Body);
    }

    [ContractFact]
    public async Task Queue_CanBeChangedPurgedAndDeleted()
    {
        using var client = emulator.CreateClient();
        var queue = await NewQueueAsync(client);
        await client.SetQueueAttributesAsync(queue, new() { [QueueAttributeName.VisibilityTimeout] = "77" });
        Assert.Equal("77", (await client.GetQueueAttributesAsync(queue, [QueueAttributeName.All])).Attributes!["VisibilityTimeout"]);
        await client.SendMessageAsync(queue, "body");
        Assert.Equal(HttpStatusCode.OK, (await client.PurgeQueueAsync(queue)).HttpStatusCode);
        Assert.Null((await client.ReceiveMessageAsync(queue)).Messages);
        await client.DeleteQueueAsync(queue);
        var error = await Assert.ThrowsAsync<QueueDoesNotExistException>(() => client.GetQueueUrlAsync(queue.Split('/')[^1]));
        Assert.Equal((HttpStatusCode.BadRequest, ErrorType.Sender), (error.StatusCode, error.ErrorType));
        Assert.Contains("NonExistentQueue", error.ErrorCode, StringComparison.Ordinal);
    }

    [ContractFact]
    public async Task Requests_AreSignedAndNamed()
    {
        var wire = new Wire();
        using var client = emulator.CreateClient(config => config.HttpClientFactory = wire);
        await NewQueueAsync(client);
        var request = Assert.Single(wire.Requests);
        Assert.Equal("AmazonSQS.CreateQueue", request["X-Amz-Target"]);
        Assert.Matches("^AWS4-HMAC-SHA256 Credential=test/[0-9]{8}/us-east-1/sqs/aws4_request, SignedHeaders=.*x-amz-target.*, Signature=[0-9a-f]{64}$", request["Authorization"]);
    }

    [ContractFact]
    public async Task Request_IsSentAgain_WhenTheServiceFails()
    {
        var wire = new Wire { Failures = 2 };
        using var client = emulator.CreateClient(config => config.HttpClientFactory = wire);
        await NewQueueAsync(client);
        Assert.Equal(3, wire.Requests.Count);
    }

    [ContractFact]
    public async Task Error_IsThrown_WhenTheServiceGoesOnFailing()
    {
        var wire = new Wire { Failures = int.MaxValue };
        using var client = emulator.CreateClient(config => (config.HttpClientFactory, config.MaxErrorRetry) = (wire, 1));
        var error = await Assert.ThrowsAsync<AmazonSQSException>(() => NewQueueAsync(client));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, error.StatusCode);
        Assert.Equal(2, wire.Requests.Count);
    }

    private static async Task<string> NewQueueAsync(AmazonSQSClient client) => (await client.CreateQueueAsync(Guid.NewGuid().ToString("N"))).QueueUrl!;

    /// <summary>Sits between client and emulator: notes the headers, and fails the first requests.</summary>
    private sealed class Wire : HttpClientFactory
    {
        private int _sent;

        public int Failures { get; init; }

        public ConcurrentQueue<Dictionary<string, string>> Requests { get; } = [];

        public override HttpClient CreateHttpClient(IClientConfig clientConfig) => new(new Handler(this));

        private sealed class Handler(Wire wire) : DelegatingHandler(new SocketsHttpHandler())
        {
            protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
            {
                wire.Requests.Enqueue(request.Headers.NonValidated.ToDictionary(header => header.Key, header => header.Value.ToString()));
                return Interlocked.Increment(ref wire._sent) <= wire.Failures
                    ? new HttpResponseMessage(HttpStatusCode.ServiceUnavailable) { Content = new StringContent(""), RequestMessage = request }
                    : await base.SendAsync(request, cancellationToken);
            }
        }
    }
}
