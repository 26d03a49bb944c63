using Ingestion.Api.Problems;
using Microsoft.AspNetCore.Http.Headers;
using Microsoft.Net.Http.Headers;

namespace Ingestion.Api.Http;

/// <summary>What the conditions of a request come to.</summary>
internal enum PreconditionOutcome
{
    /// <summary>Do what is requested.</summary>
    Go,

    /// <summary>304: the client has it.</summary>
    NotModified,

    /// <summary>412: it is not what the client takes it for.</summary>
    Failed,
}

/// <summary>Conditional requests (RFC 9110, section 13).</summary>
internal static class Preconditions
{
    /// <summary>For GET and HEAD of something that has an ETag and a date, in the order of section 13.2.2.</summary>
    public static PreconditionOutcome Of(RequestHeaders request, EntityTagHeaderValue tag, DateTimeOffset modified)
    {
        // Dates of HTTP have whole seconds.
        var seconds = modified.ToUnixTimeSeconds();
        var isExpected = request.IfMatch.Count > 0
            ? request.IfMatch.Any(known => known.Equals(EntityTagHeaderValue.Any) || known.Compare(tag, useStrongComparison: true))
            : request.IfUnmodifiedSince is not { } until || seconds <= until.ToUnixTimeSeconds();
        if (!isExpected)
            return PreconditionOutcome.Failed;
        var isKnown = request.IfNoneMatch.Count > 0
            ? request.IfNoneMatch.Any(known => known.Equals(EntityTagHeaderValue.Any) || known.Compare(tag, useStrongComparison: false))
            : request.IfModifiedSince is { } since && seconds <= since.ToUnixTimeSeconds();
        return isKnown ? PreconditionOutcome.NotModified : PreconditionOutcome.Go;
    }

    /// <summary>
    /// Everything else has no ETag that could match: a method that changes something must not be performed for a client that takes it for another version.
    /// </summary>
    public static void UsePreconditions(this IApplicationBuilder app) => app.Use((context, next) =>
        IsSafe(context.Request.Method) || context.GetEndpoint() is not RouteEndpoint || context.Request.Headers.IfMatch.Count == 0
            || context.GetEndpoint()?.Metadata.GetMetadata<HasVersion>() is not null
            || context.Request.GetTypedHeaders().IfMatch.Any(known => known.Equals(EntityTagHeaderValue.Any))
            ? next(context)
            : Problem.PreconditionFailed.ToResult("Nothing that can be changed here has an ETag; If-Match can only be *.").ExecuteAsync(context));

    private static bool IsSafe(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method);
}

/// <summary>On an endpoint that changes something with an ETag, and looks at <c>If-Match</c> itself.</summary>
internal sealed record HasVersion;
