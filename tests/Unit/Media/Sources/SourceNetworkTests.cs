using System.Net;
using System.Net.Sockets;
using Ingestion.Backends.Media;
using Ingestion.Backends.Media.Tools;

namespace Ingestion.Tests.Unit.Media.Sources;

/// <summary>Tools of sources that come through the proxy, in the proxy's network.</summary>
public sealed class SourceNetworkTests : IAsyncLifetime, IDisposable
{
    private readonly StoredSource _stored = new(isolate: true);

    public Task InitializeAsync() => _stored.PutAsync(new byte[1_000]);

    Task IAsyncLifetime.DisposeAsync() => _stored.StopAsync();

    public void Dispose() => _stored.Dispose();

    [NamespaceFact]
    public async Task ToolReachesItsSourceAndNothingElse()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        await using var source = await ShareAsync();
        var address = new Uri(source.Address);

        Assert.Equal("HTTP/1.1 200 OK\r", await FirstLineAsync(source, address.Port, address.AbsolutePath));
        Assert.Equal("", await FirstLineAsync(source, ((IPEndPoint)other.LocalEndpoint).Port, "/"));
        Assert.False(other.Pending());
    }

    [NamespaceFact]
    public async Task NothingOfThisMachineReachesTheProxy()
    {
        await using var source = await ShareAsync();
        using var http = new HttpClient();
        await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync(new Uri(source.Address)));
    }

    private async Task<MediaSource> ShareAsync() => new(StoredSource.VideoId, await _stored.ShareAsync(), container: null);

    private async Task<string> FirstLineAsync(MediaSource source, int port, string path)
    {
        var script = $"exec 3<>/dev/tcp/127.0.0.1/{port} && printf 'GET {path} HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n' >&3 && IFS= read -r line <&3 && printf %s \"$line\"";
        var run = await _stored.Test.Runner.RunAsync(new ToolCommand("/bin/bash", ["-c", script], source, LongestOutput: 1_000), default);
        return System.Text.Encoding.ASCII.GetString(run.Output);
    }
}
