using System.Net;
using System.Net.Sockets;
using System.Text;
using Ingestion.Tests.EndToEnd.Uploads.Tus;

namespace Ingestion.Tests.EndToEnd.Silo;

/// <summary>Any client may open connections and leave them idle. A silo serves as many as it can hold, and outlives the rest.</summary>
public sealed class OpenFilesTests
{
    private const int Files = 700;
    private const int Idle = 800;

    /// <summary>No setting lets in more: the runtime ends a process that has no file left for a new thread.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("5000")]
    public async Task UploadsContinueAndOthersAreRefused_WhenIdleConnectionsComeThatTheProcessCannotHold(string max)
    {
        await using var silo = await SiloProcess.StartWithFilesAsync(Files, ("Connections__Max", max));
        using var api = silo.As("ann");
        var tus = new TusClient(api);
        var path = await tus.CreateAsync(Samples.Mp4.Length);
        var idle = await OpenAsync(silo.Address);

        // An earlier connection is served as before, with all the files that it needs.
        (await tus.PatchAsync(path, 0, Samples.Mp4[..1000])).Is(204);
        (await tus.PatchAsync(path, 1000, Samples.Mp4[1000..])).Is(204);
        await api.UploadToReadyAsync(Samples.Mp4);
        Assert.NotEmpty(await AnswersAsync(idle, "503"));
        Assert.Contains("too_many_connections", (await AnswersAsync(idle, "503"))[0], StringComparison.Ordinal);

        idle.ForEach(socket => socket.Dispose());
        await LivesAsync(silo);
    }

    [Fact]
    public async Task ConnectionIsClosed_WhenItBringsNoRequest()
    {
        await using var silo = await SiloProcess.StartAsync(data: null, ("Connections__FirstRequestSeconds", "1"), ("Connections__KeepAliveSeconds", "60"));
        using var silent = await ConnectAsync(silo.Address);
        using var used = await ConnectAsync(silo.Address);
        await used.SendAsync("GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray());
        var buffer = new byte[4096];
        Assert.NotEqual(0, await used.ReceiveAsync(buffer));

        using var deadline = new CancellationTokenSource(Eventually.Deadline);
        Assert.True(await EndsAsync(silent, deadline.Token), "the silent one is closed");
        await used.SendAsync("GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray());
        Assert.NotEqual(0, await used.ReceiveAsync(buffer));
    }

    private static async Task<bool> EndsAsync(Socket socket, CancellationToken cancellationToken)
    {
        try
        {
            return await socket.ReceiveAsync(new byte[1], cancellationToken) == 0;
        }
        catch (SocketException)
        {
            return true;
        }
    }

    private static async Task LivesAsync(SiloProcess silo)
    {
        using var anonymous = new ApiClient(silo.Address, token: null);
        await Eventually.TrueAsync(() => LivesAsync(anonymous), () => $"it answers again. Its log:\n{silo.Log}");
        using var api = silo.As("bob");
        await api.UploadToReadyAsync(Samples.Mp4);
        Assert.DoesNotContain("is stopping", silo.Log, StringComparison.Ordinal);
    }

    private static async Task<bool> LivesAsync(ApiClient anonymous)
    {
        try
        {
            return (await anonymous.GetAsync("/health/live")).Status == 200;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static async Task<Socket> ConnectAsync(Uri address)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, address.Port);
        return socket;
    }

    /// <summary>Each with one request, and held.</summary>
    private static async Task<List<Socket>> OpenAsync(Uri address)
    {
        var sockets = new List<Socket>();
        while (sockets.Count < Idle)
        {
            var socket = await ConnectAsync(address);
            sockets.Add(socket);
            try
            {
                await socket.SendAsync("GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray());
            }
            catch (SocketException)
            {
                // Closed already.
            }
        }

        return sockets;
    }

    /// <summary>What has arrived so far on connections with this answer.</summary>
    private static async Task<string[]> AnswersAsync(List<Socket> sockets, string status)
    {
        var answers = new List<string>();
        var buffer = new byte[4096];
        foreach (var socket in sockets)
        {
            try
            {
                if (socket.Available > 0 && await socket.ReceiveAsync(buffer, SocketFlags.Peek) is > 0 and var count)
                    answers.Add(Encoding.ASCII.GetString(buffer, 0, count));
            }
            catch (SocketException)
            {
                // Reset: closed without an answer.
            }
        }

        return [.. answers.Where(answer => answer.StartsWith($"HTTP/1.1 {status}", StringComparison.Ordinal))];
    }
}
