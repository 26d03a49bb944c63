using System.ComponentModel.DataAnnotations;
using Ingestion.Api.Auth;
using Ingestion.Api.Console;

namespace Ingestion.Tests.Unit.Console;

public sealed class SignInOptionsTests
{
    private const string Provider = "https://id.example.org/realms/videos";

    [Fact]
    public void NothingIsRequired_WhenTheConsoleSignsInAtNoProvider()
    {
        Assert.Empty(Errors(new SignInOptions()));
        Assert.Null(SignInRules.Mistake(new SignInOptions(), new TokenOptions { Authority = "http://[::1]:8081/?a=b" }));
    }

    [Theory]
    [InlineData("http://id.example.org")]
    [InlineData("https://id.example.org/?tenant=a")]
    [InlineData("https://user:secret@id.example.org")]
    [InlineData("http://[::1]:8081")]
    [InlineData("id.example.org")]
    public void Authority_IsRefusedBySentence_WhenAPageCanNotConnectToIt(string authority) => Assert.StartsWith(
        "Authority must be an https address", Assert.Single(Errors(new SignInOptions { ClientId = "console", Authority = authority })), StringComparison.Ordinal);

    [Fact]
    public void Settings_AreRefusedBySentence_WhenTheyMakeNoSignIn()
    {
        Assert.StartsWith("ClientId must be set", Assert.Single(Errors(new SignInOptions { Authority = Provider })), StringComparison.Ordinal);
        Assert.StartsWith("Scope must have openid", Assert.Single(Errors(new SignInOptions { ClientId = "console", Scope = "upload openid2" })),
            StringComparison.Ordinal);
        Assert.Empty(Errors(new SignInOptions { ClientId = "console", Authority = Provider, Scope = "upload openid" }));
    }

    [Fact]
    public void SignIn_IsRefused_WhenTheApiTakesNoTokensOfTheProvider()
    {
        var signIn = new SignInOptions { ClientId = "console" };
        Assert.Contains("set Ingestion:Token:Authority", SignInRules.Mistake(signIn, new TokenOptions()), StringComparison.Ordinal);
        Assert.Contains("Authority must be set where Ingestion:Token:JwksUrl",
            SignInRules.Mistake(signIn, new TokenOptions { JwksUrl = $"{Provider}/keys", Issuer = Provider }), StringComparison.Ordinal);
        Assert.Contains("Authority must be set: a page can't connect", SignInRules.Mistake(signIn, new TokenOptions { Authority = "http://[::1]:8081/" }),
            StringComparison.Ordinal);
        Assert.Null(SignInRules.Mistake(signIn, new TokenOptions { Authority = Provider }));
    }

    [Theory]
    [InlineData("", Provider)]
    [InlineData("https://login.example.org", "https://login.example.org")]
    public void Authority_IsThatOfTokens_UnlessItIsSet(string set, string expected) =>
        Assert.Equal(expected, SignInRules.AuthorityOf(new SignInOptions { ClientId = "console", Authority = set }, new TokenOptions { Authority = Provider }));

    private static List<string> Errors(SignInOptions options)
    {
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true);
        return [.. results.Select(result => result.ErrorMessage!)];
    }
}
