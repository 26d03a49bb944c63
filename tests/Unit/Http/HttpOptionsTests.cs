using System.ComponentModel.DataAnnotations;
using Ingestion.Api.Http;

namespace Ingestion.Tests.Unit.Http;

public class HttpOptionsTests
{
    [Fact]
    public void Options_AreRight_AsTheyCome() => Assert.Empty(Check(new HttpOptions()));

    [Theory]
    [InlineData("https://a.example", "", "")]
    [InlineData("https://a.example:8443/media/", "10.0.0.0/8,::1,192.168.1.1", "https://a.example,http://localhost:5173")]
    public void Options_AreRight_WhenSetTo(string url, string proxies, string origins) =>
        Assert.Empty(Check(new HttpOptions { PublicUrl = url, TrustedProxies = proxies, CorsOrigins = origins }));

    /// <summary>The operator sees every mistake at once.</summary>
    [Theory]
    [InlineData("a.example", "somewhere", "a.example")]
    [InlineData("ftp://a.example", "10.0.0.0/33", "https://a.example/")]
    [InlineData("https://a.example/?x=1", "10.0.0", "https://a.example/path")]
    [InlineData("https://user@a.example/", "10.0.0.0/8 ::1", "null")]
    public void Options_AreAllRefused_WhenSetTo(string url, string proxies, string origins)
    {
        var wrong = Check(new HttpOptions { PublicUrl = url, TrustedProxies = proxies, CorsOrigins = origins });
        Assert.Equal(["PublicUrl", "TrustedProxies", "CorsOrigins"], wrong.SelectMany(result => result.MemberNames));
    }

    private static List<ValidationResult> Check(HttpOptions options)
    {
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true);
        return results;
    }
}
