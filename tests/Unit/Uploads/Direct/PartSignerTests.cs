using System.Security.Cryptography;
using Ingestion.Api.Auth;
using Ingestion.Api.Uploads.Direct;

namespace Ingestion.Tests.Unit.Uploads.Direct;

public class PartSignerTests
{
    private const string Id = "0123456789abcdef0123456789abcdef";

    private static readonly byte[] _tokenKey = RandomNumberGenerator.GetBytes(32);
    private static readonly PartGrant _grant = new(Id, 7, 1_000, 2_000_000_000);

    [Fact]
    public void Signature_IsTaken_WhenAnotherSiloOfTheSameKeyMadeIt() =>
        Assert.True(new PartSigner(new TokenKeys(_tokenKey, null)).Verify(_grant, new PartSigner(new TokenKeys([.. _tokenKey], null)).Sign(_grant)));

    public static TheoryData<string> Changes() => ["id", "number", "length", "expires"];

    [Theory]
    [MemberData(nameof(Changes))]
    public void Signature_IsRefused_WhenItWasMadeForAnother(string part)
    {
        var other = part switch
        {
            "id" => _grant with { UploadId = new string('f', 32) },
            "number" => _grant with { Number = 8 },
            "length" => _grant with { Length = 1_001 },
            _ => _grant with { Expires = 2_000_000_001 },
        };
        var signer = new PartSigner(new TokenKeys(_tokenKey, null));
        Assert.False(signer.Verify(other, signer.Sign(_grant)));
    }

    /// <summary>No two grants have one text: digits don't flow from one field into the next.</summary>
    [Fact]
    public void Signatures_Differ_WhenFieldsAreShifted()
    {
        var signer = new PartSigner(new TokenKeys(_tokenKey, null));
        Assert.NotEqual(signer.Sign(new PartGrant(Id, 1, 11, 1)), signer.Sign(new PartGrant(Id, 11, 1, 1)));
        Assert.NotEqual(signer.Sign(new PartGrant(Id, 1, 1, 11)), signer.Sign(new PartGrant(Id, 1, 11, 1)));
    }

    [Fact]
    public void Signature_IsRefused_WhenItIsOfAnotherKeyOrNone()
    {
        var signer = new PartSigner(new TokenKeys(_tokenKey, null));
        Assert.False(signer.Verify(_grant, new PartSigner(new TokenKeys(RandomNumberGenerator.GetBytes(32), null)).Sign(_grant)));
        var signature = signer.Sign(_grant);
        foreach (var wrong in new[] { "", "*", signature[1..], signature + "A", signature[..^1] + "!", signature.ToUpperInvariant(),
            new string('A', signature.Length), signature + "=" })
            Assert.False(signer.Verify(_grant, wrong));
        // The key itself must not have become the signing key.
        Assert.NotEqual(System.Buffers.Text.Base64Url.EncodeToString(
            HMACSHA256.HashData(_tokenKey, System.Text.Encoding.UTF8.GetBytes($"{Id}\n7\n1000\n2000000000"))), signature);
    }
}
