using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Ingestion.Tests.Cluster.Infrastructure;
using Ingestion.Tests.Support.Servers;

namespace Ingestion.Tests.Cluster.Upgrades;

/// <summary>
/// Three silos of a former release behind a balancer, on the database of that release. Each can be replaced by one of this release, and back.
/// </summary>
internal sealed class UpgradedCluster(Release release) : IHistoryCluster, IAsyncDisposable
{
    private const int Silos = 3;
    private const string Host = "127.0.0.1";

    // What a silo of 0.3.0 has when it is to stop it breaks off.
    private static readonly TimeSpan _untilDrained = TimeSpan.FromSeconds(2);

    private readonly TempFolder _folder = new();
    private readonly SiloProcess?[] _silos = new SiloProcess?[Silos];
    private readonly Uri[] _addresses = [.. Enumerable.Range(0, Silos).Select(_ => new Uri($"http://{Host}:{Ports.Next()}"))];
    private readonly string[] _siloPorts = [.. Enumerable.Range(0, Silos).Select(_ => Ports.Next().ToString(CultureInfo.InvariantCulture))];
    private readonly List<string> _logs = [];
    private PostgresServer? _postgres;
    private SharedBackends? _backends;
    private ProxyProcess? _balancer;
    private string _database = "";

    public string Log => string.Join('\n', [.. _logs, .. _silos.OfType<SiloProcess>().Select(silo => silo.Log)]);

    public static async Task<UpgradedCluster> StartAsync(Release release)
    {
        var cluster = new UpgradedCluster(release);
        try
        {
            await cluster.StartAllAsync();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Old answers are other than the document of today's API says.</summary>
    public ApiClient As(string user, TimeSpan? patience = null) =>
        new(_balancer!.Address, HandMadeToken.Sign(_folder.Path, new TokenClaims(user, ["upload", "read", "share", "webhooks"])), patience, isJudged: false);

    public Task RepairAsync() => Task.CompletedTask;

    /// <summary>What docs/operate/upgrade.md says comes first.</summary>
    public async Task MigrateAsync()
    {
        var run = await Executable.RunAsync(OfThisRelease("migrate"));
        Assert.True(run.ExitCode == 0, $"migrate ended with {run.ExitCode}:\n{run.Output}\n{run.Error}");
    }

    /// <summary>A silo is stopped, and one of the other release started in its place.</summary>
    public async Task ReplaceAsync(int silo, bool byFormer)
    {
        await StopAsync(silo);
        _silos[silo] = await StartSiloAsync(silo, byFormer);
    }

    /// <summary>A silo of this release does not start beside those of the former one; what it says.</summary>
    public async Task<string> IsRefusedAsync()
    {
        var run = await Executable.RunAsync(OfThisRelease("run", "--data", _folder.In("refused"), "--urls", $"http://{Host}:{Ports.Next()}"));
        Assert.True(run.ExitCode == 1, $"it ended with {run.ExitCode}:\n{run.Output}\n{run.Error}");
        return run.Error;
    }

    /// <summary>All silos stop, once the balancer has sent them nothing more for a while, and this release starts in their place.</summary>
    public async Task ReplaceAllWithAStopAsync()
    {
        for (var silo = 0; silo < Silos; silo++)
            await _balancer!.DrainAsync(silo);
        await Task.Delay(_untilDrained);
        await Task.WhenAll(Enumerable.Range(0, Silos).Select(StopAsync));
        for (var silo = 0; silo < Silos; silo++)
        {
            _silos[silo] = await StartSiloAsync(silo, ofFormer: false);
            await _balancer!.TakeInAsync(silo);
        }
    }

    public async Task AssertStoredDataIsRightAsync()
    {
        var run = await CheckCommand.RunAsync(new ChecksOn(_folder.In("silo0"), [.. Settings(0), .. NewSettings(0)]), "--deep");
        Assert.True(run.ExitCode is CheckCommand.Right or CheckCommand.LeftOver, $"check --deep ended with {run.ExitCode}:\n{run.Output}\n{run.Error}");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var part in (IAsyncDisposable?[])[_balancer, .. _silos, _backends, _postgres])
        {
            if (part is not null)
                await part.DisposeAsync();
        }

        _folder.Dispose();
    }

    private async Task StartAllAsync()
    {
        _postgres = (await PostgresServer.TryStartAsync())!;
        _database = await _postgres.CreateDatabaseAsync();
        await PostgresServer.ExecuteAsync(_database, await release.ReadSchemaAsync());
        _backends = await SharedBackends.StartAsync();
        Directory.CreateDirectory(_folder.In("keys"));
        await File.WriteAllTextAsync(KeyFile, Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(KeyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        for (var silo = 0; silo < Silos; silo++)
            _silos[silo] = await StartSiloAsync(silo, ofFormer: true);
        _balancer = await ProxyProcess.StartBalancerAsync(_addresses);
    }

    private async Task StopAsync(int silo)
    {
        var gone = _silos[silo]!;
        await gone.TerminateAsync();
        Assert.True(await gone.ExitAsync() == 0, gone.Log);
        _logs.Add($"=== silo {silo}\n{gone.Log}");
        await gone.DisposeAsync();
        _silos[silo] = null;
    }

    private Task<SiloProcess> StartSiloAsync(int silo, bool ofFormer)
    {
        var settings = ofFormer && release == Release.Former ? Settings(silo) : [.. Settings(silo), .. NewSettings(silo)];
        return SiloProcess.StartBuildAsync(ofFormer ? release.Silo : null, _addresses[silo], _folder.In($"silo{silo}"), [.. settings]);
    }

    private ProcessStartInfo OfThisRelease(params string[] arguments)
    {
        var start = Executable.Silo(arguments);
        foreach (var (name, value) in (IEnumerable<(string, string)>)[.. Settings(0), .. NewSettings(0), ("Cluster__SiloPort", "0")])
            start.Environment[name.StartsWith("AWS_", StringComparison.Ordinal) ? name : $"Ingestion__{name}"] = value;
        return start;
    }

    private string KeyFile => _folder.In("keys", "token.key");

    private IEnumerable<(string Name, string Value)> Settings(int silo) =>
    [
        .. _backends!.Settings, ("Cluster__Kind", "postgres"), ("Cluster__ConnectionString", _database), ("Cluster__SiloPort", _siloPorts[silo]),
        ("Token__KeyFile", KeyFile),
    ];

    /// <summary>What 0.3.0 does not know, and refuses.</summary>
    private static IEnumerable<(string Name, string Value)> NewSettings(int silo) =>
        [("Cluster__AdvertisedAddress", Host), ("Cluster__SiloName", $"silo{silo}"), ("Cluster__UnreadySeconds", "3")];
}
