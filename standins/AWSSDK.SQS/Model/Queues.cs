using System.Text.Json.Serialization;
using Amazon.Runtime;

namespace Amazon.SQS.Model;

public class CreateQueueRequest : AmazonSQSRequest
{
    public CreateQueueRequest()
    {
    }

    public CreateQueueRequest(string queueName) => QueueName = queueName;

    public string? QueueName { get; set; }

    /// <summary>By <see cref="QueueAttributeName"/>; the redrive policy is JSON.</summary>
    public Dictionary<string, string>? Attributes { get; set; }

    // The service spells this one field of this one request in lower case.
    [JsonPropertyName("tags")]
    public Dictionary<string, string>? Tags { get; set; }
}

public class CreateQueueResponse : AmazonWebServiceResponse
{
    public string? QueueUrl { get; set; }
}

public class DeleteQueueRequest : AmazonSQSRequest
{
    public DeleteQueueRequest()
    {
    }

    public DeleteQueueRequest(string queueUrl) => QueueUrl = queueUrl;

    public string? QueueUrl { get; set; }
}

public class DeleteQueueResponse : AmazonWebServiceResponse;

public class GetQueueUrlRequest : AmazonSQSRequest
{
    public GetQueueUrlRequest()
    {
    }

    public GetQueueUrlRequest(string queueName) => QueueName = queueName;

    public string? QueueName { get; set; }

    public string? QueueOwnerAWSAccountId { get; set; }
}

public class GetQueueUrlResponse : AmazonWebServiceResponse
{
    public string? QueueUrl { get; set; }
}

public class PurgeQueueRequest : AmazonSQSRequest
{
    public string? QueueUrl { get; set; }
}

public class PurgeQueueResponse : AmazonWebServiceResponse;
