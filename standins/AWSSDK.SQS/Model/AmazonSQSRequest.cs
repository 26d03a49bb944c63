using Amazon.Runtime;

namespace Amazon.SQS.Model;

/// <summary>Base of all requests.</summary>
public class AmazonSQSRequest : AmazonWebServiceRequest;
