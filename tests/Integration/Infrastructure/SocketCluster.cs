using System.Security.Cryptography;
using Ingestion.Api.Auth;
using Ingestion.Videos;

namespace Ingestion.Tests.Integration.Infrastructure;

/// <summary>
/// A cluster whose silos can be reached over HTTP and WebSockets, each at its own port. The grains' clock goes as usual, that of the edge
/// faster where a test wants it: pings, leases and periods of grace are over before it gets bored.
/// </summary>
public sealed class SocketCluster : IAsyncDisposable
{
    // Clients here read when their test does; none is to be taken for dead because of that.
    private static readonly Dictionary<string, string?> _patience =
        new() { ["Ingestion:Sockets:PingSeconds"] = "300", ["Ingestion:Sockets:PongSeconds"] = "60" };

    private readonly byte[] _key;
    private readonly List<ApiHost> _all = [];
    private readonly QuickTime _time;
    private readonly TokenService _tokens;
    private readonly Dictionary<string, string?> _settings;

    private SocketCluster(ServiceCluster service, byte[] key, int speed, (string Name, string Value)[] settings)
    {
        (Service, _key, _time) = (service, key, new QuickTime(speed));
        _tokens = new TokenService(new TokenOptions(), _key, _time);
        _settings = new Dictionary<string, string?>(_patience) { ["Ingestion:Token:Key"] = Convert.ToBase64String(_key) };
        foreach (var (name, value) in settings)
            _settings[$"Ingestion:{name}"] = value;
    }

    public ServiceCluster Service { get; }

    /// <summary>Those of the living silos, in the order in which they were started.</summary>
    public ApiHost[] Hosts
    {
        get
        {
            lock (_all)
                return [.. _all.Where(host => host.IsAlive)];
        }
    }

    /// <summary>
    /// Starts three silos whose edges' clock goes so many times as fast. Settings are named as under <c>Ingestion</c>: <c>Sockets:PingSeconds</c>.
    /// </summary>
    public static async Task<SocketCluster> StartAsync(int speed = 1, params (string Name, string Value)[] settings) =>
        await WithEdgesAsync(new SocketCluster(await ServiceCluster.StartAsync(), RandomNumberGenerator.GetBytes(32), speed, settings));

    /// <summary>As <see cref="ServiceCluster.StartBesideAsync"/>; a token of the one is good for the other.</summary>
    public static async Task<SocketCluster> StartBesideAsync(SocketCluster other, params (string Name, string Value)[] settings) =>
        await WithEdgesAsync(new SocketCluster(await ServiceCluster.StartBesideAsync(other.Service), other._key, speed: 1, settings));

    /// <summary>A token that lasts as long as the test.</summary>
    public string Token(string user, string scope = "read", params string[] roles) => _tokens.Mint(user, scope.Split(' '), TimeSpan.FromDays(1), roles);

    /// <summary>A share token of a new video of the user.</summary>
    public async Task<string> ShareAsync(string user)
    {
        var (id, now, grains) = (ServiceCluster.NewId(), _time.GetUtcNow(), Service.From(0));
        await grains.GetGrain<IVideoGrain>(id).CreateAsync(new NewVideo(user, "clip.mp4", "video/mp4", 1, now), jobSent: true);
        // For long enough on the clock of the edges and on that of the grains.
        var share = new VideoShare(ServiceCluster.NewId(), now, now.AddDays(1), MadeBy: null);
        Assert.Equal(ShareOutcome.Ok, await grains.GetGrain<IVideoShares>(id).AddShareAsync(user, share, most: 1));
        return _tokens.MintShare(user, id, share);
    }

    /// <summary>A token to read with that lasts so long on the edges' clock.</summary>
    public string Token(string user, TimeSpan lifetime) => _tokens.Mint(user, ["read"], lifetime);

    /// <summary>The silo dies, and its clients' connections with it.</summary>
    public async Task KillAsync(ApiHost host)
    {
        var killed = Service.KillAsync(host.Silo);
        host.Kill();
        await killed;
    }

    /// <summary>A further silo joins.</summary>
    public async Task<ApiHost> AddAsync() => await AddAsync((await Service.Cluster.StartAdditionalSiloAsync()).SiloAddress);

    public async ValueTask DisposeAsync()
    {
        // First, as their sockets call grains until the end.
        foreach (var host in _all)
            await host.DisposeAsync();
        await Service.DisposeAsync();
    }

    private static async Task<SocketCluster> WithEdgesAsync(SocketCluster cluster)
    {
        try
        {
            foreach (var silo in cluster.Service.Silos)
                await cluster.AddAsync(silo);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    private async Task<ApiHost> AddAsync(SiloAddress silo)
    {
        var host = await ApiHost.StartAsync(Service, silo, _time, _settings);
        lock (_all)
            _all.Add(host);
        return host;
    }
}
