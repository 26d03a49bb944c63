using Ingestion.Api.Problems;

namespace Ingestion.Api.OpenApi;

/// <summary>Problems that requests meet before or beneath their endpoint: described once, here.</summary>
internal static class CommonProblems
{
    private static readonly Problem[] _authorised =
        [Problem.TokenMissing, Problem.TokenInvalid, Problem.TokenExpired, Problem.TokenRevoked, Problem.ScopeMissing, Problem.RateLimited];

    // By the middleware, the exception handler, and the grains and stores under every endpoint.
    private static readonly Problem[] _api =
        [Problem.RequestInvalid, Problem.HostInvalid, Problem.MethodOverrideInvalid, Problem.Internal, Problem.Unavailable, Problem.StorageUnavailable,
            Problem.StorageFull];

    private static readonly Problem[] _query = [Problem.QueryParameterUnknown, Problem.QueryParameterRepeated];

    // The server ends a body that comes too slowly or is too long, wherever it is read.
    private static readonly Problem[] _body =
        [Problem.UploadTooSlow, Problem.FileTooLarge, Problem.TransferCodingUnsupported, Problem.ContentCodingUnsupported];

    private static readonly Problem[] _unsafe = [Problem.PreconditionFailed];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Problem> All { get; } = [.. _authorised, .. _api, .. _query, .. _body, .. _unsafe];

    public static IEnumerable<Problem> Of(bool isOfApi, bool needsToken, bool hasBody, bool checksQuery, bool isSafe)
    {
        if (!isOfApi)
            return [Problem.Internal, Problem.HostInvalid, Problem.MethodOverrideInvalid];
        return [.. needsToken ? _authorised : [], .. _api, .. checksQuery ? _query : [], .. hasBody ? _body : [], .. isSafe ? [] : _unsafe];
    }
}
