using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Ingestion.Tests.Unit.Deploy;

/// <summary>The health check of the image, against a server that answers with one status.</summary>
public sealed class HealthScriptTests
{
    [ProgramTheory("bash")]
    [InlineData("HTTP/1.1 200 OK", true)]
    [InlineData("HTTP/1.1 503 Service Unavailable", false)]
    [InlineData("HTTP/1.1 404 Not Found", false)]
    [InlineData("", false)]
    public async Task Health_IsGood_OnlyWhenTheSiloAnswers200(string answer, bool isGood)
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var served = ServeAsync(server, answer);
        var run = await RunAsync("/health/ready", ((IPEndPoint)server.LocalEndpoint).Port);
        Assert.Equal(isGood, run.ExitCode == 0);
        Assert.StartsWith("GET /health/ready HTTP/1.1\r\nHost: localhost\r\n", await served, StringComparison.Ordinal);
    }

    [ProgramFact("bash")]
    public async Task Health_IsBad_WhenNothingListens()
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var port = ((IPEndPoint)server.LocalEndpoint).Port;
        server.Stop();
        Assert.NotEqual(0, (await RunAsync("/health/ready", port)).ExitCode);
    }

    private static Task<ProgramRun> RunAsync(string path, int port) =>
        ProgramRun.RunAsync("bash", DeployFiles.PathOf("deploy/container/health"), path, $"{port}");

    private static async Task<string> ServeAsync(TcpListener server, string answer)
    {
        using var client = await server.AcceptTcpClientAsync();
        using var reader = new StreamReader(client.GetStream(), Encoding.ASCII);
        var head = new StringBuilder();
        // The shell may send each line by itself.
        while (await reader.ReadLineAsync() is { Length: > 0 } line)
            head.Append(line).Append("\r\n");
        if (answer.Length > 0)
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"{answer}\r\nContent-Length: 0\r\n\r\n"));
        return head.ToString();
    }
}
