using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Ingestion.Api.Auth;

namespace Ingestion.Api.Uploads.Direct;

/// <summary>What a signed address allows: one part of one upload, of exactly this size, until then.</summary>
/// <param name="UploadId">The upload.</param>
/// <param name="Number">The part.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="Expires">Unix seconds.</param>
internal readonly record struct PartGrant(string UploadId, int Number, long Length, long Expires);

/// <summary>
/// Signs addresses that take a part without a token: anyone with the address may use it. HMAC-SHA256 with a key of its own, derived from the token key, so
/// that every silo makes and takes the same ones and no signature of one kind passes for the other. While keys are rotated, addresses of both are taken.
/// </summary>
internal sealed class PartSigner(TokenKeys tokenKeys)
{
    // The first one signs.
    private readonly byte[][] _keys =
        [.. tokenKeys.All.Select(key => HKDF.DeriveKey(
            HashAlgorithmName.SHA256, key, HMACSHA256.HashSizeInBytes, info: "ingestion direct part v1"u8.ToArray()))];

    public string Sign(PartGrant grant) => Base64Url.EncodeToString(Compute(grant, _keys[0]));

    /// <summary>In a time that does not depend on how much of it is right.</summary>
    public bool Verify(PartGrant grant, string signature)
    {
        Span<byte> given = stackalloc byte[HMACSHA256.HashSizeInBytes];
        if (signature.Length != Base64Url.GetEncodedLength(given.Length)
            || Base64Url.DecodeFromChars(signature, given, out _, out var written) is not OperationStatus.Done
            || written != given.Length)
            return false;
        foreach (var key in _keys)
        {
            if (CryptographicOperations.FixedTimeEquals(given, Compute(grant, key)))
                return true;
        }

        return false;
    }

    private static byte[] Compute(PartGrant grant, byte[] key) => HMACSHA256.HashData(
        key, Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{grant.UploadId}\n{grant.Number}\n{grant.Length}\n{grant.Expires}")));
}
