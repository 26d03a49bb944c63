using System.Text.Json.Nodes;

namespace Ingestion.Tests.Unit.Deploy.Monitoring;

/// <summary>Rules of Prometheus, their tests, and the pages that they name.</summary>
internal static class RuleFiles
{
    public const string RunbookFolder = "docs/operate/runbooks/";

    public static IReadOnlyList<string> Names { get; } = In("deploy/prometheus/rules/", ".yaml");

    public static IReadOnlyList<string> TestNames { get; } = In("deploy/prometheus/tests/", ".yaml");

    /// <summary>But the list of them.</summary>
    public static IReadOnlyList<string> Runbooks { get; } = [.. In(RunbookFolder, ".md").Where(name => !name.EndsWith("/README.md", StringComparison.Ordinal))];

    public static IReadOnlyList<JsonNode> Rules { get; } =
    [
        .. Names.SelectMany(name => DeployFiles.ReadYaml(name)["groups"]!.AsArray()).SelectMany(group => group!["rules"]!.AsArray()).Select(rule => rule!),
    ];

    public static IEnumerable<JsonNode> Alerts => Rules.Where(rule => rule["alert"] is not null);

    public static IEnumerable<JsonNode> Tests => TestNames.SelectMany(name => DeployFiles.ReadYaml(name)["tests"]!.AsArray()).Select(test => test!);

    private static string[] In(string folder, string end) =>
        [.. Directory.GetFiles(DeployFiles.PathOf(folder), $"*{end}").Select(file => folder + Path.GetFileName(file)).Order(StringComparer.Ordinal)];
}
