using Ingestion.Uploads;
using Microsoft.AspNetCore.Connections;

namespace Ingestion.Api.Problems;

/// <summary>
/// The last resort: turns exceptions and bare error statuses of the framework into problem+json, so that no client ever gets another shape.
/// </summary>
internal sealed partial class ProblemMiddleware(RequestDelegate next, ILogger<ProblemMiddleware> logger)
{
    // By then a store has been tried for as long as its options say.
    private static readonly TimeSpan _storageRetry = TimeSpan.FromSeconds(10);

    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (Exception e) when (IsOfAClientThatLeft(e, context))
        {
            // Nobody to answer.
            return;
        }
#pragma warning disable CA1031 // This is where exceptions end.
        catch (Exception e) when (!context.Response.HasStarted)
#pragma warning restore CA1031
        {
            var problem = Of(e);
            if (problem.Status >= 500)
                LogRequestFailed(e, context.Request.Method, context.Request.Path.Value, problem.Code);
            context.Response.Clear();
            await problem.ToResult().ExecuteAsync(context);
            return;
        }

        if (!context.Response.HasStarted && context.Response is { ContentLength: null, ContentType: null } && OfStatus(context.Response.StatusCode) is { } bare)
            await bare.ToResult().ExecuteAsync(context);
    }

    // A read can end by the reset before the request is told that it is aborted.
    private static bool IsOfAClientThatLeft(Exception exception, HttpContext context) =>
        exception is ConnectionResetException or ConnectionAbortedException || (exception is OperationCanceledException && context.RequestAborted.IsCancellationRequested);

    private static Problem Of(Exception exception) => exception switch
    {
        _ when DiskFull.Is(exception) => Problem.StorageFull,
        ObjectStoreUnavailableException => Problem.StorageUnavailable with { RetryAfter = _storageRetry },
        BadHttpRequestException { StatusCode: 408 } => Problem.UploadTooSlow,
        BadHttpRequestException { StatusCode: 413 } => Problem.FileTooLarge,
        BadHttpRequestException => Problem.RequestInvalid,
        TimeoutException or OrleansException => Problem.Unavailable,
        _ => Problem.Internal,
    };

    private static Problem? OfStatus(int status) => status switch
    {
        400 => Problem.RequestInvalid,
        404 => Problem.NotFound,
        405 => Problem.MethodNotAllowed,
        _ => null,
    };

    [LoggerMessage(EventName = "RequestFailed", Level = LogLevel.Error, Message = "{Method} {Path} failed with {Code}")]
    private partial void LogRequestFailed(Exception exception, string method, string? path, string code);
}
