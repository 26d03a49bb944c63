using System.Data.Common;
using System.Net.Sockets;
using Ingestion.Api.Http;
using Ingestion.Api.Stopping;
using Ingestion.Uploads;
using Ingestion.Videos;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Diagnostics;

namespace Ingestion.Api.Problems;

/// <summary>Turns exceptions into problem+json, so that no client ever gets another shape.</summary>
internal sealed partial class ExceptionProblems(TimeProvider time, ILogger<ExceptionProblems> logger) : IExceptionHandler
{
    // Idle connections go within about this time.
    private static readonly TimeSpan _filesRetry = TimeSpan.FromSeconds(5);

    // The grains of a silo that has gone are in another one within seconds, and calls that may be repeated wait for that.
    private static readonly TimeSpan _siloRetry = TimeSpan.FromSeconds(1);

    // While a store is unavailable every upload fails, and clients retry.
    private readonly LinePace _lines = new(TimeSpan.FromSeconds(1), time);

    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        // Nothing reaches a client that left.
        if (IsOfAClientThatLeft(exception, httpContext))
            return true;
        var problem = Of(exception);
        if (problem.Status >= 500 && exception is not RequestCutException && _lines.Count(problem.Code) is { } requests)
            LogRequestFailed(exception, httpContext.Request.Method, httpContext.Request.Path.Value, problem.Code, requests);
        try
        {
            await problem.ToResult().ExecuteAsync(httpContext);
        }
        catch (Exception e) when (IsOfAClientThatLeft(e, httpContext))
        {
            // It ended its request in the middle and did not wait for the answer.
        }

        return true;
    }

    // A read can end by the reset before the request's abort token is cancelled.
    private static bool IsOfAClientThatLeft(Exception exception, HttpContext context) =>
        exception is ConnectionResetException or ConnectionAbortedException
            || (exception is OperationCanceledException or IOException or SocketException && context.RequestAborted.IsCancellationRequested);

    private static Problem Of(Exception exception) => exception switch
    {
        _ when DiskFull.Is(exception) => Problem.StorageFull,
        _ when OpenFilesExhausted.Is(exception) => Problem.Unavailable with { RetryAfter = _filesRetry },
        ObjectStoreUnavailableException => Problem.StorageUnavailable,
        RequestCutException => Problem.UploadInterrupted,
        JobQueueUnavailableException => Problem.JobQueueUnavailable,
        BadHttpRequestException { StatusCode: 408 } => Problem.UploadTooSlow,
        BadHttpRequestException { StatusCode: 413 } => Problem.FileTooLarge,
        BadHttpRequestException => Problem.RequestInvalid,
        OrleansMessageRejectionException => Problem.Unavailable with { RetryAfter = _siloRetry },
        // Grain state has an exception of its own; what else reads the database has not.
        StateUnavailableException or DbException or TimeoutException or OrleansException => Problem.Unavailable,
        // The client waits, so something of ours gave up: a grain was not found a place in time, as after a silo has gone.
        OperationCanceledException => Problem.Unavailable,
        _ => Problem.Internal,
    };

    [LoggerMessage(EventName = "RequestFailed", Level = LogLevel.Error,
        Message = "{Method} {Path} failed with {Code}; {Requests} requests did since the last such line")]
    private partial void LogRequestFailed(Exception exception, string method, string? path, string code, long requests);
}
