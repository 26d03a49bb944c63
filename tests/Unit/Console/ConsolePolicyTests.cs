using System.Text;
using Ingestion.Api.Console;
using Ingestion.Api.Videos.Links;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace Ingestion.Tests.Unit.Console;

/// <summary>The console's content security policy, and what sign-in.json says.</summary>
public sealed class ConsolePolicyTests
{
    private const string Rest = "img-src 'self' data:; media-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'";

    [Theory]
    [InlineData("https://id.example.org/realms/videos/", "https://id.example.org")]
    [InlineData("https://ID.example.org:8443", "https://id.example.org:8443")]
    [InlineData("http://127.0.0.1:8081/realms/videos", "http://127.0.0.1:8081")]
    [InlineData("https://идентификация.example", "https://xn--80ahdkcaboy4cxa1a2j.example")]
    public void PageMayConnectToTheProvider_AndToNothingElse(string authority, string origin)
    {
        var policy = PolicyOf(new SignInOptions { ClientId = "console", Authority = authority });
        Assert.Equal($"default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self' {origin}; {Rest}", policy);
    }

    [Fact]
    public void PageMayConnectToItsSiloOnly_WithoutAProvider()
    {
        Assert.Equal($"default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; {Rest}", PolicyOf(new SignInOptions()));
        Assert.Equal("""{"provider":null}""", SettingsOf(new SignInOptions()));
    }

    [Fact]
    public void PageIsTold_WhatIsNoSecret() => Assert.Equal(
        """{"provider":{"authority":"https://id.example.org/a","client_id":"console","scope":"openid read","audience":"videos"}}""",
        SettingsOf(new SignInOptions { ClientId = "console", Authority = "https://id.example.org/a/", Scope = "openid read", Audience = "videos" }));

    private static string PolicyOf(SignInOptions signIn)
    {
        var context = new DefaultHttpContext();
        Files(signIn).Serve(context, ConsoleFiles.Page);
        return context.Response.Headers.ContentSecurityPolicy.ToString();
    }

    private static string SettingsOf(SignInOptions signIn) =>
        Encoding.UTF8.GetString(Assert.IsType<FileContentHttpResult>(Files(signIn).Serve(new DefaultHttpContext(), SignInSettings.File)).FileContents.Span);

    private static ConsoleFiles Files(SignInOptions signIn) => new(Options.Create(new MediaLinkOptions()), Options.Create(signIn));
}
