using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Ingestion.Api.Auth;

/// <summary>The signing key, and during a rotation a second accepted key.</summary>
/// <param name="First">Signs and verifies.</param>
/// <param name="Second">Only verifies; null: there is none.</param>
internal sealed record TokenKeys(byte[] First, byte[]? Second)
{
    private const int KidBytes = 6;

    public IEnumerable<byte[]> All => Second is null ? [First] : [First, Second];

    /// <summary>The key's name in the header of a token. It is derived, so that every silo uses the same one; the key can't be computed from it.</summary>
    public static string KidOf(byte[] key) =>
        Base64Url.EncodeToString(HKDF.DeriveKey(HashAlgorithmName.SHA256, key, KidBytes, info: Encoding.ASCII.GetBytes("ingestion token kid v1")));

    // A record would print its keys.
    public override string ToString() => nameof(TokenKeys);
}
