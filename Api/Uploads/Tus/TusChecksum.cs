using System.Buffers.Binary;
using System.IO.Hashing;
using System.Security.Cryptography;
using Ingestion.Api.Problems;
using Ingestion.Api.Uploads.Sessions;
using Microsoft.Extensions.Primitives;

namespace Ingestion.Api.Uploads.Tus;

/// <summary>
/// <c>Upload-Checksum: algorithm base64</c> over the body of one request, in its head or, when the head promises that, in its trailer. Which
/// algorithm a trailer will name is unknown while the bytes come: all of them run then.
/// </summary>
internal sealed class TusChecksum : IBodyDigest, IDisposable
{
    /// <summary>The supported algorithms, as <c>Tus-Checksum-Algorithm</c> lists them.</summary>
    public const string Algorithms = "sha1,sha256,sha512,crc32";

    private readonly IncrementalHash? _sha1;
    private readonly IncrementalHash? _sha256;
    private readonly IncrementalHash? _sha512;
    private readonly Crc32? _crc32;
    private readonly Claim? _claim;

    private TusChecksum(Claim? claim)
    {
        _claim = claim;
        if (claim?.Algorithm is null or "sha1")
#pragma warning disable CA5350 // The protocol makes it mandatory; it guards against accidents here, not against people.
            _sha1 = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
#pragma warning restore CA5350
        if (claim?.Algorithm is null or "sha256")
            _sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        if (claim?.Algorithm is null or "sha512")
            _sha512 = IncrementalHash.CreateHash(HashAlgorithmName.SHA512);
        if (claim?.Algorithm is null or "crc32")
            _crc32 = new Crc32();
    }

    /// <summary>The request's checksum; neither it nor a problem when there is none.</summary>
    public static (TusChecksum? Checksum, Problem? Problem) Read(HttpRequest request)
    {
        var given = request.Headers[TusHeaders.Checksum];
        var promised = IsPromised(request.Headers.Trailer);
        if (given.Count == 0 && !promised)
            return (null, null);
        // Two checksums could differ, and a body of a known length has no trailer in HTTP/1.
        if (promised && (given.Count > 0 || (request.ContentLength is not null && HttpProtocol.IsHttp11(request.Protocol))))
            return (null, Problem.ChecksumInvalid);
        if (promised)
            return (new TusChecksum(claim: null), null);
        var (claim, problem) = Claim.Read(given);
        return problem is null ? (new TusChecksum(claim), null) : (null, problem);
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        _sha1?.AppendData(bytes);
        _sha256?.AppendData(bytes);
        _sha512?.AppendData(bytes);
        _crc32?.Append(bytes);
    }

    public Problem? Verify(HttpRequest request)
    {
        var (claim, problem) = _claim is null ? Claim.Read(request.GetTrailer(TusHeaders.Checksum)) : (_claim, null);
        if (problem is not null)
            return problem;
        return Compute(claim!.Algorithm).AsSpan().SequenceEqual(claim.Value) ? null : Problem.ChecksumMismatch;
    }

    public void Dispose()
    {
        _sha1?.Dispose();
        _sha256?.Dispose();
        _sha512?.Dispose();
    }

    private byte[] Compute(string algorithm)
    {
        if (algorithm == "sha1")
            return _sha1!.GetHashAndReset();
        if (algorithm == "sha256")
            return _sha256!.GetHashAndReset();
        if (algorithm == "sha512")
            return _sha512!.GetHashAndReset();
        var value = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(value, _crc32!.GetCurrentHashAsUInt32());
        return value;
    }

    private static bool IsPromised(StringValues trailer)
    {
        foreach (var field in trailer)
        {
            foreach (var name in (field ?? "").Split(',', StringSplitOptions.TrimEntries))
            {
                if (name.Equals(TusHeaders.Checksum, StringComparison.OrdinalIgnoreCase))
                    return true;
            }
        }

        return false;
    }

    /// <summary>The checksum that the client declared.</summary>
    private sealed record Claim(string Algorithm, byte[] Value)
    {
        public static (Claim? Claim, Problem? Problem) Read(StringValues values)
        {
            if (values is not [{ } text] || text.Split(' ') is not [{ Length: > 0 } algorithm, { Length: > 0 } encoded])
                return (null, Problem.ChecksumInvalid);
            // RFC 9530 writes these with a hyphen, and so do some clients.
            algorithm = algorithm switch { "sha-1" or "sha" => "sha1", "sha-256" => "sha256", "sha-512" => "sha512", _ => algorithm };
            if (LengthOf(algorithm) is not { } length)
                return (null, Problem.ChecksumAlgorithmUnknown);
            var value = new byte[length];
            return Convert.TryFromBase64String(encoded, value, out var written) && written == length
                ? (new Claim(algorithm, value), null)
                : (null, Problem.ChecksumInvalid);
        }

        private static int? LengthOf(string algorithm) => algorithm switch
        {
            "sha1" => SHA1.HashSizeInBytes,
            "sha256" => SHA256.HashSizeInBytes,
            "sha512" => SHA512.HashSizeInBytes,
            "crc32" => sizeof(uint),
            _ => null,
        };
    }
}
