using System.Text.RegularExpressions;
using Ingestion.Tests.Support.Servers;
using Npgsql;

namespace Ingestion.Tests.EndToEnd.Silo;

/// <summary>Silos that run in pods, with an API of Kubernetes that has these pods and nothing else.</summary>
public sealed partial class PodTests : IAsyncLifetime, IDisposable
{
    // As Orleans writes it.
    private const int Active = 3;

    private const string Labels = "orleans/clusterId=green,orleans/serviceId=uploads";

    private readonly TempFolder _data = new();
    private PostgresServer? _postgres;
    private PodApi? _api;
    private string _database = "";

    public async Task InitializeAsync()
    {
        _postgres = await PostgresServer.TryStartAsync();
        if (_postgres is not null)
            _database = await _postgres.CreateClusterDatabaseAsync();
        _api = await PodApi.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _api!.DisposeAsync();
        if (_postgres is not null)
            await _postgres.DisposeAsync();
    }

    public void Dispose() => _data.Dispose();

    [MountFact(PostgresServer.Postgres, PostgresServer.InitDb)]
    public async Task Silo_IsDeclaredDead_WhenItsPodIsRemoved_AndNotForLackOfLabels()
    {
        // As a silo of a release that knows nothing of labels.
        await using var old = await StartAsync("old", ("Cluster__Kubernetes", "off"));
        Assert.Equal("", _api!.LabelsOf("old"));
        Assert.Empty(_api.Requests);

        await using var one = await StartAsync("one");
        Assert.Equal((Labels, Labels), (_api.LabelsOf("old"), _api.LabelsOf("one")));
        Assert.Equal(["old", "one"], await ActiveAsync());
        Assert.Contains("list", _api.Requests);
        Assert.Contains("Pod one in the namespace videos; silos whose pods are removed are declared dead", one.Log, StringComparison.Ordinal);
        await Eventually.TrueAsync(() => _api.Watches > 0, "pods are watched");

        _api.Remove("old");
        await Eventually.TrueAsync(async () => await ActiveAsync() is ["one"], () => $"the silo without a pod is declared dead\n{one.Log}");
        // Not by probes: a silo misses twenty of a minute each.
        Assert.Contains("Declaring server", one.Log, StringComparison.Ordinal);
        await old.ExitAsync();

        await one.TerminateAsync();
        Assert.Equal(0, await one.ExitAsync());
        await old.StartAgainAsync();
        Assert.Equal(["old"], await ActiveAsync());
        // A silo that starts finds the pod gone.
        await one.StartAgainAsync();
        Assert.Equal(["one"], await ActiveAsync());
    }

    [MountFact(PostgresServer.Postgres, PostgresServer.InitDb)]
    public async Task Silo_RunsAndNamesTheMissingRights_WhenKubernetesRefuses()
    {
        foreach (var verb in (string[])["get", "watch"])
        {
            _api!.Requests.Clear();
            _api.Forbidden = verb;
            // Of its own, so that no silo waits for the answer of the one before.
            _database = await _postgres!.CreateClusterDatabaseAsync();
            await using var silo = await StartAsync($"silo-{verb}");
            Assert.Single(Refused().Matches(silo.Log));
            Assert.InRange(_api.Requests.Count, 1, 4);
            Assert.Equal(0, _api.Watches);
        }
    }

    [MountFact(PostgresServer.Postgres, PostgresServer.InitDb)]
    public async Task Silo_Runs_WhenKubernetesDoesNotAnswer()
    {
        await using var silo = await StartAsync("silo", ("KUBERNETES_SERVICE_PORT", $"{Ports.Next()}"));
        Assert.Contains("found by missed probes alone: the API of Kubernetes can't be used", silo.Log, StringComparison.Ordinal);
    }

    private Task<SiloProcess> StartAsync(string pod, params (string Name, string Value)[] settings)
    {
        _api!.Add(pod);
        (string Name, string Value)[] all =
        [
            .. settings, .. _api.VariablesOf(pod), ("Cluster__Kind", "postgres"), ("Cluster__ConnectionString", _database), ("Cluster__SiloPort", "0"),
            ("Cluster__AdvertisedAddress", "127.0.0.1"), ("Cluster__OneSilo", "true"), ("Cluster__ClusterId", "green"), ("Cluster__ServiceId", "uploads"),
            // Settings go before what Orleans reads.
            ("ORLEANS_CLUSTER_ID", "red"), ("ORLEANS_SERVICE_ID", "downloads"),
            // A name with a point would not come through the shell.
            ("Logging__LogLevel__Orleans", "Information"),
            ("Cluster__ProbeSeconds", "60"), ("Cluster__MaxProbeSeconds", "60"), ("Cluster__MissedProbes", "20"), ("Cluster__UnreadySeconds", "0"),
        ];
        return SiloProcess.StartAtAsync(_api.Place, Path.Combine(_data.Path, pod), [.. all.DistinctBy(setting => setting.Name)]);
    }

    private async Task<string[]> ActiveAsync()
    {
        await using var source = NpgsqlDataSource.Create(_database);
        await using var command = source.CreateCommand($"select SiloName from OrleansMembershipTable where Status = {Active} order by SiloName");
        await using var rows = await command.ExecuteReaderAsync();
        var names = new List<string>();
        while (await rows.ReadAsync())
            names.Add(rows.GetString(0));
        return [.. names];
    }

    [GeneratedRegex("Pods are not watched.* refuses .*\\(403\\): the service account needs a role with get, list, watch and patch on pods")]
    private static partial Regex Refused();
}
