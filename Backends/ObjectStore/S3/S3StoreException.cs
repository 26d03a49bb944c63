using System.Net;
using Ingestion.Uploads;

namespace Ingestion.Backends.ObjectStore.S3;

/// <summary>The store refused a request, or failed for longer than it is tried. Addresses of requests are signed and never part of it.</summary>
internal sealed class S3StoreException(string operation, HttpStatusCode? status, string? code, Exception? inner = null)
    : ObjectStoreUnavailableException(
        $"The object store failed to {operation}: {code ?? inner?.Message ?? "no answer"}{(status is { } s ? $" ({(int)s})" : "")}.",
        inner)
{
    public HttpStatusCode? Status => status;

    /// <summary>The store's own code, such as <c>SlowDown</c>; null where it gave none.</summary>
    public string? Code => code;
}
