using Ingestion.Uploads;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Diagnostics;

namespace Ingestion.Api.Problems;

/// <summary>Turns exceptions into problem+json, so that no client ever gets another shape.</summary>
internal sealed partial class ExceptionProblems(ILogger<ExceptionProblems> logger) : IExceptionHandler
{
    // By then a store has been tried for as long as its options say.
    private static readonly TimeSpan _storageRetry = TimeSpan.FromSeconds(10);

    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        // Nothing reaches a client that left.
        if (IsOfAClientThatLeft(exception, httpContext))
            return true;
        var problem = Of(exception);
        if (problem.Status >= 500)
            LogRequestFailed(exception, httpContext.Request.Method, httpContext.Request.Path.Value, problem.Code);
        await problem.ToResult().ExecuteAsync(httpContext);
        return true;
    }

    // A read can end by the reset before the request's abort token is cancelled.
    private static bool IsOfAClientThatLeft(Exception exception, HttpContext context) =>
        exception is ConnectionResetException or ConnectionAbortedException || (exception is OperationCanceledException && context.RequestAborted.IsCancellationRequested);

    private static Problem Of(Exception exception) => exception switch
    {
        _ when DiskFull.Is(exception) => Problem.StorageFull,
        ObjectStoreUnavailableException => Problem.StorageUnavailable with { RetryAfter = _storageRetry },
        BadHttpRequestException { StatusCode: 408 } => Problem.UploadTooSlow,
        BadHttpRequestException { StatusCode: 413 } => Problem.FileTooLarge,
        BadHttpRequestException => Problem.RequestInvalid,
        StateUnavailableException or TimeoutException or OrleansException => Problem.Unavailable,
        _ => Problem.Internal,
    };

    [LoggerMessage(EventName = "RequestFailed", Level = LogLevel.Error, Message = "{Method} {Path} failed with {Code}")]
    private partial void LogRequestFailed(Exception exception, string method, string? path, string code);
}
