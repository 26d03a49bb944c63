using System.Globalization;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Ingestion.Tests.Support.Servers;

namespace Ingestion.Tests.Cluster.Infrastructure;

/// <summary>
/// Three silos behind a balancer, with all that a deployment has: state in a PostgreSQL, objects in a bucket and jobs in a queue, each behind a server
/// that can fail. It lives through one history after the other.
/// </summary>
public sealed partial class ClusterOfThree : IHistoryCluster, IAsyncLifetime, IDisposable
{
    public const string Name = "cluster of three";

    private const int Silos = 3;

    private readonly TempFolder _folder = new();
    private readonly List<SiloProcess> _silos = [];
    private PostgresServer? _postgres;
    private SharedBackends? _backends;
    private FaultyServer? _store;
    private FaultyServer? _queue;
    private ProxyProcess? _balancer;
    private (string Name, string Value)[] _settings = [];

    internal PostgresServer Postgres => _postgres!;

    /// <summary>The connection string of its database.</summary>
    internal string Database { get; private set; } = "";

    /// <summary>In front of the bucket.</summary>
    internal FaultyServer Store => _store!;

    /// <summary>In front of the queue.</summary>
    internal FaultyServer Queue => _queue!;

    /// <summary>Null where silos share the network of the tests.</summary>
    internal SiloNetwork? Network { get; private set; }

    internal SiloProcess this[int silo] => _silos[silo];

    internal IReadOnlyList<SiloProcess> All => _silos;

    string IHistoryCluster.Log => string.Join('\n', _silos.Select((silo, i) => $"=== silo {i}\n{silo.Log}"));

    public async Task InitializeAsync()
    {
        // xunit makes it even when all of its tests are skipped.
        if (HistoryFactAttribute.Missing is not null)
            return;
        Network = SiloNetwork.Missing is null ? await SiloNetwork.MakeAsync(Silos) : null;
        _postgres = (await PostgresServer.TryStartAsync())!;
        Database = await _postgres.CreateClusterDatabaseAsync();
        _backends = await SharedBackends.StartAsync();
        _store = await FaultyServer.StartAsync(_backends.Url, Network?.Host);
        _queue = await FaultyServer.StartAsync(_backends.Url, Network?.Host);
        _settings = [.. Settings()];
        await WriteKeyAsync();
        _silos.AddRange(await Task.WhenAll(Enumerable.Range(0, Silos).Select(StartSiloAsync)));
        _balancer = await ProxyProcess.StartBalancerAsync(_silos.Select(silo => silo.Address));
        await AreActiveAsync();
    }

    ApiClient IHistoryCluster.As(string user, TimeSpan? patience) => new(_balancer!.Address, Token(user), patience);

    /// <summary>A client of a user at one silo.</summary>
    internal ApiClient As(string user, int silo, TimeSpan patience) => new(_silos[silo].Address, Token(user), patience);

    Task IHistoryCluster.RepairAsync() => RepairAsync();

    /// <summary>Silos that have ended are started again, whatever the history before left.</summary>
    internal async Task RepairAsync()
    {
        (Store.Decide, Queue.Decide, Store.Delay) = (_ => Fault.None, _ => Fault.None, _ => TimeSpan.Zero);
        if (Network is not null)
            await Network.HealAsync();
        foreach (var silo in _silos.Where(silo => !silo.HasEnded))
            await silo.ThawAsync();
        await Task.WhenAll(_silos.Where(silo => silo.HasEnded).Select(silo => silo.StartAgainAsync()));
        await AreActiveAsync();
    }

    /// <summary>Waits until each of these silos sees so many members, itself among them; by default all see all.</summary>
    internal async Task AreActiveAsync(params int[] silos)
    {
        int[] members = silos is [] ? [.. Enumerable.Range(0, Silos)] : silos;
        foreach (var silo in members)
            await Eventually.TrueAsync(
                async () => await MembersAsync(silo) == members.Length, () => $"silo {silo} sees {members.Length} silos\n{((IHistoryCluster)this).Log}");
    }

    /// <summary>
    /// Each stored row has its bytes, nothing is there twice: <c>check --deep</c> says so. Bytes may be left over from requests that were broken off;
    /// the janitor removes them in its time.
    /// </summary>
    async Task IHistoryCluster.AssertStoredDataIsRightAsync()
    {
        var run = await CheckCommand.RunAsync(new ChecksOn(_folder.In("silo0"), _settings), "--deep");
        Assert.True(run.ExitCode is CheckCommand.Right or CheckCommand.LeftOver, $"check --deep ended with {run.ExitCode}:\n{run.Output}\n{run.Error}");
    }

    public async Task DisposeAsync()
    {
        foreach (var part in (IAsyncDisposable?[])[_balancer, .. _silos, _store, _queue, _backends, _postgres, Network])
        {
            if (part is not null)
                await part.DisposeAsync();
        }
    }

    public void Dispose() => _folder.Dispose();

    private async Task<int> MembersAsync(int silo)
    {
        using var anyone = new ApiClient(_silos[silo].Address, token: null);
        try
        {
            var checks = (await anyone.GetAsync("/health/details")).Json.GetProperty("checks").EnumerateArray();
            var members = checks.Single(check => check.GetProperty("name").GetString() == "membership").GetProperty("description").GetString()!;
            return SeenActive().Match(members) is { Success: true } match ? int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : 0;
        }
        catch (HttpRequestException)
        {
            return 0;
        }
    }

    private IEnumerable<(string Name, string Value)> Settings()
    {
        var url = new Uri(_backends!.Url).GetLeftPart(UriPartial.Authority);
        foreach (var (name, value) in _backends.Settings)
        {
            var front = name.StartsWith("Sqs__", StringComparison.Ordinal) ? _queue! : _store!;
            yield return (name, value.Replace(url, front.Url, StringComparison.Ordinal));
        }

        yield return ("Cluster__Kind", "postgres");
        yield return ("Cluster__ConnectionString", Database);
        // A new one at each start, so that no silo waits for a silo at the address of the one before.
        yield return ("Cluster__SiloPort", "0");
        yield return ("Cluster__Tls__Disabled", "true");
        yield return ("Cluster__UnreadySeconds", "3");
        yield return ("Token__KeyFile", KeyFile);
    }

    private string KeyFile => _folder.In("keys", "token.key");

    private string Token(string user) => HandMadeToken.Sign(_folder.Path, new TokenClaims(user, ["upload", "read", "share", "webhooks"]));

    private async Task WriteKeyAsync()
    {
        Directory.CreateDirectory(_folder.In("keys"));
        await File.WriteAllTextAsync(KeyFile, Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(KeyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private Task<SiloProcess> StartSiloAsync(int silo)
    {
        var place = Network?.PlaceOf(silo) ?? SiloPlace.Loopback;
        return SiloProcess.StartAtAsync(
            place, _folder.In($"silo{silo}"), [.. _settings, ("Cluster__AdvertisedAddress", place.Host), ("Cluster__SiloName", $"silo{silo}")]);
    }

    [GeneratedRegex("^active; sees .*?([0-9]+) active")]
    private static partial Regex SeenActive();
}

/// <summary>Histories share the cluster and run one after the other.</summary>
[CollectionDefinition(ClusterOfThree.Name)]
public sealed class Histories : ICollectionFixture<ClusterOfThree>;
