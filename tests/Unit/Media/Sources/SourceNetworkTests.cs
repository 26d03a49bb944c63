using System.Net;
using System.Net.Sockets;
using Ingestion.Backends.Buffers;
using Ingestion.Backends.Media;
using Ingestion.Backends.Media.Tools;
using Ingestion.Backends.ObjectStore.Files;
using Ingestion.Tests.Unit.Media.Tools;
using Ingestion.Uploads;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ingestion.Tests.Unit.Media.Sources;

/// <summary>Tools of sources that come through the proxy, in the proxy's network.</summary>
public sealed class SourceNetworkTests : IAsyncLifetime, IDisposable
{
    private const string VideoId = "0123456789abcdef0123456789abcdef";

    private static readonly ObjectKey _key = ObjectKey.Source(VideoId);

    private readonly TempFolder _folder = new();
    private readonly TestRunner _test = new();
    private readonly FileObjectStore _store;
    private readonly SourceProxy _proxy;

    public SourceNetworkTests()
    {
        _store = new FileObjectStore(_folder.Path, PartBufferSource.Create(_folder.In("staging"), 10_000_000, TimeProvider.System));
        _proxy = new SourceProxy(_store, _test.Metrics, isolate: true, NullLogger<SourceProxy>.Instance);
    }

    public Task InitializeAsync() => _store.PutAsync(_key, new MemoryStream(new byte[1_000]), default);

    Task IAsyncLifetime.DisposeAsync() => _proxy.DisposeAsync().AsTask();

    public void Dispose()
    {
        _test.Dispose();
        _folder.Dispose();
    }

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

    private async Task<MediaSource> ShareAsync()
    {
        var info = await _store.GetInfoAsync(_key, default);
        return new MediaSource(VideoId, await _proxy.ShareAsync(_key, info!, default), container: null);
    }

    private async Task<string> FirstLineAsync(MediaSource source, int port, string path)
    {
        var script = $"exec 3<>/dev/tcp/127.0.0.1/{port} && printf 'GET {path} HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n' >&3 && IFS= read -r line <&3 && printf %s \"$line\"";
        var run = await _test.Runner.RunAsync(new ToolCommand("/bin/bash", ["-c", script], source, LongestOutput: 1_000), default);
        return System.Text.Encoding.ASCII.GetString(run.Output);
    }
}
