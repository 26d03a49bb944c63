using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Ingestion.Api.Auth;

namespace Ingestion.Api.Status.Events;

/// <summary>
/// The texts of tickets: random, and signed with a key of their own that is derived from the token key. A guessed ticket costs no activation
/// of a grain; every silo can check them.
/// </summary>
internal sealed class Tickets(TokenKeys tokenKeys)
{
    private const int RandomBytes = 16;
    private const int SignatureBytes = 8;
    private const int Bytes = RandomBytes + SignatureBytes;

    // The first one signs.
    private readonly byte[][] _keys =
        [.. tokenKeys.All.Select(key => HKDF.DeriveKey(
            HashAlgorithmName.SHA256, key, HMACSHA256.HashSizeInBytes, info: Encoding.ASCII.GetBytes("ingestion event ticket v1")))];

    public string Make()
    {
        Span<byte> ticket = stackalloc byte[Bytes];
        RandomNumberGenerator.Fill(ticket[..RandomBytes]);
        Sign(_keys[0], ticket[..RandomBytes], ticket[RandomBytes..]);
        return Base64Url.EncodeToString(ticket);
    }

    /// <summary>Whether it was made here, or by another silo; does not show whether it is still valid.</summary>
    public bool IsOurs(string text)
    {
        Span<byte> ticket = stackalloc byte[Bytes];
        if (text.Length != Base64Url.GetEncodedLength(Bytes) || Base64Url.DecodeFromChars(text, ticket, out _, out var written) is not OperationStatus.Done
            || written != Bytes)
            return false;
        Span<byte> signature = stackalloc byte[SignatureBytes];
        foreach (var key in _keys)
        {
            Sign(key, ticket[..RandomBytes], signature);
            if (CryptographicOperations.FixedTimeEquals(signature, ticket[RandomBytes..]))
                return true;
        }

        return false;
    }

    private static void Sign(byte[] key, ReadOnlySpan<byte> random, Span<byte> signature)
    {
        Span<byte> whole = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, random, whole);
        whole[..SignatureBytes].CopyTo(signature);
    }
}
