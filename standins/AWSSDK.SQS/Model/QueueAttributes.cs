using Amazon.Runtime;

namespace Amazon.SQS.Model;

public class GetQueueAttributesRequest : AmazonSQSRequest
{
    public GetQueueAttributesRequest()
    {
    }

    public GetQueueAttributesRequest(string queueUrl, List<string> attributeNames) => (QueueUrl, AttributeNames) = (queueUrl, attributeNames);

    public string? QueueUrl { get; set; }

    public List<string>? AttributeNames { get; set; }
}

public class GetQueueAttributesResponse : AmazonWebServiceResponse
{
    /// <summary>Those asked for that the queue has; null when none.</summary>
    public Dictionary<string, string>? Attributes { get; set; }
}

public class SetQueueAttributesRequest : AmazonSQSRequest
{
    public SetQueueAttributesRequest()
    {
    }

    public SetQueueAttributesRequest(string queueUrl, Dictionary<string, string> attributes) => (QueueUrl, Attributes) = (queueUrl, attributes);

    public string? QueueUrl { get; set; }

    public Dictionary<string, string>? Attributes { get; set; }
}

public class SetQueueAttributesResponse : AmazonWebServiceResponse;
