using System.Security.Cryptography;
using Ingestion.Api.Problems;
using Ingestion.Uploads;
using Microsoft.Extensions.Primitives;

namespace Ingestion.Api.Uploads.Ietf;

/// <summary>One digest of <c>Content-Digest</c> or <c>Repr-Digest</c> (RFC 9530).</summary>
/// <param name="Algorithm">As a hash name.</param>
/// <param name="Value">What the bytes must have.</param>
internal sealed record DigestClaim(HashAlgorithmName Algorithm, byte[] Value)
{
    /// <summary>Taken as the digest of a whole source.</summary>
    public SourceDigest OfSource() => new(Algorithm.Name!, Value);
}

/// <summary>Reads the integrity fields.</summary>
internal static class DigestField
{
    /// <summary>The supported algorithms, the preferred one first, as the preference fields have it.</summary>
    public const string Wanted = "sha-256=10, sha-512=9";

    /// <summary>
    /// The strongest digest of the field that is known here; none when there is no such field. Other algorithms may stand beside it; alone they
    /// would promise a check that is never made, and are refused.
    /// </summary>
    public static (DigestClaim? Claim, Problem? Problem) Read(StringValues values)
    {
        if (values.Count == 0)
            return (null, null);
        if (!StructuredField.TryReadByteSequences(values, out var members))
            return (null, Problem.DigestInvalid);
        if (members.TryGetValue("sha-512", out var value))
            return Claim(HashAlgorithmName.SHA512, value, SHA512.HashSizeInBytes);
        return members.TryGetValue("sha-256", out value) ? Claim(HashAlgorithmName.SHA256, value, SHA256.HashSizeInBytes) : (null, Problem.DigestUnsupported);
    }

    private static (DigestClaim? Claim, Problem? Problem) Claim(HashAlgorithmName algorithm, byte[] value, int length) =>
        value.Length == length ? (new DigestClaim(algorithm, value), null) : (null, Problem.DigestInvalid);
}
