using System.Text.Json;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Transform;
using Amazon.SQS.Model;
using Amazon.Util;

namespace Amazon.SQS.Internal;

/// <summary>Turns a request into an HTTP request of the AWS JSON 1.0 protocol. The operation is the type's name without "Request".</summary>
internal sealed class SqsMarshaller<TRequest> : IMarshaller<IRequest, AmazonWebServiceRequest>
    where TRequest : AmazonSQSRequest
{
    public static readonly SqsMarshaller<TRequest> Instance = new();

    private static readonly string _target = "AmazonSQS." + typeof(TRequest).Name[..^"Request".Length];

    public IRequest Marshall(AmazonWebServiceRequest input)
    {
        var request = new DefaultRequest(input, "Amazon.SQS")
        {
            HttpMethod = "POST",
            ResourcePath = "/",
            Content = JsonSerializer.SerializeToUtf8Bytes((TRequest)input, SqsJson.Options),
        };
        request.Headers["X-Amz-Target"] = _target;
        request.Headers[HeaderKeys.ContentTypeHeader] = "application/x-amz-json-1.0";
        request.Headers[HeaderKeys.XAmzApiVersion] = "2012-11-05";
        // Asks for the error codes of the older query protocol, which are the ones that callers know.
        request.Headers["x-amzn-query-mode"] = "true";
        return request;
    }
}
