using System.Text.Json.Nodes;
using Ingestion.Dashboards;
using Ingestion.Dashboards.Grafana;
using Ingestion.Tests.Unit.Telemetry;

namespace Ingestion.Tests.Unit.Deploy.Monitoring;

/// <summary>The dashboards, as they are made and as they lie in deploy/grafana.</summary>
public sealed class DashboardTests
{
    private const string Folder = "deploy/grafana/";
    private const int LongestUid = 40;

    public static TheoryData<string> Names => [.. Board.All.Select(board => board.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void File_IsWhatIsMadeOfTheCode(string name)
    {
        var board = Of(name);
        Assert.True(
            GrafanaJson.Write(board) == DeployFiles.Read(Folder + board.FileName), $"{Folder}{board.FileName} is not of this code: run ./dev dashboards");
    }

    [Fact]
    public void Folder_HasNoOtherFile() => Assert.Equal(
        Board.All.Select(board => board.FileName).Order(StringComparer.Ordinal),
        Directory.GetFiles(DeployFiles.PathOf(Folder)).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Names))]
    public void Query_NamesMetricsThatExist(string name) =>
        Assert.Empty(Queries(Of(name)).SelectMany(query => PromQl.MetricsOf(query.Text)).Except(PromQl.KnownMetrics));

    [Theory]
    [MemberData(nameof(Names))]
    public void Query_IsOfTheChosenSilos(string name) =>
        Assert.All(Queries(Of(name)).Where(query => !query.Text.Contains("ALERTS", StringComparison.Ordinal)), query =>
            Assert.Contains("{" + Query.OfChosenSilos, query.Text, StringComparison.Ordinal));

    /// <summary>As if each query were a rule, which promtool reads.</summary>
    [ProgramTheory("promtool")]
    [MemberData(nameof(Names))]
    public async Task Query_IsReadByPrometheus(string name)
    {
        using var folder = new TempFolder();
        var rules = Queries(Of(name)).Select((query, index) => (JsonNode)new JsonObject
        {
            ["record"] = $"query_{index}",
            ["expr"] = query.Text.Replace("$__rate_interval", "1m", StringComparison.Ordinal),
        });
        var file = Path.Combine(folder.Path, "queries.yaml");
        // JSON is YAML.
        await File.WriteAllTextAsync(
            file,
            new JsonObject { ["groups"] = new JsonArray(new JsonObject { ["name"] = "queries", ["rules"] = new JsonArray([.. rules]) }) }.ToJsonString());
        var run = await ProgramRun.RunAsync("promtool", "check", "rules", "--lint=none", file);
        Assert.True(run.ExitCode == 0, run.ToString());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Panel_IsExplained_AndInsideTheGrid(string name)
    {
        var json = JsonNode.Parse(GrafanaJson.Write(Of(name)))!;
        var panels = json["panels"]!.AsArray().Select(panel => panel!).ToArray();
        Assert.InRange(((string)json["uid"]!).Length, 1, LongestUid);
        Assert.Equal(panels.Length, panels.Select(panel => (int)panel["id"]!).Distinct().Count());
        Assert.All(panels, panel =>
        {
            Assert.InRange((int)panel["gridPos"]!["x"]! + (int)panel["gridPos"]!["w"]!, 1, 24);
            if ((string?)panel["type"] != "row")
                Assert.EndsWith(".", (string?)panel["description"], StringComparison.Ordinal);
        });
        // No two of them lie on each other.
        var cells = panels.SelectMany(panel => Cells(panel["gridPos"]!)).ToArray();
        Assert.Equal(cells.Length, cells.Distinct().Count());
    }

    [Fact]
    public void EveryMetric_HasAPanel()
    {
        var shown = Board.All.SelectMany(Queries).SelectMany(query => PromQl.MetricsOf(query.Text)).ToHashSet(StringComparer.Ordinal);
        Assert.DoesNotContain(
            MetricsTable.Read().Select(row => row.Prometheus), name => !new[] { name, $"{name}_bucket", $"{name}_count" }.Any(shown.Contains));
    }

    private static IEnumerable<Query> Queries(Board board) => board.Rows.SelectMany(row => row.Panels).SelectMany(panel => panel.Queries);

    private static Board Of(string name) => Board.All.Single(board => board.Name == name);

    private static IEnumerable<(int X, int Y)> Cells(JsonNode place) =>
        from x in Enumerable.Range((int)place["x"]!, (int)place["w"]!)
        from y in Enumerable.Range((int)place["y"]!, (int)place["h"]!)
        select (x, y);
}
