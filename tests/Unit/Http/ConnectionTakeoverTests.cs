using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Ingestion.Api.Http;
using Ingestion.Api.Status.Framing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Ingestion.Tests.Unit.Http;

/// <summary>A connection goes on when its request has ended, and where it can't the request lasts.</summary>
public sealed class ConnectionTakeoverTests
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(20);

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
        await using var stream = new SslStream(client.GetStream(), leaveInnerStreamOpen: false, (_, certificate, _, _) => certificate?.Subject == "CN=localhost");
        await stream.AuthenticateAsClientAsync("localhost");
        await UpgradeAsync(stream);
        await EchoesAsync(stream, "within the request");
        Assert.False(_requestEnded.Task.IsCompleted);
        client.Close();
        await _requestEnded.Task.WaitAsync(_patience);
    }

    [Fact]
    public async Task ConnectionTakesFurtherRequests_WhenNobodyGoesOn()
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

    private static async Task EchoesAsync(Stream stream, string text)
    {
        await stream.WriteAsync(Encoding.ASCII.GetBytes(text));
        Assert.Equal(text, await UntilAsync(stream, text));
    }

    private static async Task UpgradeAsync(Stream stream)
    {
        await stream.WriteAsync("GET /echo HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: a2V5\r\n\r\n"u8.ToArray());
        Assert.StartsWith("HTTP/1.1 101 ", await UntilAsync(stream, "\r\n\r\n"), StringComparison.Ordinal);
    }

    private static async Task<string> UntilAsync(Stream stream, string end)
    {
        using var deadline = new CancellationTokenSource(_patience);
        var text = "";
        var buffer = new byte[1024];
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
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, new Uri(addresses.Single(address => address.StartsWith(scheme + ":", StringComparison.Ordinal))).Port);
        return client;
    }

    private static X509Certificate2 Certificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), password: null);
    }

    private async Task<WebApplication> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.ConfigureEndpointDefaults(ConnectionTakeover.Offer);
            kestrel.Listen(IPAddress.Loopback, 0);
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(Certificate()));
        });
        var app = builder.Build();
        app.MapGet("/plain", () => "plain");
        app.MapGet("/echo", EchoAsync);
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
        var connection = (await Handshake.AcceptAsync(context, "echo", deflates: false))!;
        Task RunAsync() => EchoAsync(connection);
        if (!ConnectionTakeover.TryContinue(context, connection, RunAsync))
            await RunAsync();
    }

    private async Task EchoAsync(IDuplexPipe connection)
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
    }
}
