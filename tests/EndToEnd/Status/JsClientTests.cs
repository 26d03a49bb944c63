using Ingestion.Tests.Support.Servers;

namespace Ingestion.Tests.EndToEnd.Status;

/// <summary>The clients that Node has: ws and eventsource from npm.</summary>
[Collection(DefaultSilo.Name)]
public sealed class JsClientTests(DefaultSilo shared, JsClientTests.DeflatingSilo deflating) : IClassFixture<JsClientTests.DeflatingSilo>
{
    private static readonly string[] _states = ["receiving", "uploaded", "queued", "processing", "ready"];

    [NodeTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task SocketReceivesEveryStateOnce_WhetherItsConnectionBreaksOrNot(bool cut)
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var url = new UriBuilder(api.Address) { Scheme = "ws", Path = "/ws" }.Uri;
        Assert.Equal(_states, await RunAsync(api, ("ws", "8.23.0"), new { client = "ws", url, token = api.Token, until = "ready", cut }));
    }

    [NodeFact]
    public async Task SocketReceivesEveryStateOnce_InCbor()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var url = new UriBuilder(api.Address) { Scheme = "ws", Path = "/ws" }.Uri;
        var cbor = await NpmServer.InstallAsync("cbor-x", "1.6.9");
        Assert.Equal(_states, await RunAsync(api, ("ws", "8.23.0"), new { client = "cbor", url, token = api.Token, until = "ready", cbor }));
    }

    [NodeTheory]
    [InlineData("ws")]
    [InlineData("cbor")]
    public async Task SocketReceivesEveryStateOnce_WhenWhatIsLargeIsDeflated(string client)
    {
        using var api = deflating.Silo.As(SiloFixture.NewUser());
        // A snapshot of more than 1 KiB.
        for (var i = 0; i < 12; i++)
            await api.UploadToReadyAsync(Samples.Mp4);
        var url = new UriBuilder(api.Address) { Scheme = "ws", Path = "/ws" }.Uri;
        var cbor = await NpmServer.InstallAsync("cbor-x", "1.6.9");
        Assert.Equal(_states, await RunAsync(api, ("ws", "8.23.0"), new { client, url, token = api.Token, until = "ready", deflate = true, cbor }));
    }

    [NodeFact]
    public async Task EventSourceReceivesEveryStateOnce_WithATicket()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var ticket = (await api.SendAsync(HttpMethod.Post, "/api/events/tickets")).Is(201).Json.GetProperty("ticket").GetString();
        var url = new Uri(api.Address, $"/api/events?ticket={ticket}");
        Assert.Equal(_states, await RunAsync(api, ("eventsource", "3.0.7"), new { client = "eventsource", url, until = "ready" }));
    }

    private static async Task<IEnumerable<string>> RunAsync(ApiClient api, (string Name, string Version) package, object options)
    {
        var start = new System.Diagnostics.ProcessStartInfo("node")
        {
            WorkingDirectory = await NpmServer.InstallAsync(package.Name, package.Version),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Status", "clients.mjs"));
        start.ArgumentList.Add(JsonSerializer.Serialize(options));
        using var node = System.Diagnostics.Process.Start(start)!;
        try
        {
            using var deadline = new CancellationTokenSource(Eventually.Deadline);
            Assert.Equal("listening", await node.StandardOutput.ReadLineAsync(deadline.Token));
            await api.UploadToReadyAsync(Samples.Mp4);
            var lines = await node.StandardOutput.ReadToEndAsync(deadline.Token);
            await node.WaitForExitAsync(deadline.Token);
            Assert.True(node.ExitCode == 0, await node.StandardError.ReadToEndAsync(deadline.Token));
            return lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')[1]);
        }
        finally
        {
            if (!node.HasExited)
                node.Kill();
        }
    }

    public sealed class DeflatingSilo : SiloFixture
    {
        private protected override (string Name, string Value)[] Settings => [("Sockets__Deflate", "true")];
    }
}
