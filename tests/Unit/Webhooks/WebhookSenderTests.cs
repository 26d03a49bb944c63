using System.Net;
using System.Net.Sockets;
using Ingestion.Backends.Webhooks;
using Ingestion.Webhooks;

namespace Ingestion.Tests.Unit.Webhooks;

/// <summary>Names that lead to this machine, over real sockets: nothing may come of them.</summary>
public sealed class WebhookSenderTests : IDisposable
{
    private static readonly IPAddress _public = IPAddress.Parse("1.1.1.1");

    private readonly TcpListener _inside = new(IPAddress.Loopback, 0);

    public WebhookSenderTests() => _inside.Start();

    private string Url => $"http://rebinding.example:{((IPEndPoint)_inside.LocalEndpoint).Port}/";

    public void Dispose() => _inside.Dispose();

    [Fact]
    public async Task NothingIsSent_WhenANameThatWasPublicHasBecomeOursSinceItWasChecked()
    {
        var answers = new Queue<IPAddress[]>([[_public], [IPAddress.Loopback]]);
        using var sender = Sender(new WebhookSenderOptions { AllowInsecure = true }, _ => answers.Dequeue());
        Assert.Equal(WebhookAddressVerdict.Ok, await sender.CheckAsync(Url, CancellationToken.None));
        Assert.Equal(new WebhookAnswer(Status: null, "address_forbidden"), await SendAsync(sender));
        Assert.Empty(answers);
        Assert.False(_inside.Pending());
    }

    [Fact]
    public async Task NothingIsSent_WhenOnlyOneOfTheAddressesIsOurs()
    {
        using var sender = Sender(new WebhookSenderOptions { AllowInsecure = true }, _ => [_public, IPAddress.Loopback]);
        Assert.Equal(WebhookAddressVerdict.Forbidden, await sender.CheckAsync(Url, CancellationToken.None));
        Assert.Equal("address_forbidden", (await SendAsync(sender)).Error);
        Assert.False(_inside.Pending());
    }

    /// <summary>A name that resolves differently each time is resolved once, and the checked address is the one connected to.</summary>
    [Fact]
    public async Task CheckedAddressIsConnectedTo_WhenTheNameChangesItsMind()
    {
        var lookups = 0;
        using var sender = Sender(new WebhookSenderOptions { AllowInsecure = true, AllowPrivateAddresses = true, TimeoutSeconds = 1 }, _ => ++lookups == 1
            ? [IPAddress.Loopback]
            : [_public]);
        var sending = SendAsync(sender);
        using var connection = await _inside.AcceptTcpClientAsync();
        Assert.Equal("timeout", (await sending).Error);
        Assert.Equal(1, lookups);
    }

    [Fact]
    public async Task ErrorNamesTheCause_WhenTheNameDoesNotResolve()
    {
        using var sender = Sender(new WebhookSenderOptions { AllowInsecure = true }, _ => throw new SocketException((int)SocketError.HostNotFound));
        Assert.Equal(WebhookAddressVerdict.Unresolved, await sender.CheckAsync(Url, CancellationToken.None));
        Assert.Equal("name_not_resolved", (await SendAsync(sender)).Error);
    }

    [Fact]
    public async Task NothingIsSentInTheClear_WhenThatIsNotAllowedAnyMore()
    {
        using var sender = Sender(new WebhookSenderOptions { AllowPrivateAddresses = true }, _ => [IPAddress.Loopback]);
        Assert.Equal("url_invalid", (await SendAsync(sender)).Error);
        Assert.False(_inside.Pending());
    }

    [Fact]
    public async Task SendingThrows_WhenItIsCancelled()
    {
        using var sender = Sender(new WebhookSenderOptions { AllowInsecure = true, AllowPrivateAddresses = true }, _ => [IPAddress.Loopback]);
        using var stopping = new CancellationTokenSource();
        var sending = SendAsync(sender, stopping.Token);
        using var connection = await _inside.AcceptTcpClientAsync();
        await stopping.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
    }

    /// <summary>The system's resolver takes some of these for no addresses at all.</summary>
    [Theory]
    [InlineData("https://0.0.0.0/")]
    [InlineData("https://[::]/")]
    [InlineData("https://127.0.0.1/")]
    [InlineData("https://[::ffff:10.0.0.1]/")]
    public async Task AddressIsForbidden_WhenItIsWrittenAsANumber(string url)
    {
        using var sender = Sender(new WebhookSenderOptions(), _ => throw new ArgumentException("No name."));
        Assert.Equal(WebhookAddressVerdict.Forbidden, await sender.CheckAsync(url, CancellationToken.None));
    }

    [Theory]
    [InlineData("https://8.8.8.8/", true)]
    [InlineData("https://8.8.4.4/", true)]
    [InlineData("https://[::ffff:8.8.8.8]/", true)]
    [InlineData("https://[64:ff9b::808:808]/", true)]
    [InlineData("https://[2001:4860::1]/", true)]
    [InlineData("https://9.9.9.9/", false)]
    [InlineData("https://[2606:4700::1]/", false)]
    public async Task AddressIsClosed_WhenASettingForbidsIt(string url, bool isClosed)
    {
        var options = new WebhookSenderOptions { AllowPrivateAddresses = true, ForbiddenNetworks = "8.8.8.0/24, 8.8.4.4, 2001:4860::/32" };
        using var sender = Sender(options, _ => []);
        Assert.Equal(isClosed ? WebhookAddressVerdict.Closed : WebhookAddressVerdict.Ok, await sender.CheckAsync(url, CancellationToken.None));
    }

    [Fact]
    public async Task NothingIsSent_WhenASettingForbidsTheAddress()
    {
        using var sender = Sender(
            new WebhookSenderOptions { AllowInsecure = true, AllowPrivateAddresses = true, ForbiddenNetworks = "127.0.0.0/8" }, _ => [IPAddress.Loopback]);
        Assert.Equal("address_forbidden", (await SendAsync(sender)).Error);
        Assert.False(_inside.Pending());
    }

    [Theory]
    [InlineData("http://1.1.1.1/", WebhookAddressVerdict.Insecure)]
    [InlineData("ftp://1.1.1.1/", WebhookAddressVerdict.Invalid)]
    public async Task UrlIsRefusedForItsScheme(string url, WebhookAddressVerdict verdict)
    {
        using var sender = Sender(new WebhookSenderOptions(), _ => [_public]);
        Assert.Equal(verdict, await sender.CheckAsync(url, CancellationToken.None));
    }

    private static WebhookSender Sender(WebhookSenderOptions options, Func<string, IPAddress[]> resolve) =>
        new(options, (host, _) => Task.FromResult(resolve(host)), TimeProvider.System);

    private Task<WebhookAnswer> SendAsync(WebhookSender sender, CancellationToken stopping = default) =>
        sender.SendAsync(new WebhookMessage(Url, "e", "{}"u8.ToArray(), ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]), stopping);
}
