using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Ingestion.Tests.Unit.Deploy.Monitoring;

/// <summary>The pages that alerts name: they are there, they are complete, and what they ask for exists.</summary>
public sealed partial class RunbookTests
{
    private static readonly string[] _parts =
        ["Symptoms", "Confirm", "Do now", "Causes", "Resolve", "Validate", "Close when", "Messages", "Afterwards"];

    // Each with its pattern: an id in a path is a part of it.
    private static readonly Regex[] _addresses =
    [
        .. JsonNode.Parse(DeployFiles.Read("tests/EndToEnd/OpenApi/Golden/v1.json"))!["paths"]!.AsObject()
            .Select(path => new Regex($"^{Parameter().Replace(path.Key, "[^/]+")}$", RegexOptions.CultureInvariant)),
    ];

    public static TheoryData<string> Pages => [.. RuleFiles.Runbooks];

    public static TheoryData<string> AllPages => [.. RuleFiles.Runbooks, $"{RuleFiles.RunbookFolder}README.md", "docs/operate/founding.md"];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Page_HasEachPart_InOrder(string name) =>
        Assert.Equal(_parts, Heading().Matches(DeployFiles.Read(name)).Select(match => match.Groups[1].Value));

    [Fact]
    public void Page_NamesItsAlerts_AndNoOthers()
    {
        var alerts = RuleFiles.Alerts.ToLookup(alert => (string)alert["annotations"]!["runbook_url"]!, alert => (string)alert["alert"]!);
        Assert.All(alerts, page => Assert.Contains(page.Key, RuleFiles.Runbooks));
        foreach (var name in RuleFiles.Runbooks)
        {
            var head = DeployFiles.Read(name).Split('\n').Single(line => line.StartsWith("| Alerts |", StringComparison.Ordinal));
            var named = Alert().Matches(head).Select(match => match.Groups[1].Value);
            Assert.Equal(alerts[name].Order(StringComparer.Ordinal), named.Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public void List_NamesEachPage_WithItsAlerts()
    {
        var list = DeployFiles.Read($"{RuleFiles.RunbookFolder}README.md");
        Assert.All(RuleFiles.Runbooks, name => Assert.Contains($"]({Path.GetFileName(name)}) |", list, StringComparison.Ordinal));
        Assert.All(RuleFiles.Alerts, alert => Assert.Contains($"`{alert["alert"]}`", list, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(AllPages))]
    public void Link_LeadsToAFile(string name)
    {
        var folder = Path.GetDirectoryName(DeployFiles.PathOf(name))!;
        var links = Link().Matches(DeployFiles.Read(name)).Select(match => match.Groups[1].Value).Where(link => link.Length > 0);
        Assert.All(links, link => Assert.True(Path.Exists(Path.Combine(folder, link)), link));
    }

    [Theory]
    [MemberData(nameof(AllPages))]
    public void Address_IsOneOfTheApi(string name)
    {
        var named = Address().Matches(DeployFiles.Read(name)).Select(match => match.Value.TrimEnd('/')).Distinct();
        Assert.DoesNotContain(named, address => !_addresses.Any(known => known.IsMatch(address)));
    }

    [Theory]
    [MemberData(nameof(AllPages))]
    public void Query_NamesMetricsThatExist(string name)
    {
        var queries = Query().Matches(DeployFiles.Read(name)).Select(match => match.Groups[1].Value);
        Assert.Empty(queries.SelectMany(PromQl.MetricsOf).Except(PromQl.KnownMetrics));
    }

    [GeneratedRegex("^## (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex("`([A-Z][A-Za-z]+)`")]
    private static partial Regex Alert();

    [GeneratedRegex(@"\]\((?!https?:)([^)#]*)")]
    private static partial Regex Link();

    [GeneratedRegex(@"\{[^}]+\}")]
    private static partial Regex Parameter();

    // Not Prometheus' own API.
    [GeneratedRegex(@"(?<![a-z.-])/(api/(?!v1/)|health\b)[\w/{}$-]*")]
    private static partial Regex Address();

    [GeneratedRegex("^promtool query .*\"\\$PROM\" '([^']+)'", RegexOptions.Multiline)]
    private static partial Regex Query();
}
