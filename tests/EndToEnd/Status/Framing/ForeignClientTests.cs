using System.Diagnostics;
using System.Globalization;
using System.Net.WebSockets;
using Ingestion.Tests.Support.Servers;

namespace Ingestion.Tests.EndToEnd.Status.Framing;

/// <summary>How sockets open and end, as clients that are not ours see it: Python's standard library, ws from npm, .NET's ClientWebSocket.</summary>
[Collection(DefaultSilo.Name)]
public sealed class ForeignClientTests(DefaultSilo shared)
{
    [PythonFact]
    public async Task EveryExchangeIsRight_ForPython()
    {
        const int Exchanges = 39;
        var start = new ProcessStartInfo(PythonFactAttribute.Python);
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Status", "Framing", "sockets.py"));
        start.ArgumentList.Add(shared.Silo.Address.Port.ToString(CultureInfo.InvariantCulture));
        start.ArgumentList.Add(shared.Silo.Token(SiloFixture.NewUser()));
        var lines = await RunAsync(start);
        Assert.True(lines[^1] == $"{Exchanges} of {Exchanges}", string.Join('\n', lines));
    }

    [NodeFact]
    public async Task SocketsEndWithTheRightCode_ForWs()
    {
        var user = SiloFixture.NewUser();
        var expired = new TokenClaims(user, ["read"]) { Expires = TimeProvider.System.GetUtcNow().AddMinutes(-1) };
        var start = new ProcessStartInfo("node") { WorkingDirectory = await NpmServer.InstallAsync("ws", "8.23.0") };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Status", "Framing", "closing.mjs"));
        start.ArgumentList.Add(JsonSerializer.Serialize(new
        {
            url = new UriBuilder(shared.Silo.Address) { Scheme = "ws", Path = "/ws" }.Uri,
            token = shared.Silo.Token(user),
            bad = "a.b.c",
            expired = HandMadeToken.Sign(shared.Silo.Data, expired),
        }));
        Assert.Equal(
            ["own-code 3005", "no-code 1000", "no-json 4000", "binary 4000", "page 4321", "page-bad 4001", "page-expired 4202", "page-forgets 4001",
            "header-bad 401"],
            await RunAsync(start));
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(1001)]
    [InlineData(3005)]
    [InlineData(4321)]
    public async Task CodeComesBack_ForClientWebSocket(int code)
    {
        using var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol(StatusClient.Subprotocol);
        socket.Options.SetRequestHeader("Authorization", $"Bearer {shared.Silo.Token(SiloFixture.NewUser())}");
        using var deadline = new CancellationTokenSource(Eventually.Deadline);
        await socket.ConnectAsync(new UriBuilder(shared.Silo.Address) { Scheme = "ws", Path = "/ws" }.Uri, deadline.Token);
        await socket.CloseAsync((WebSocketCloseStatus)code, "done", deadline.Token);
        Assert.Equal((code, WebSocketState.Closed), ((int)socket.CloseStatus!, socket.State));
    }

    private static async Task<string[]> RunAsync(ProcessStartInfo start)
    {
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        using var process = Process.Start(start)!;
        try
        {
            using var deadline = new CancellationTokenSource(Eventually.Deadline);
            var errors = process.StandardError.ReadToEndAsync(deadline.Token);
            var lines = (await process.StandardOutput.ReadToEndAsync(deadline.Token)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            await process.WaitForExitAsync(deadline.Token);
            Assert.True(process.ExitCode == 0, await errors);
            return lines;
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }
}
