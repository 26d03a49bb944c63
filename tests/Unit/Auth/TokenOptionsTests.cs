using System.ComponentModel.DataAnnotations;
using Ingestion.Api.Auth;

namespace Ingestion.Tests.Unit.Auth;

public class TokenOptionsTests
{
    [Theory]
    [InlineData("https://id.example.org/realms/videos")]
    [InlineData("http://127.0.0.1:8081/realms/videos")]
    [InlineData("http://localhost:8081")]
    [InlineData("http://[::1]:8081/")]
    public void Authority_IsTaken_WhenItIsHttpsOrLoopback(string authority) => Assert.Empty(Errors(new TokenOptions { Authority = authority }));

    [Theory]
    [InlineData("http://id.example.org")]
    [InlineData("http://10.0.0.1/")]
    [InlineData("ftp://id.example.org")]
    [InlineData("file:///etc/passwd")]
    [InlineData("id.example.org")]
    [InlineData("https://user:secret@id.example.org")]
    public void Address_IsRefusedBySentence_WhenItIsNotSafe(string address)
    {
        Assert.Contains("Authority must be an https address", Assert.Single(Errors(new TokenOptions { Authority = address })), StringComparison.Ordinal);
        Assert.Contains("JwksUrl must be an https address", Assert.Single(Errors(new TokenOptions { JwksUrl = address, Issuer = "https://id.example.org" })),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HS256")]
    [InlineData("RS256, HS256")]
    [InlineData("none")]
    [InlineData("rs256")]
    [InlineData(" , ")]
    public void Algorithms_AreRefusedBySentence_WhenOneIsNoSignatureByAPublicKey(string algorithms) =>
        Assert.Contains("Algorithms must", Assert.Single(Errors(new TokenOptions { Algorithms = algorithms })), StringComparison.Ordinal);

    [Fact]
    public void Settings_AreRefusedBySentence_WhenTheyContradictEachOther()
    {
        Assert.Contains("Issuer must be the iss", Assert.Single(Errors(new TokenOptions { JwksUrl = "https://id.example.org/keys" })),
            StringComparison.Ordinal);
        Assert.Contains("JwksUrl must be empty", Assert.Single(Errors(
            new TokenOptions { JwksUrl = "https://id.example.org/keys", Issuer = "x", Authority = "https://id.example.org" })), StringComparison.Ordinal);
        Assert.Contains("that of our own tokens", Assert.Single(Errors(new TokenOptions { Authority = "https://id.example.org", Issuer = "ingestion" })),
            StringComparison.Ordinal);
    }

    [Fact]
    public void OwnIssuer_IsTheSetting_UnlessAProviderTakesIt()
    {
        Assert.Equal("ingestion", new TokenOptions().OwnIssuer);
        Assert.Equal("acme", new TokenOptions { Issuer = "acme" }.OwnIssuer);
        Assert.Equal("ingestion", new TokenOptions { Issuer = "https://id.example.org", Authority = "https://id.example.org" }.OwnIssuer);
    }

    private static List<string> Errors(TokenOptions options)
    {
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true);
        return [.. results.Select(result => result.ErrorMessage!)];
    }
}
