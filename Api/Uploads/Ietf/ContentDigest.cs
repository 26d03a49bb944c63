using System.Security.Cryptography;
using Ingestion.Api.Problems;
using Ingestion.Api.Uploads.Sessions;

namespace Ingestion.Api.Uploads.Ietf;

/// <summary><c>Content-Digest</c>: a digest over the body of one request.</summary>
internal sealed class ContentDigest(DigestClaim claim) : IBodyDigest, IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(claim.Algorithm);

    /// <summary>The request's digest; neither it nor a problem when there is none.</summary>
    public static (ContentDigest? Digest, Problem? Problem) Of(HttpRequest request)
    {
        var (claim, problem) = DigestField.Read(request.Headers[IetfFields.ContentDigest]);
        return (claim is null ? null : new ContentDigest(claim), problem);
    }

    public void Append(ReadOnlySpan<byte> bytes) => _hash.AppendData(bytes);

    public Problem? Verify(HttpRequest request) => _hash.GetHashAndReset().AsSpan().SequenceEqual(claim.Value) ? null : Problem.DigestMismatch;

    public void Dispose() => _hash.Dispose();
}
