using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Ingestion.Backends.GrainStorage;
using Ingestion.Backends.Webhooks;
using Ingestion.Grains.Check;
using Ingestion.Grains.Webhooks;
using Ingestion.Webhooks;

namespace Ingestion.Tests.Unit.Webhooks;

/// <summary>Whether receivers can be reached, over real sockets.</summary>
public sealed class WebhookProbeTests : IDisposable
{
    private static readonly WebhookSenderOptions _lenient = new() { AllowInsecure = true, AllowPrivateAddresses = true };

    private readonly TcpListener _here = new(IPAddress.Loopback, 0);

    public WebhookProbeTests() => _here.Start();

    private int Port => ((IPEndPoint)_here.LocalEndpoint).Port;

    public void Dispose() => _here.Dispose();

    [Fact]
    public async Task Receiver_IsReached() => Assert.Null(await ProbeAsync(_lenient, $"http://hook.example:{Port}"));

    [Fact]
    public async Task Receiver_MustSpeakTls_WhereItsAddressSaysSo()
    {
        var probing = ProbeAsync(_lenient, $"https://hook.example:{Port}");
        using (await _here.AcceptTcpClientAsync())
        {
            // It ends the connection, and has shown no certificate.
        }

        Assert.Equal("tls_failed", await probing);
    }

    [Fact]
    public async Task Receiver_IsNotConnectedTo_WhereNoneMayBe()
    {
        Assert.Equal("address_forbidden", await ProbeAsync(new WebhookSenderOptions { AllowInsecure = true }, $"http://hook.example:{Port}"));
        Assert.False(_here.Pending());
    }

    [Fact]
    public async Task Receiver_IsNotReached_WhereNothingListens()
    {
        var port = Port;
        _here.Stop();
        Assert.Equal("connection_failed", await ProbeAsync(_lenient, $"http://hook.example:{port}"));
    }

    [Fact]
    public async Task Receiver_IsNotReached_WithoutAnAddress()
    {
        var probe = new WebhookProbe(_lenient, (_, _) => throw new SocketException((int)SocketError.HostNotFound));
        Assert.Equal("name_not_resolved", await probe.ProbeAsync("http://hook.example", CancellationToken.None));
    }

    [Theory]
    [InlineData("https://hook.example:8443/path?key=1", "https://hook.example:8443")]
    [InlineData("https://[2001:db8::1]/path", "https://[2001:db8::1]")]
    [InlineData("http://hook.example/", null)]
    [InlineData("nonsense", null)]
    public void Origin_HasNothingOfThePath(string url, string? origin) => Assert.Equal(origin, new WebhookProbe(new WebhookSenderOptions()).OriginOf(url));

    [Fact]
    public void StoredWebhooks_AreReadForWhereEventsGo()
    {
        var one = WebhookRulesTests.New("a");
        var list = new WebhookList
        {
            Webhooks = [one, one with { Id = "b", DisabledAt = ManualTime.Start }, one with { Id = "c", Wish = new NewWebhook("https://c", [], WebhookWhen.Always) }],
        };
        var stored = JsonSerializer.Deserialize<StoredReceivers>(JsonSerializer.Serialize(list, StateJson.Options), StateJson.Options)!;
        Assert.Equal([one.Wish.Url, "https://c"], stored.Urls);
    }

    private static async Task<string?> ProbeAsync(WebhookSenderOptions options, string origin) =>
        await new WebhookProbe(options, (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Loopback])).ProbeAsync(origin, CancellationToken.None);
}
