using System.Text.RegularExpressions;
using Ingestion.Tests.Unit.Telemetry;

namespace Ingestion.Tests.Unit.Deploy.Monitoring;

/// <summary>Names in expressions of Prometheus.</summary>
internal static partial class PromQl
{
    private static readonly string[] _words = ["and", "or", "unless", "bool", "offset"];

    // Prometheus' own series, and that of the resource.
    private static readonly string[] _others = ["up", "ALERTS", "target_info"];

    /// <summary>Of series, each once.</summary>
    public static IEnumerable<string> MetricsOf(string expression) =>
        Name().Matches(NoMetrics().Replace(Text().Replace(expression, ""), " ")).Select(match => match.Value).Except(_words).Distinct();

    /// <summary>The names that an expression may have: of docs/operate/metrics.md, of Prometheus, and what rules record.</summary>
    public static IReadOnlySet<string> KnownMetrics { get; } = MetricsTable.PrometheusNames
        .SelectMany(name => (string[])[name, $"{name}_bucket", $"{name}_sum", $"{name}_count"])
        .Concat(_others).Concat(RuleFiles.Rules.Select(rule => (string?)rule["record"]).OfType<string>()).ToHashSet(StringComparer.Ordinal);

    [GeneratedRegex("\"[^\"]*\"")]
    private static partial Regex Text();

    // Filters, ranges, and labels by which series are put together.
    [GeneratedRegex(@"\{[^}]*\}|\[[^\]]*\]|\b(by|without|on|ignoring|group_left|group_right) *\([^)]*\)")]
    private static partial Regex NoMetrics();

    // No function, which has a parenthesis behind it, and no unit of a duration or an exponent, which has a digit before it.
    [GeneratedRegex(@"(?<![\w:.$])[a-zA-Z_:][\w:]*\b(?! *\()")]
    private static partial Regex Name();
}
