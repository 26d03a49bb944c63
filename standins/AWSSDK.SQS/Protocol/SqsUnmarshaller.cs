using System.Net;
using System.Text.Json;
using Amazon.Runtime;
using Amazon.Runtime.Internal.Transform;
using Amazon.Runtime.Internal.Util;
using Amazon.SQS.Model;
using Amazon.Util;

namespace Amazon.SQS.Internal;

/// <summary>Turns an HTTP response into a response or an exception.</summary>
internal sealed class SqsUnmarshaller<TResponse> : JsonResponseUnmarshaller
    where TResponse : AmazonWebServiceResponse, new()
{
    public static readonly SqsUnmarshaller<TResponse> Instance = new();

    public override AmazonWebServiceResponse Unmarshall(JsonUnmarshallerContext context)
    {
        using var body = new MemoryStream();
        context.Stream.CopyTo(body);
        // Operations that answer nothing may answer no body at all.
        return body.Length == 0
            ? new TResponse()
            : JsonSerializer.Deserialize<TResponse>(body.GetBuffer().AsSpan(0, (int)body.Length), SqsJson.Options) ?? new TResponse();
    }

    public override AmazonServiceException UnmarshallException(JsonUnmarshallerContext context, Exception innerException, HttpStatusCode statusCode)
    {
        var reader = new StreamingUtf8JsonReader(context.Stream);
        var error = JsonErrorResponseUnmarshaller.GetInstance().Unmarshall(context, ref reader);
        var shape = error.Code;
        var (code, type) = QueryError(context.ResponseData) ?? (error.Code, error.Type);
        return shape switch
        {
            "QueueDoesNotExist" => new QueueDoesNotExistException(error.Message, innerException, type, code, error.RequestId, statusCode),
            "MessageNotInflight" => new MessageNotInflightException(error.Message, innerException, type, code, error.RequestId, statusCode),
            "ReceiptHandleIsInvalid" => new ReceiptHandleIsInvalidException(error.Message, innerException, type, code, error.RequestId, statusCode),
            "QueueNameExists" => new QueueNameExistsException(error.Message, innerException, type, code, error.RequestId, statusCode),
            "PurgeQueueInProgress" => new PurgeQueueInProgressException(error.Message, innerException, type, code, error.RequestId, statusCode),
            _ => new AmazonSQSException(error.Message, innerException, type, code, error.RequestId, statusCode),
        };
    }

    /// <summary>The code of the query protocol and whose fault it is, from a header such as "AWS.SimpleQueueService.NonExistentQueue;Sender".</summary>
    private static (string Code, ErrorType Type)? QueryError(IWebResponseData response)
    {
        if (!response.IsHeaderPresent(HeaderKeys.XAmzQueryError) || response.GetHeaderValue(HeaderKeys.XAmzQueryError).Split(';') is not [var code, var fault])
            return null;
        return (code, Enum.TryParse<ErrorType>(fault, out var type) ? type : ErrorType.Unknown);
    }
}
