using Ingestion.Api.Http;
using Microsoft.AspNetCore.Http;

namespace Ingestion.Tests.Unit.Http;

/// <summary>Which hosts a request may name.</summary>
public sealed class KnownHostsTests
{
    [Theory]
    [InlineData("", true)]
    [InlineData("example.org", true)]
    [InlineData("example.org:1", true)]
    [InlineData("example.org:65535", true)]
    [InlineData("[::1]:8080", true)]
    [InlineData("127.0.0.1:8080", true)]
    [InlineData("example.org:65536", false)]
    [InlineData("example.org:99999", false)]
    [InlineData("example.org:0", false)]
    [InlineData("example.org/path", false)]
    [InlineData("user@example.org", false)]
    [InlineData("a b", false)]
    [InlineData("<script>", false)]
    public void Host_IsWellFormed_WhenItCanBePartOfALink(string host, bool expected) => Assert.Equal(expected, KnownHosts.IsWellFormed(new HostString(host)));

    [Theory]
    [InlineData("", "", "anything.example", true)]
    [InlineData("https://videos.example.org", "", "anything.example", true)]
    [InlineData("", "a.example, B.example", "b.example:8443", true)]
    [InlineData("", "a.example", "b.example", false)]
    [InlineData("", "a.example", "a.example.evil", false)]
    [InlineData("", "*.example.org", "x.y.example.org", true)]
    [InlineData("", "*.example.org", "example.org", false)]
    [InlineData("", "*.example.org", "evilexample.org", false)]
    [InlineData("", "10.0.0.1, [::1]", "[::1]:80", true)]
    [InlineData("https://videos.example.org/media", "a.example", "videos.example.org", true)]
    [InlineData("", "a.example", "", false)]
    public void Host_IsServed_WhenTheListHasIt(string url, string allowed, string host, bool expected) =>
        Assert.Equal(expected, new KnownHosts(new HttpOptions { PublicUrl = url, AllowedHosts = allowed }).Has(new HostString(host)));
}
