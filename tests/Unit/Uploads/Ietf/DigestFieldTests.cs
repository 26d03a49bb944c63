using System.Security.Cryptography;
using Ingestion.Api.Problems;
using Ingestion.Api.Uploads.Ietf;

namespace Ingestion.Tests.Unit.Uploads.Ietf;

public class DigestFieldTests
{
    private static readonly string _sha256 = Convert.ToBase64String(SHA256.HashData("x"u8));
    private static readonly string _sha512 = Convert.ToBase64String(SHA512.HashData("x"u8));

    [Fact]
    public void StrongestKnownDigest_Counts_WhenThereAreSeveral()
    {
        var (claim, problem) = DigestField.Read($"md5=:AAAA:, sha-256=:{_sha256}:, sha-512=:{_sha512}:");
        Assert.Null(problem);
        Assert.Equal(HashAlgorithmName.SHA512, claim!.Algorithm);
        Assert.Equal(SHA512.HashData("x"u8), claim.Value);
        Assert.Equal(HashAlgorithmName.SHA256, DigestField.Read($"unixsum=:AAAA:, sha-256=:{_sha256}:").Claim!.Algorithm);
    }

    [Fact]
    public void Nothing_IsClaimed_WhenThereIsNoField() => Assert.Equal((null, null), DigestField.Read(default));

    [Theory]
    [InlineData("md5=:AAAA:", "digest_unsupported")]
    [InlineData("SHA-256=:AAAA:", "digest_invalid")]
    [InlineData("sha-256=:AAAA:", "digest_invalid")]
    [InlineData("sha-512=:AAAA:", "digest_invalid")]
    [InlineData("sha-256", "digest_invalid")]
    [InlineData("nonsense!", "digest_invalid")]
    public void Field_IsRefused_WhenItIs(string field, string code)
    {
        var (claim, problem) = DigestField.Read(field);
        Assert.Null(claim);
        Assert.Equal(code, problem!.Code);
        Assert.Equal(400, problem.Status);
    }

    [Fact]
    public void Digest_IsOfAllBytes_WhenTheyComeInRuns()
    {
        using var digest = new ContentDigest(new DigestClaim(HashAlgorithmName.SHA256, SHA256.HashData("one two"u8)));
        digest.Append("one "u8);
        digest.Append(""u8);
        digest.Append("two"u8);
        Assert.Null(digest.Verify(null!));

        using var other = new ContentDigest(new DigestClaim(HashAlgorithmName.SHA256, SHA256.HashData("one two"u8)));
        other.Append("one tw"u8);
        Assert.Equal(Problem.DigestMismatch, other.Verify(null!));
    }
}
