using System.Net;
using Ingestion.Api.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Ingestion.Tests.Unit.Http;

public class ProxiedRequestTests
{
    private const string Trusted = "127.0.0.1, 10.0.0.0/8, fd00::/8";

    /// <summary>The fields that the silo's peer 10.0.0.1 sends, and what the request looks like then: client, scheme, host, prefix.</summary>
    [Theory]
    [InlineData("", "10.0.0.1 http silo:8080 ")]
    [InlineData("X-Forwarded-For: 203.0.113.7", "203.0.113.7 http silo:8080 ")]
    [InlineData("X-Forwarded-For: 203.0.113.7:5555", "203.0.113.7 http silo:8080 ")]
    [InlineData("X-Forwarded-For: 2001:db8::7", "2001:db8::7 http silo:8080 ")]
    [InlineData("X-Forwarded-For: [2001:db8::7]:5555", "2001:db8::7 http silo:8080 ")]
    [InlineData("X-Forwarded-For: 1.1.1.1, 203.0.113.7", "203.0.113.7 http silo:8080 ")]
    [InlineData("X-Forwarded-For: 1.1.1.1, 203.0.113.7, 10.2.3.4", "203.0.113.7 http silo:8080 ")]
    [InlineData("X-Forwarded-For: 1.1.1.1, unknown, 10.2.3.4", "10.2.3.4 http silo:8080 ")]
    [InlineData("X-Forwarded-For: 10.1.1.1, 10.2.2.2", "10.1.1.1 http silo:8080 ")]
    [InlineData("X-Forwarded-For: 9.9.9.9, 203.0.113.7|X-Forwarded-Proto: http, https|X-Forwarded-Host: evil, a.example", "203.0.113.7 https a.example ")]
    [InlineData("X-Forwarded-Proto: https", "10.0.0.1 https silo:8080 ")]
    [InlineData("X-Forwarded-Proto: gopher", "10.0.0.1 http silo:8080 ")]
    [InlineData("X-Forwarded-Host: a.example:8443", "10.0.0.1 http a.example:8443 ")]
    [InlineData("X-Forwarded-Host: [2001:db8::1]:80", "10.0.0.1 http [2001:db8::1]:80 ")]
    [InlineData("X-Forwarded-Host: a.example/", "10.0.0.1 http silo:8080 ")]
    [InlineData("X-Forwarded-Host: a.example?x", "10.0.0.1 http silo:8080 ")]
    [InlineData("X-Forwarded-Host: a@b.example", "10.0.0.1 http silo:8080 ")]
    [InlineData("X-Forwarded-Host: a.example:0", "10.0.0.1 http silo:8080 ")]
    [InlineData("X-Forwarded-Host: a.example:65536", "10.0.0.1 http silo:8080 ")]
    [InlineData("X-Forwarded-Host: a.example:x", "10.0.0.1 http silo:8080 ")]
    [InlineData("X-Forwarded-Host: a b", "10.0.0.1 http silo:8080 ")]
    [InlineData("X-Forwarded-Host: :80", "10.0.0.1 http silo:8080 ")]
    [InlineData("X-Forwarded-Prefix: /media", "10.0.0.1 http silo:8080 /media")]
    [InlineData("X-Forwarded-Prefix: /media/", "10.0.0.1 http silo:8080 /media")]
    [InlineData("X-Forwarded-Prefix: /a/b-c_d.e~f", "10.0.0.1 http silo:8080 /a/b-c_d.e~f")]
    [InlineData("X-Forwarded-Prefix: media", "10.0.0.1 http silo:8080 ")]
    [InlineData("X-Forwarded-Prefix: //evil", "10.0.0.1 http silo:8080 ")]
    [InlineData("X-Forwarded-Prefix: /a//b", "10.0.0.1 http silo:8080 ")]
    [InlineData("X-Forwarded-Prefix: /a/..", "10.0.0.1 http silo:8080 ")]
    [InlineData("X-Forwarded-Prefix: /a?b", "10.0.0.1 http silo:8080 ")]
    [InlineData("X-Forwarded-Prefix: /a b", "10.0.0.1 http silo:8080 ")]
    [InlineData("Forwarded: for=203.0.113.7;proto=https;host=a.example", "10.0.0.1 http silo:8080 ")]
    public async Task Request_IsAsTheOutermostTrustedProxyGotIt_WhenThePeerIsTrusted(string fields, string expected) =>
        Assert.Equal(expected, await ApplyAsync("10.0.0.1", Trusted, fields));

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("10.255.255.255", true)]
    [InlineData("::ffff:10.0.0.1", true)]
    [InlineData("fd12::1", true)]
    [InlineData("127.0.0.2", false)]
    [InlineData("11.0.0.1", false)]
    [InlineData("::1", false)]
    [InlineData("::ffff:11.0.0.1", false)]
    public async Task Peer_IsTrusted_WhenItsAddressIsListed(string peer, bool trusted) =>
        Assert.Equal(trusted, (await ApplyAsync(peer, Trusted, "X-Forwarded-Proto: https")).Contains("https", StringComparison.Ordinal));

    [Fact]
    public async Task Fields_MeanNothing_WhenNoProxyIsTrusted() =>
        Assert.Equal("127.0.0.1 http silo:8080 ", await ApplyAsync(
            "127.0.0.1", "", "X-Forwarded-For: 203.0.113.7|X-Forwarded-Proto: https|X-Forwarded-Host: evil|X-Forwarded-Prefix: /evil"));

    private static async Task<string> ApplyAsync(string peer, string proxies, string fields)
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = IPAddress.Parse(peer);
        (context.Request.Scheme, context.Request.Host) = ("http", new HostString("silo:8080"));
        foreach (var field in fields.Split('|', StringSplitOptions.RemoveEmptyEntries))
            context.Request.Headers[field.Split(": ")[0]] = field.Split(": ")[1];
        await new ProxiedRequest(_ => Task.CompletedTask, Options.Create(new HttpOptions { TrustedProxies = proxies }), NullLoggerFactory.Instance)
            .InvokeAsync(context);
        return $"{context.Connection.RemoteIpAddress} {context.Request.Scheme} {context.Request.Host} {context.Request.PathBase}";
    }
}
