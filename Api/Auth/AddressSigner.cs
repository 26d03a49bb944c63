using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Ingestion.Api.Auth;

/// <summary>
/// Signs what an address without a token allows: anyone with the address may use it. HMAC-SHA256 with a key for this purpose alone, derived from the token key,
/// so that every silo makes and takes the same ones and no signature of one kind passes for another. While keys are rotated, signatures of both are taken.
/// </summary>
/// <param name="tokenKeys">The keys of tokens.</param>
/// <param name="purpose">What is signed, as <c>ingestion direct part v1</c>.</param>
internal sealed class AddressSigner(TokenKeys tokenKeys, string purpose)
{
    // The first one signs.
    private readonly byte[][] _keys = [.. tokenKeys.All.Select(key => HKDF.DeriveKey(
        HashAlgorithmName.SHA256, key, HMACSHA256.HashSizeInBytes, info: Encoding.ASCII.GetBytes(purpose)))];

    public string Sign(string allowed) => Base64Url.EncodeToString(Compute(allowed, _keys[0]));

    /// <summary>In a time that does not depend on how much of it is right.</summary>
    public bool Verify(string allowed, string signature)
    {
        Span<byte> given = stackalloc byte[HMACSHA256.HashSizeInBytes];
        if (signature.Length != Base64Url.GetEncodedLength(given.Length)
            || Base64Url.DecodeFromChars(signature, given, out _, out var written) is not OperationStatus.Done
            || written != given.Length)
            return false;
        foreach (var key in _keys)
        {
            if (CryptographicOperations.FixedTimeEquals(given, Compute(allowed, key)))
                return true;
        }

        return false;
    }

    private static byte[] Compute(string allowed, byte[] key) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(allowed));
}
