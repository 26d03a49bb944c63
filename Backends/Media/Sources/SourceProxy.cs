using System.Collections.Concurrent;
using System.Net;
using Ingestion.Backends.Media.Tools;
using Ingestion.Uploads;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Ingestion.Backends.Media;

/// <summary>
/// Gives stored objects to tools on 127.0.0.1, so that no address of the store, which is signed, gets into a command line, and that a tool reads for as
/// long as it works. The store's reader signs each request anew and resumes after a broken connection. A server of its own: nothing of the API is
/// reachable here, and nothing of this through the API. Where the system allows it, it listens in a network of its own, and the tools have no other.
/// </summary>
/// <param name="store">Where the sources are.</param>
/// <param name="metrics">Counts what is read.</param>
/// <param name="isolate">False: it listens on the loopback of this machine.</param>
/// <param name="logger">For one line where the system does not allow it.</param>
internal sealed partial class SourceProxy(IObjectStore store, ToolMetrics metrics, bool isolate, ILogger<SourceProxy> logger) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, ProxiedSource> _sources = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _starting = new(1);
    private KestrelServer? _server;
    private SourceNetwork? _network;
    private Uri? _address;

    /// <summary>Opens an object to the tools of one job, until it is disposed. The port opens with the first.</summary>
    public async Task<ProxiedSource> ShareAsync(ObjectKey key, ObjectInfo info, CancellationToken cancellationToken)
    {
        var address = await AddressAsync(cancellationToken);
        var source = new ProxiedSource(key, info, address, _network?.Enter ?? [], name => _sources.TryRemove(name, out _));
        _sources[source.Name] = source;
        return source;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var source in _sources.Values)
            await source.DisposeAsync();
        if (_server is { } server)
        {
            await server.StopAsync(CancellationToken.None);
            server.Dispose();
        }

        _network?.Dispose();
        _starting.Dispose();
    }

    private async Task<Uri> AddressAsync(CancellationToken cancellationToken)
    {
        await _starting.WaitAsync(cancellationToken);
        try
        {
            return _address ??= await StartAsync(cancellationToken);
        }
        finally
        {
            _starting.Release();
        }
    }

    private async Task<Uri> StartAsync(CancellationToken cancellationToken)
    {
        var options = new KestrelServerOptions { AddServerHeader = false };
        // A tool reads as slowly as it decodes.
        options.Limits.MinResponseDataRate = null;
        options.Limits.MaxRequestBodySize = 0;
        options.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
        _network = isolate ? await SourceNetwork.TryCreateAsync(cancellationToken) : null;
        if (isolate && _network is null)
            LogShared();
        var sockets = new SocketTransportOptions();
        if (_network is { } network)
            sockets.CreateBoundListenSocket = _ => network.Listener;
        var transport = new SocketTransportFactory(Options.Create(sockets), NullLoggerFactory.Instance);
        _server = new KestrelServer(Options.Create(options), transport, NullLoggerFactory.Instance);
        await _server.StartAsync(new Application(AnswerAsync), cancellationToken);
        return new Uri(_server.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single());
    }

    private async Task AnswerAsync(HttpContext context)
    {
        if (!_sources.TryGetValue(context.Request.Path.Value!.TrimStart('/'), out var source))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            return;
        }

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, source.Ended);
        try
        {
            await SendAsync(context, source, ended.Token);
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // The tool has read enough, or is dead.
            context.Abort();
        }
#pragma warning disable CA1031 // Stores fail in many ways; to a tool they are all the same, and must be distinguished from a bad file.
        catch (Exception e)
#pragma warning restore CA1031
        {
            source.Fail(e.Message);
            context.Abort();
        }
    }

    private async Task SendAsync(HttpContext context, ProxiedSource source, CancellationToken cancellationToken)
    {
        var (answer, length) = (context.Response, source.Info.Length);
        var range = SourceRange.Of(context.Request.GetTypedHeaders().Range, length);
        answer.Headers.AcceptRanges = "bytes";
        if (range is null)
        {
            answer.StatusCode = StatusCodes.Status416RangeNotSatisfiable;
            answer.Headers.ContentRange = $"bytes */{length}";
            return;
        }

        var (offset, count, partial) = range.Value;
        answer.ContentLength = count;
        if (partial)
        {
            answer.StatusCode = StatusCodes.Status206PartialContent;
            answer.Headers.ContentRange = $"bytes {offset}-{offset + count - 1}/{length}";
        }

        if (count > 0 && HttpMethods.IsGet(context.Request.Method))
            await CopyAsync(answer.Body, source, offset, count, cancellationToken);
    }

    private async Task CopyAsync(Stream to, ProxiedSource source, long offset, long count, CancellationToken cancellationToken)
    {
        var content = await store.OpenReadAsync(source.Key, offset, count, cancellationToken);
        if (content is null || content.Info.ETag != source.Info.ETag)
            throw new IOException("The source was removed or replaced while a tool read it.");
        await using var from = content.Stream;
        var buffer = new byte[64 * 1024];
        while (count > 0)
        {
            var read = await from.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, count)), cancellationToken);
            if (read == 0)
                throw new EndOfStreamException("The store gave fewer bytes than the source has.");
            source.Read(read);
            metrics.SourceRead(read);
            count -= read;
            if (!await TryWriteAsync(to, buffer.AsMemory(0, read), cancellationToken))
                return;
        }
    }

    /// <summary>False when the tool has hung up, which is no failure of the store.</summary>
    private static async Task<bool> TryWriteAsync(Stream to, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        try
        {
            await to.WriteAsync(bytes, cancellationToken);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    [LoggerMessage(EventName = "SourceNetworkShared", Level = LogLevel.Warning,
        Message = "This system allows no network namespace for tools that read from the store: they can reach what the silo can reach (docs/operate/security.md)")]
    private partial void LogShared();

    private sealed class Application(RequestDelegate answer) : IHttpApplication<HttpContext>
    {
        public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

        public Task ProcessRequestAsync(HttpContext context) => answer(context);

        public void DisposeContext(HttpContext context, Exception? exception)
        {
            // It holds nothing.
        }
    }
}
