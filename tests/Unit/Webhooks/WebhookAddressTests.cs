using System.Net;
using Ingestion.Backends.Webhooks;

namespace Ingestion.Tests.Unit.Webhooks;

/// <summary>Where events may go.</summary>
public class WebhookAddressTests
{
    [Theory]
    [InlineData("1.1.1.1")]
    [InlineData("8.8.8.8")]
    [InlineData("9.255.255.255")]
    [InlineData("11.0.0.0")]
    [InlineData("100.63.255.255")]
    [InlineData("100.128.0.0")]
    [InlineData("169.253.255.255")]
    [InlineData("172.15.255.255")]
    [InlineData("172.32.0.0")]
    [InlineData("192.167.255.255")]
    [InlineData("192.169.0.0")]
    [InlineData("198.17.255.255")]
    [InlineData("198.20.0.0")]
    [InlineData("223.255.255.255")]
    [InlineData("2606:4700:4700::1111")]
    [InlineData("2a00:1450:4001:81b::200e")]
    [InlineData("::ffff:1.1.1.1")]
    [InlineData("64:ff9b::8.8.8.8")]
    [InlineData("2002:0808:0808::1")]
    public void Address_IsPublic(string address) => Assert.True(WebhookAddress.IsPublic(IPAddress.Parse(address)));

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("0.1.2.3")]
    [InlineData("10.0.0.1")]
    [InlineData("10.255.255.255")]
    [InlineData("100.64.0.1")]
    [InlineData("100.127.255.255")]
    [InlineData("127.0.0.1")]
    [InlineData("127.255.255.254")]
    [InlineData("169.254.169.254")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.0.0.1")]
    [InlineData("192.0.2.1")]
    [InlineData("192.88.99.1")]
    [InlineData("192.168.0.1")]
    [InlineData("198.18.0.1")]
    [InlineData("198.19.255.255")]
    [InlineData("198.51.100.1")]
    [InlineData("203.0.113.1")]
    [InlineData("224.0.0.1")]
    [InlineData("239.255.255.255")]
    [InlineData("240.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("fe80::1")]
    [InlineData("fe80::1%2")]
    [InlineData("febf::1")]
    [InlineData("fec0::1")]
    [InlineData("fc00::1")]
    [InlineData("fdff::1")]
    [InlineData("ff02::1")]
    [InlineData("100::1")]
    [InlineData("2001::1")]
    [InlineData("2001:2::1")]
    [InlineData("2001:db8::1")]
    [InlineData("3fff::1")]
    [InlineData("5f00::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("::127.0.0.1")]
    [InlineData("::10.0.0.1")]
    [InlineData("64:ff9b::10.0.0.1")]
    [InlineData("64:ff9b::127.0.0.1")]
    [InlineData("64:ff9b:1::1")]
    [InlineData("2002:7f00:0001::1")]
    [InlineData("2002:0a00:0001::1")]
    [InlineData("2002:c0a8:0001::1")]
    public void Address_IsNotPublic(string address) => Assert.False(WebhookAddress.IsPublic(IPAddress.Parse(address)));

    [Theory]
    [InlineData("https://example.org")]
    [InlineData("https://example.org:8443/hook?a=b&c=d")]
    [InlineData("https://[2606:4700:4700::1111]/")]
    [InlineData("https://127.0.0.1/where-it-is-is-another-question")]
    [InlineData("HTTPS://EXAMPLE.ORG/")]
    public void Url_IsTaken(string url) => Assert.True(WebhookAddress.TryRead(url, allowInsecure: false, out _));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("example.org")]
    [InlineData("/hook")]
    [InlineData("http://example.org")]
    [InlineData("ftp://example.org")]
    [InlineData("file:///etc/passwd")]
    [InlineData("gopher://example.org")]
    [InlineData("javascript:alert(1)")]
    [InlineData("https://")]
    [InlineData("https:///hook")]
    [InlineData("https://user@example.org")]
    [InlineData("https://user:secret@example.org")]
    [InlineData("https://example.org/#part")]
    [InlineData("https://example.org:0/")]
    [InlineData("https://example.org:99999/")]
    [InlineData(" https://example.org/")]
    [InlineData("https://example.org/\r\n")]
    [InlineData("https://exam\nple.org/")]
    public void Url_IsRefused(string? url) => Assert.False(WebhookAddress.TryRead(url, allowInsecure: false, out _));

    [Fact]
    public void Url_IsRefused_WhenItIsTooLong()
    {
        Assert.True(WebhookAddress.TryRead("https://example.org/" + new string('x', 2028), allowInsecure: false, out _));
        Assert.False(WebhookAddress.TryRead("https://example.org/" + new string('x', 2029), allowInsecure: false, out _));
    }

    [Fact]
    public void Url_MayBeInsecure_WhenThatIsAllowed()
    {
        Assert.True(WebhookAddress.TryRead("http://example.org/", allowInsecure: true, out _));
        Assert.False(WebhookAddress.TryRead("ftp://example.org/", allowInsecure: true, out _));
    }

    // Other ways to write this machine: all of them are read as what they are.
    [Theory]
    [InlineData("https://127.1/")]
    [InlineData("https://2130706433/")]
    [InlineData("https://0x7f000001/")]
    [InlineData("https://0177.0.0.1/")]
    [InlineData("https://[::ffff:7f00:1]/")]
    [InlineData("https://localhost/")]
    public async Task Host_IsForbidden_WhenItIsThisMachineUnderAnotherName(string url)
    {
        Assert.True(WebhookAddress.TryRead(url, allowInsecure: false, out var address));
        await Assert.ThrowsAsync<WebhookAddressForbiddenException>(
            () => Connector(allowPrivateAddresses: false).ResolveAsync(address.IdnHost, CancellationToken.None));
        Assert.NotEmpty(await Connector(allowPrivateAddresses: true).ResolveAsync(address.IdnHost, CancellationToken.None));
    }

    private static WebhookConnector Connector(bool allowPrivateAddresses) => new(allowPrivateAddresses, [], Dns.GetHostAddressesAsync);
}
