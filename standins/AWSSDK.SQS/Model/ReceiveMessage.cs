using Amazon.Runtime;

namespace Amazon.SQS.Model;

public class ReceiveMessageRequest : AmazonSQSRequest
{
    public ReceiveMessageRequest()
    {
    }

    public ReceiveMessageRequest(string queueUrl) => QueueUrl = queueUrl;

    public string? QueueUrl { get; set; }

    /// <summary>1 to 10; 1 when null.</summary>
    public int? MaxNumberOfMessages { get; set; }

    /// <summary>Seconds, 0 to 43,200; the queue's own when null.</summary>
    public int? VisibilityTimeout { get; set; }

    /// <summary>Seconds of long polling, 0 to 20; the queue's own when null.</summary>
    public int? WaitTimeSeconds { get; set; }

    public List<string>? MessageAttributeNames { get; set; }

    public List<string>? MessageSystemAttributeNames { get; set; }
}

public class ReceiveMessageResponse : AmazonWebServiceResponse
{
    /// <summary>Null when none came.</summary>
    public List<Message>? Messages { get; set; }
}

public class Message
{
    public string? MessageId { get; set; }

    public string? ReceiptHandle { get; set; }

    public string? Body { get; set; }

    public string? MD5OfBody { get; set; }

    /// <summary>The system attributes that were asked for.</summary>
    public Dictionary<string, string>? Attributes { get; set; }

    public Dictionary<string, MessageAttributeValue>? MessageAttributes { get; set; }
}
