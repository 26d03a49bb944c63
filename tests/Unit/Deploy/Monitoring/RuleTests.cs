using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ingestion.Tests.Unit.Telemetry;

namespace Ingestion.Tests.Unit.Deploy.Monitoring;

/// <summary>The rules of Prometheus. Its promtool reads them, and tries them on series that are made up.</summary>
public sealed partial class RuleTests
{
    private static readonly string[] _severities = ["critical", "warning"];

    public static TheoryData<string> Files => [.. RuleFiles.Names];

    public static TheoryData<string> TestFiles => [.. RuleFiles.TestNames];

    [ProgramTheory("promtool")]
    [MemberData(nameof(Files))]
    public async Task File_IsReadByPrometheus(string name)
    {
        var run = await ProgramRun.RunAsync("promtool", "check", "rules", "--lint=all", "--lint-fatal", DeployFiles.PathOf(name));
        Assert.True(run.ExitCode == 0, run.ToString());
    }

    [ProgramFact("promtool")]
    public async Task ConfigurationOfCompose_IsReadByPrometheus()
    {
        var run = await ProgramRun.RunAsync("promtool", "check", "config", "--syntax-only", DeployFiles.PathOf("deploy/compose/prometheus.yml"));
        Assert.True(run.ExitCode == 0, run.ToString());
    }

    [ProgramTheory("promtool")]
    [MemberData(nameof(TestFiles))]
    public async Task Alert_FiresAndEnds_OnMadeUpSeries(string name)
    {
        var run = await ProgramRun.RunAsync("promtool", "test", "rules", DeployFiles.PathOf(name));
        Assert.True(run.ExitCode == 0, run.ToString());
    }

    [Fact]
    public void Alert_HasATest_InWhichItFiresAndEnds()
    {
        var tested = new HashSet<string>(StringComparer.Ordinal);
        foreach (var test in RuleFiles.Tests)
        {
            string[][] firing = [.. test["promql_expr_test"]!.AsArray().Select(FiringAt)];
            tested.UnionWith(firing.SelectMany(names => names).Except(firing[0]).Except(firing[^1]));
        }

        Assert.Equal(
            RuleFiles.Alerts.Select(alert => (string)alert["alert"]!).Order(StringComparer.Ordinal), tested.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Alert_SaysHowBadItIs_WhatItIs_AndWhereToReadOn() => Assert.All(RuleFiles.Alerts, alert =>
    {
        Assert.Contains((string?)alert["labels"]!["severity"], _severities);
        Assert.Equal("ingestion", (string?)alert["labels"]!["service"]);
        Assert.NotEmpty((string?)alert["annotations"]!["summary"] ?? "");
        Assert.EndsWith(".", (string?)alert["annotations"]!["description"], StringComparison.Ordinal);
        Assert.StartsWith(RuleFiles.RunbookFolder, (string?)alert["annotations"]!["runbook_url"], StringComparison.Ordinal);
    });

    [Fact]
    public void Rule_NamesMetricsThatExist() =>
        Assert.Empty(RuleFiles.Rules.SelectMany(rule => PromQl.MetricsOf((string)rule["expr"]!)).Except(PromQl.KnownMetrics));

    [Fact]
    public void FoundingName_IsRecorded_AndTested()
    {
        var founding = MetricsTable.Read().SelectMany(row => Quoted().Matches(row.Founding)).Select(match => match.Groups[1].Value).ToArray();
        var recorded = RuleFiles.Rules.Select(rule => (string?)rule["record"]).OfType<string>().ToArray();
        Assert.NotEmpty(founding);
        // A histogram is three series.
        Assert.Empty(founding.Except(recorded).Except(recorded.Select(name => name.Replace("_bucket", "", StringComparison.Ordinal))));
        var tested = DeployFiles.ReadYaml("deploy/prometheus/tests/founding.yaml")["tests"]![0]!["promql_expr_test"]!.AsArray()
            .Select(test => (string)test!["expr"]!);
        Assert.Equal(recorded.Where(name => !name.Contains(':', StringComparison.Ordinal)).Order(StringComparer.Ordinal), tested.Order(StringComparer.Ordinal));
    }

    private static string[] FiringAt(JsonNode? evaluation) =>
    [
        .. (evaluation!["exp_samples"]?.AsArray() ?? []).SelectMany(sample => AlertName().Matches((string)sample!["labels"]!))
            .Select(match => match.Groups[1].Value),
    ];

    [GeneratedRegex("alertname=\"([A-Za-z]+)\"")]
    private static partial Regex AlertName();

    [GeneratedRegex("`([a-z_]+)`")]
    private static partial Regex Quoted();
}
