using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Ingestion.Api.Http.Connections;
using Ingestion.Api.Status.Framing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Ingestion.Tests.Unit.Http.Connections;

/// <summary>A connection outlives its request; where it can't, the request stays open.</summary>
public sealed class ConnectionTakeoverTests
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);

    // More than the kernel takes for a peer that does not read.
    private const int Flood = 32 * 1024 * 1024;

    // Less than that, and more than the peer's side of it.
    private const int Sip = 128 * 1024;

    private readonly ManualTime _time = new();
    private readonly TaskCompletionSource _requestEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _successorEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task ConnectionEchoes_AfterItsRequestHasEnded()
    {
        await using var app = await StartAsync();
        using var client = await ConnectAsync(app, "http");
        await using var stream = client.GetStream();
        await UpgradeAsync(stream);
        await _requestEnded.Task.WaitAsync(_patience);
        await EchoesAsync(stream, "after the end");
        await EchoesAsync(stream, "and again");
        client.Close();
        await _successorEnded.Task.WaitAsync(_patience);
    }

    [Fact]
    public async Task RequestLasts_WhenTlsLiesBetweenItAndTheWire()
    {
        await using var app = await StartAsync();
        using var client = await ConnectAsync(app, "https");
        await using var stream = new SslStream(client.GetStream(), leaveInnerStreamOpen: false,
            (_, certificate, _, _) => certificate?.Subject == "CN=localhost");
        await stream.AuthenticateAsClientAsync("localhost");
        await UpgradeAsync(stream);
        await EchoesAsync(stream, "within the request");
        Assert.False(_requestEnded.Task.IsCompleted);
        client.Close();
        await _requestEnded.Task.WaitAsync(_patience);
    }

    [Fact]
    public async Task ConnectionTakesFurtherRequests_WhenItIsNotTakenOver()
    {
        await using var app = await StartAsync();
        using var client = await ConnectAsync(app, "http");
        await using var stream = client.GetStream();
        for (var i = 0; i < 3; i++)
        {
            await stream.WriteAsync("GET /plain HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray());
            Assert.Contains("plain", await UntilAsync(stream, "0\r\n\r\n"), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("/flood")]
    [InlineData("/flood-within-the-request")]
    public async Task ConnectionIsCutOff_WhenItsPeerHasNotTakenTheLastBytesInTime(string path)
    {
        await using var app = await StartAsync();
        using var client = await ConnectAsync(app, "http");
        var wire = WireOf(client);
        await using var stream = client.GetStream();
        await UpgradeAsync(stream, path);
        await _successorEnded.Task.WaitAsync(_patience);
        Assert.True(IsOpen(wire));

        _time.Advance(TimeSpan.FromSeconds(5));

        await GoneAsync(wire);
        await Assert.ThrowsAsync<IOException>(() => DrainAsync(stream));
    }

    [Fact]
    public async Task KernelLetsGoOfTheConnectionToo_WhenItHasTakenAllThatThePeerDoesNot()
    {
        await using var app = await StartAsync();
        using var client = await ConnectAsync(app, "http");
        var wire = WireOf(client);
        await using var stream = client.GetStream();
        await UpgradeAsync(stream, "/sip");

        // By its own clock: ours stands still.
        await GoneAsync(wire);
    }

    [Theory]
    [InlineData("/flood")]
    [InlineData("/flood-within-the-request")]
    public async Task PeerGetsTheLastBytes_WhenItReadsInTime(string path)
    {
        await using var app = await StartAsync();
        using var client = await ConnectAsync(app, "http");
        await using var stream = client.GetStream();
        await UpgradeAsync(stream, path);
        await _successorEnded.Task.WaitAsync(_patience);
        _time.Advance(TimeSpan.FromSeconds(4.9));

        Assert.Equal(Flood, await DrainAsync(stream));
    }

    [Fact]
    public async Task ConnectionIsCutOffAtOnce_WhenTheTakeoverAborts()
    {
        await using var app = await StartAsync();
        using var client = await ConnectAsync(app, "http");
        var wire = WireOf(client);
        await using var stream = client.GetStream();
        await RequestAsync(stream, "/flood-and-cut");

        await _successorEnded.Task.WaitAsync(_patience);
        await GoneAsync(wire);
    }

    [Fact]
    public async Task ConnectionIsCutOffAtOnce_WhenTheRequestHasToLastAndIsAborted()
    {
        await using var app = await StartAsync();
        using var client = await ConnectAsync(app, "https");
        var wire = WireOf(client);
        await using var stream = new SslStream(client.GetStream(), leaveInnerStreamOpen: false,
            (_, certificate, _, _) => certificate?.Subject == "CN=localhost");
        await stream.AuthenticateAsClientAsync("localhost");
        await RequestAsync(stream, "/flood-and-cut");

        await _successorEnded.Task.WaitAsync(_patience);
        await GoneAsync(wire);
    }

    [Fact]
    public async Task ServerStillGetsHeartbeats_WhileTheRestOfAResponseIsUnsent()
    {
        var (returned, beat) = (false, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        await using var app = await StartAsync(connection =>
        {
            connection.Features.Get<IConnectionHeartbeatFeature>()!.OnHeartbeat(
                _ =>
                {
                    if (Volatile.Read(ref returned))
                        beat.TrySetResult();
                },
                this);
            Overflow(connection.Transport);
            Volatile.Write(ref returned, true);
            return Task.CompletedTask;
        });
        using var client = await ConnectAsync(app, "http");

        await beat.Task.WaitAsync(_patience);
    }

    /// <summary>Waits until the server has let go of its end of this connection.</summary>
    private static Task GoneAsync(Wire wire) => Eventually.TrueAsync(() => !IsOpen(wire), "the server lets go of the connection");

    /// <summary>Both ends are compared: another process may use one of the ports to somewhere else.</summary>
    private static bool IsOpen(Wire wire) => IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpConnections()
        .Any(found => found.LocalEndPoint.Equals(wire.Server) && found.RemoteEndPoint.Equals(wire.Client) && found.State is not TcpState.TimeWait);

    /// <summary>The two ends of a connection. Taken while it is open: a socket forgets them when it is reset.</summary>
    private static Wire WireOf(TcpClient client) => new((IPEndPoint)client.Client.RemoteEndPoint!, (IPEndPoint)client.Client.LocalEndPoint!);

    private static async Task<int> DrainAsync(Stream stream)
    {
        using var deadline = new CancellationTokenSource(_patience);
        var (buffer, read) = (new byte[64 * 1024], 0);
        while (await stream.ReadAsync(buffer, deadline.Token) is > 0 and var count)
            read += count;
        return read;
    }

    private static async Task EchoesAsync(Stream stream, string text)
    {
        await stream.WriteAsync(Encoding.ASCII.GetBytes(text));
        Assert.Equal(text, await UntilAsync(stream, text));
    }

    private static async Task UpgradeAsync(Stream stream, string path = "/echo")
    {
        await RequestAsync(stream, path);
        Assert.StartsWith("HTTP/1.1 101 ", await UntilAsync(stream, "\r\n\r\n", step: 1), StringComparison.Ordinal);
    }

    /// <summary>Without waiting for the answer, which a reset may overtake.</summary>
    private static async Task RequestAsync(Stream stream, string path) =>
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: a2V5\r\n\r\n"));

    /// <summary>Reads no further than that with <paramref name="step"/> 1.</summary>
    private static async Task<string> UntilAsync(Stream stream, string end, int step = 1024)
    {
        using var deadline = new CancellationTokenSource(_patience);
        var text = "";
        var buffer = new byte[step];
        while (!text.EndsWith(end, StringComparison.Ordinal))
        {
            var count = await stream.ReadAsync(buffer, deadline.Token);
            Assert.True(count > 0, $"The connection ended after: {text}");
            text += Encoding.ASCII.GetString(buffer, 0, count);
        }

        return text;
    }

    private static async Task<TcpClient> ConnectAsync(WebApplication app, string scheme)
    {
        var client = new TcpClient(AddressFamily.InterNetwork) { ReceiveBufferSize = 4 * 1024 };
        await client.ConnectAsync(IPAddress.Loopback, Addresses(app).Single(address => address.Scheme == scheme).Port);
        return client;
    }

    private static IEnumerable<Uri> Addresses(WebApplication app) =>
        app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Select(address => new Uri(address));

    private static X509Certificate2 Certificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), password: null);
    }

    private static void Overflow(IDuplexPipe connection, int bytes = Flood)
    {
        connection.Output.Write(new byte[bytes]);
        // Nothing waits for it: what the pipe has taken counts as sent.
        _ = connection.Output.FlushAsync().AsTask();
    }

    private async Task<WebApplication> StartAsync(ConnectionDelegate? plain = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.ConfigureEndpointDefaults(listen => ConnectionTakeover.Offer(listen, _time));
            kestrel.Listen(IPAddress.Loopback, 0, listen =>
            {
                if (plain is not null)
                    listen.Use(_ => plain);
            });
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(Certificate()));
        });
        var app = builder.Build();
        app.MapGet("/plain", () => "plain");
        app.MapGet("/echo", EchoAsync);
        app.MapGet("/sip", context => FloodAsync(context, continues: true, isTaken: true, Sip));
        app.MapGet("/flood", context => FloodAsync(context, continues: true, isTaken: true));
        app.MapGet("/flood-within-the-request", context => FloodAsync(context, continues: false, isTaken: true));
        app.MapGet("/flood-and-cut", context => FloodAsync(context, continues: true, isTaken: false));
        await app.StartAsync();
        return app;
    }

    private async Task EchoAsync(HttpContext context)
    {
        context.Response.OnCompleted(() =>
        {
            _requestEnded.TrySetResult();
            return Task.CompletedTask;
        });
        var connection = (await Handshake.AcceptAsync(context, "echo", extensions: null))!;
        Task<bool> RunAsync() => EchoAsync(connection);
        if (!ConnectionTakeover.TryContinue(context, connection, RunAsync))
            await RunAsync();
    }

    private async Task FloodAsync(HttpContext context, bool continues, bool isTaken, int bytes = Flood)
    {
        var connection = (await Handshake.AcceptAsync(context, "echo", extensions: null))!;
        Task<bool> RunAsync()
        {
            Overflow(connection, bytes);
            _successorEnded.TrySetResult();
            return Task.FromResult(isTaken);
        }

        if (continues && ConnectionTakeover.TryContinue(context, connection, RunAsync))
            return;
        ConnectionTakeover.EndPromptly(context);
        if (!await RunAsync())
            context.Abort();
    }

    private async Task<bool> EchoAsync(IDuplexPipe connection)
    {
        try
        {
            while (await connection.Input.ReadAsync() is { IsCompleted: false } read)
            {
                foreach (var piece in read.Buffer)
                    await connection.Output.WriteAsync(piece);
                connection.Input.AdvanceTo(read.Buffer.End);
            }
        }
        catch (IOException)
        {
            // Reset by the client's close.
        }

        _successorEnded.TrySetResult();
        return true;
    }

    private sealed record Wire(IPEndPoint Server, IPEndPoint Client);
}
