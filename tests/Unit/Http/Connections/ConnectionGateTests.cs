using System.Net;
using System.Net.Sockets;
using System.Text;
using Ingestion.Api.Http.Connections;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Ingestion.Tests.Unit.Http.Connections;

/// <summary>Connections beyond the limit, and connections that send nothing.</summary>
public sealed class ConnectionGateTests : IAsyncLifetime, IDisposable
{
    private const int Max = 3;
    private const int MaxLasting = 1;
    private static readonly TimeSpan _silence = TimeSpan.FromSeconds(20);

    private readonly ManualTime _time = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly List<TcpClient> _clients = [];
    private ConnectionGate _gate = null!;
    private WebApplication _app = null!;

    public async Task InitializeAsync()
    {
        _gate = new ConnectionGate(new ConnectionLimits(Max, MaxLasting), ActivatorUtilities.CreateInstance<ConnectionMetrics>(_services), _time);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.ConfigureEndpointDefaults(listen => ConnectionTakeover.Offer(listen, _time, _gate, _silence));
            kestrel.Listen(IPAddress.Loopback, 0);
        });
        _app = builder.Build();
        _app.Use((context, next) =>
        {
            ConnectionTakeover.BeginRequest(context);
            return next(context);
        });
        _app.MapGet("/", () => "here");
        _app.MapGet("/lasting", async context =>
        {
            if (!ConnectionTakeover.TryLast(context))
            {
                context.Response.StatusCode = 503;
                return;
            }

            await context.Response.WriteAsync("lasts");
            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        });
        await _app.StartAsync();
    }

    public async Task DisposeAsync()
    {
        _clients.ForEach(client => client.Dispose());
        await _app.DisposeAsync();
    }

    public void Dispose()
    {
        _gate.Dispose();
        _services.Dispose();
    }

    [Fact]
    public async Task OneTooManyGets503_UntilAnotherLeaves()
    {
        for (var i = 0; i < Max; i++)
            Assert.StartsWith("HTTP/1.1 200", await RequestAsync(await ConnectAsync()), StringComparison.Ordinal);

        var refused = await RequestAsync(await ConnectAsync());
        Assert.StartsWith("HTTP/1.1 503", refused, StringComparison.Ordinal);
        Assert.Contains("too_many_connections", refused, StringComparison.Ordinal);
        Assert.Contains("Retry-After: 5", refused, StringComparison.Ordinal);

        _clients[0].Dispose();
        await Eventually.TrueAsync(() => _gate.Open == Max - 1, "its place is free");
        Assert.StartsWith("HTTP/1.1 200", await RequestAsync(await ConnectAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task LastingOnesHaveFewerPlaces_SoThatRequestsHaveSome()
    {
        var first = await ConnectAsync();
        Assert.StartsWith("HTTP/1.1 200", await RequestAsync(first, "/lasting"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 503", await RequestAsync(await ConnectAsync(), "/lasting"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 200", await RequestAsync(await ConnectAsync()), StringComparison.Ordinal);

        first.Dispose();
        await Eventually.TrueAsync(() => _gate.Open == Max - 1, "its place is free");
        Assert.StartsWith("HTTP/1.1 200", await RequestAsync(_clients[1], "/lasting"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SilentOneIsClosed_AndOneWithARequestIsNot()
    {
        var (silent, used) = (await ConnectAsync(), await ConnectAsync());
        await RequestAsync(used);
        await Eventually.TrueAsync(() => _gate.Open == 2, "both are in");

        _time.Advance(_silence);

        await Eventually.TrueAsync(() => _gate.Open == 1, "the silent one is gone");
        Assert.Equal(0, await ReadAsync(silent, new byte[1]));
        Assert.StartsWith("HTTP/1.1 200", await RequestAsync(used), StringComparison.Ordinal);
    }

    private async Task<TcpClient> ConnectAsync()
    {
        var client = new TcpClient(AddressFamily.InterNetwork) { NoDelay = true };
        _clients.Add(client);
        await client.ConnectAsync(IPAddress.Loopback, new Uri(_app.Urls.Single()).Port);
        return client;
    }

    private static async Task<string> RequestAsync(TcpClient client, string path = "/")
    {
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n"));
        var buffer = new byte[4096];
        return Encoding.ASCII.GetString(buffer, 0, await ReadAsync(client, buffer));
    }

    private static async Task<int> ReadAsync(TcpClient client, byte[] buffer)
    {
        using var deadline = new CancellationTokenSource(Eventually.Deadline);
        try
        {
            return await client.GetStream().ReadAsync(buffer, deadline.Token);
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
