using System.Text.Json.Nodes;
using Ingestion.Dashboards;
using k8s.Models;

namespace Ingestion.Tests.Unit.Deploy.Helm;

/// <summary>Dashboards and rules in the chart: the very files that Grafana and Prometheus are given elsewhere.</summary>
public sealed class ChartMonitoringTests(ChartRenderer chart) : IClassFixture<ChartRenderer>
{
    private const string Least = """
        "store": {"bucket": "videos"}, "queue": {"url": "https://queue.example.org/jobs", "deadLetterUrl": "https://queue.example.org/dead"}
        """;

    private const string Deploy = "deploy/";
    private const string Rules = "deploy/prometheus/rules/";

    [Fact]
    public void Copies_AreWhatTheyAreOf() => Assert.All(ChartFiles.Folders, folder =>
    {
        var (from, to) = folder;
        Assert.Equal(NamesIn(from), NamesIn(to));
        Assert.All(NamesIn(from), name => Assert.True(
            DeployFiles.Read($"{Deploy}{from}/{name}") == DeployFiles.Read($"{Deploy}{to}/{name}"), $"{Deploy}{to}/{name} is not that of {from}: run ./dev dashboards"));
    });

    [ProgramFact(ChartRenderer.Go)]
    public async Task NothingOfThem_IsThere_UnlessItIsWanted()
    {
        var templates = await chart.RenderAsync($"{{ {Least} }}");
        Assert.DoesNotContain("kind:", templates["dashboards.yaml"], StringComparison.Ordinal);
        Assert.DoesNotContain("kind:", templates["rules.yaml"], StringComparison.Ordinal);
    }

    [ProgramFact(ChartRenderer.Go)]
    public async Task Dashboard_HasAConfigMap_ThatTheSidecarFinds()
    {
        var maps = await ConfigMapsAsync(", \"dashboards\": {\"enabled\": true}");
        Assert.Equal(
            Board.All.Select(board => $"video-ingestion-dashboard-{board.Name}").Order(StringComparer.Ordinal),
            maps.Select(map => map.Name()).Order(StringComparer.Ordinal));
        Assert.All(maps, map =>
        {
            Assert.Equal(("1", "videos"), (map.Metadata.Labels["grafana_dashboard"], map.Namespace()));
            var (file, text) = Assert.Single(map.Data);
            Assert.StartsWith("ingestion-", file, StringComparison.Ordinal);
            Assert.True(JsonNode.DeepEquals(JsonNode.Parse(DeployFiles.Read($"{Deploy}grafana/{file["ingestion-".Length..]}")), JsonNode.Parse(text)));
        });
    }

    [ProgramFact(ChartRenderer.Go)]
    public async Task Dashboards_HaveTheLabelsAndTheNamespaceThatAreSet()
    {
        var maps = await ConfigMapsAsync(", \"dashboards\": {\"enabled\": true, \"labels\": {\"mine\": \"2\"}, \"namespace\": \"monitoring\"}");
        Assert.All(maps, map =>
        {
            Assert.Equal(("2", "monitoring"), (map.Metadata.Labels["mine"], map.Namespace()));
            Assert.Equal("video", map.Metadata.Labels["app.kubernetes.io/instance"]);
        });
    }

    [ProgramFact(ChartRenderer.Go)]
    public async Task Rules_AreFilesInConfigMaps()
    {
        var maps = await ConfigMapsAsync(", \"rules\": {\"enabled\": true, \"kind\": \"ConfigMap\"}");
        Assert.Equal(NamesIn("prometheus/rules").Length, maps.Count);
        Assert.All(maps, map =>
        {
            var (file, text) = Assert.Single(map.Data);
            Assert.Equal(DeployFiles.Read(Rules + file["ingestion-".Length..]), text);
        });
    }

    /// <summary>Prometheus' operator has an object of its own, which Kubernetes' client does not know.</summary>
    [ProgramFact(ChartRenderer.Go)]
    public async Task Rules_AreOfTheOperator_AndOfTheJobThatIsSet()
    {
        var values = $"{{ {Least}, \"rules\": {{\"enabled\": true, \"labels\": {{\"release\": \"prometheus\"}}, \"job\": \"videos/ingestion-api\"}} }}";
        var text = (await chart.RenderAsync(values))["rules.yaml"];
        var rules = text.Split("\n---\n", StringSplitOptions.RemoveEmptyEntries).Select(DeployFiles.Parse)
            .ToDictionary(rule => (string)rule["metadata"]!["name"]!);
        Assert.Equal(NamesIn("prometheus/rules").Length, rules.Count);
        foreach (var name in NamesIn("prometheus/rules"))
        {
            var rule = rules[$"video-ingestion-rules-{Path.GetFileNameWithoutExtension(name)}"];
            Assert.Equal(("monitoring.coreos.com/v1", "PrometheusRule"), ((string?)rule["apiVersion"], (string?)rule["kind"]));
            Assert.Equal("prometheus", (string?)rule["metadata"]!["labels"]!["release"]);
            var expected = DeployFiles.Read(Rules + name).Replace("job=\"ingestion\"", "job=\"videos/ingestion-api\"", StringComparison.Ordinal);
            Assert.True(JsonNode.DeepEquals(DeployFiles.Parse(expected), rule["spec"]), name);
        }
    }

    private static string[] NamesIn(string folder) =>
        [.. Directory.GetFiles(DeployFiles.PathOf(Deploy + folder)).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    private async Task<List<V1ConfigMap>> ConfigMapsAsync(string values) => [.. (await chart.ObjectsAsync($"{{ {Least}{values} }}")).OfType<V1ConfigMap>()];
}
