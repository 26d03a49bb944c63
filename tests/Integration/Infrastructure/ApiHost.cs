using System.Collections.Concurrent;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Ingestion.Api;
using Ingestion.Api.Freezes;
using Ingestion.Api.Stopping;
using Ingestion.Backends.Media;
using Ingestion.Silo.Hosting;
using Ingestion.Silos;
using Ingestion.Silos.Recycling;
using Ingestion.Status;
using Ingestion.Uploads;
using Ingestion.Webhooks;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Ingestion.Tests.Integration.Infrastructure;

/// <summary>
/// The edge of one silo of a test cluster: the whole API as the executable maps it, on a port of its own, with that silo's grain factory.
/// Real clients connect to it, and when it is killed their connections break without a word.
/// </summary>
public sealed class ApiHost : IAsyncDisposable
{
    // What a peer that does not read is sent before it is seen to be slow. By default that is megabytes, most of them the kernel's.
    private const int SendBufferBytes = 4 * 1024;

    private readonly ConcurrentDictionary<ConnectionContext, byte> _connections = new();
    private readonly WebApplication _app;
    private readonly EdgeConnections _notified;
    private volatile bool _killed;

    private ApiHost(IServiceProvider silo, ServiceCluster cluster, TimeProvider time, IEnumerable<KeyValuePair<string, string?>> settings)
    {
        Silo = silo.GetRequiredService<ILocalSiloDetails>().SiloAddress;
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = cluster.Folder });
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(settings);
        builder.AddListener();
        builder.WebHost.UseSockets(sockets => (sockets.MaxWriteBufferSize, sockets.CreateBoundListenSocket) = (SendBufferBytes, Listen));
        builder.Services.AddSingleton(time);
        builder.Services.AddSingleton(silo.GetRequiredService<IGrainFactory>());
        builder.Services.AddSingleton(silo.GetRequiredService<ILocalSiloDetails>());
        builder.Services.AddSingleton(silo.GetRequiredService<IMemoryGovernorClient>());
        builder.Services.AddSingleton(silo.GetRequiredService<ISiloAgentClient>());
        builder.Services.AddSingleton(silo.GetRequiredService<IMemoryPressure>());
        builder.Services.AddSingleton(silo.GetRequiredService<RequestCount>());
        builder.Services.AddSingleton(silo.GetRequiredService<IClusterMembershipService>());
        builder.Services.AddSingleton(silo.GetRequiredService<IClusterManifestProvider>());
        builder.Services.AddSiloStop(new StopTimes(TimeSpan.Zero, TimeSpan.FromSeconds(10))).AddFreezeGuard();
        builder.Services.AddSingleton<IObjectStore>(cluster.StoreOf(Silo));
        builder.Services.AddSingleton<IWebhookSender>(cluster.Sender);
        builder.Services.AddContainerSniffer();
        builder.Services.AddIngestionApi();
        // Behind the API, which defines what every endpoint begins with.
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, 0, endpoint => endpoint.Use(next => connection => ServeAsync(connection, next))));
        _app = builder.Build();
        Counts = new SocketCounts(_app.Services);
        _app.MapIngestionApi();
        _notified = silo.GetRequiredService<EdgeConnections>();
        _notified.Edge = _app.Services.GetRequiredService<IConnections>();
        _notified.Places = _app.Services.GetRequiredService<IPlaceTable>();
        _notified.Sockets = _app.Services.GetRequiredService<ISocketLoad>();
    }

    public SiloAddress Silo { get; }

    public Uri Address { get; private set; } = null!;

    /// <summary>The metrics of its sockets.</summary>
    public SocketCounts Counts { get; }

    /// <summary>Connections of clients that are still open on its side, as the kernel counts them: what it has let go of may still be there.</summary>
    public int Connections => IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpConnections()
        .Count(wire => wire.LocalEndPoint.Equals(new IPEndPoint(IPAddress.Loopback, Address.Port)) && wire.State is not TcpState.TimeWait);

    public bool IsAlive => !_killed;

    public static async Task<ApiHost> StartAsync(
        ServiceCluster cluster, SiloAddress silo, TimeProvider time, IEnumerable<KeyValuePair<string, string?>> settings)
    {
        var host = new ApiHost(cluster.Services(silo), cluster, time, settings);
        await host._app.StartAsync();
        host.Address = new Uri(host._app.Urls.Single());
        return host;
    }

    /// <summary>From now on what other silos notify its silo of does not reach it.</summary>
    public void GoDeaf() => _notified.Edge = null;

    /// <summary>Breaks every connection, and takes none any more.</summary>
    public void Kill()
    {
        _killed = true;
        foreach (var (connection, _) in _connections)
            connection.Abort();
    }

    public async ValueTask DisposeAsync()
    {
        Kill();
        await _app.DisposeAsync();
        Counts.Dispose();
    }

    private static Socket Listen(EndPoint endpoint)
    {
        var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
        // Accepted sockets have the same.
        socket.SendBufferSize = SendBufferBytes;
        return socket;
    }

    private Task ServeAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        _connections.TryAdd(connection, 0);
        // A connection may outlive all that is served here.
        connection.ConnectionClosed.Register(() => _connections.TryRemove(connection, out _));
        if (_killed)
            connection.Abort();
        return next(connection);
    }
}
