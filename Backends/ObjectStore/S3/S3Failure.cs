using System.Net;
using Amazon.Runtime;
using Ingestion.Uploads;

namespace Ingestion.Backends.ObjectStore.S3;

/// <summary>What to make of an answer that is not a success, whether the SDK or we sent the request.</summary>
internal static class S3Failure
{
    // Answered with 4xx, yet about the connection or the moment and not about the request.
    private static readonly HashSet<string> _passing =
        ["RequestTimeout", "RequestTimeoutException", "SlowDown", "Throttling", "ThrottlingException", "TooManyRequests", "BadDigest",
            "XAmzContentChecksumMismatch", "OperationAborted"];

    private static readonly HashSet<string> _full =
        ["QuotaExceeded", "QuotaExceededException", "XMinioStorageFull", "XMinioAdminBucketQuotaExceeded", "StorageFull", "InsufficientStorage",
            "InsufficientCapacity"];

    /// <summary>Whether the same request may succeed in a moment.</summary>
    public static bool IsPassing(Exception error) => error switch
    {
        ObjectStoreFullException => false,
        S3StoreException { Status: null } => true,
        S3StoreException e => IsPassing(e.Status!.Value, e.Code),
        AmazonServiceException { StatusCode: 0 } => true,
        AmazonServiceException e => IsPassing(e.StatusCode, e.ErrorCode),
        HttpRequestException or IOException or TimeoutException => true,
        _ => false,
    };

    /// <summary>Whether less at once would have done better: no answer in time, or the store says so.</summary>
    public static bool IsTooMuch(Exception error) =>
        error is TimeoutException || Of(error) is (HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests, _) or (_, "SlowDown");

    public static bool IsFull(HttpStatusCode? status, string? code) =>
        status is HttpStatusCode.InsufficientStorage || (code is not null && _full.Contains(code));

    /// <summary>The store's answer; null where there was none.</summary>
    public static (HttpStatusCode? Status, string? Code) Of(Exception error) => error switch
    {
        S3StoreException e => (e.Status, e.Code),
        AmazonServiceException { StatusCode: not 0 } e => (e.StatusCode, e.ErrorCode),
        _ => (null, null),
    };

    /// <summary>The error to report for good.</summary>
    public static Exception Final(string operation, Exception error)
    {
        var (status, code) = Of(error);
        if (error is ObjectStoreFullException)
            return error;
        if (IsFull(status, code))
            return new ObjectStoreFullException($"The object store is full: {code ?? "507"}.", error);
        return error as S3StoreException ?? new S3StoreException(operation, status, code, error);
    }

    private static bool IsPassing(HttpStatusCode status, string? code)
    {
        if (IsFull(status, code) || status is HttpStatusCode.NotImplemented)
            return false;
        return (int)status >= 500 || status is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout || (code is not null && _passing.Contains(code));
    }
}
