using System.Globalization;

namespace Ingestion.Dashboards;

/// <summary>A query in PromQL.</summary>
/// <param name="Expression">
/// In place of a filter by silo it has <c>{silo}</c>, or <c>{silo, other="filter"}</c>. <c>$__rate_interval</c> is Grafana's: four scrapes at least.
/// </param>
/// <param name="Legend">Name of each line, with labels as <c>{{label}}</c>.</param>
internal sealed record Query(string Expression, string Legend)
{
    /// <summary>Series of the silos that are chosen at the top of the dashboard.</summary>
    public const string OfChosenSilos = "instance=~\"$instance\"";

    /// <summary>As Prometheus reads it.</summary>
    public string Text => Expression.Replace("{silo", "{" + OfChosenSilos, StringComparison.Ordinal);

    /// <summary>A line for each silo.</summary>
    public static Query BySilo(string expression) => new(expression, "{{instance}}");

    /// <summary>How often a counter rises in a second, by one label, or in all silos together.</summary>
    public static Query Rate(string counter, string? by = null, string? legend = null) => by is null
        ? new Query($"sum(rate({counter}{{silo}}[$__rate_interval]))", legend ?? counter)
        : new Query($"sum by ({by}) (rate({counter}{{silo}}[$__rate_interval]))", legend ?? $"{{{{{by}}}}}");

    /// <summary>Below which value a share of a histogram's measurements lies, by one label, or of all.</summary>
    /// <param name="share">As 0.95.</param>
    /// <param name="histogram">Without <c>_bucket</c>.</param>
    /// <param name="by">A label.</param>
    public static Query Quantile(double share, string histogram, string? by = null)
    {
        var (labels, name) = by is null ? ("le", "") : ($"{by}, le", $" {{{{{by}}}}}");
        return new Query(
            string.Create(CultureInfo.InvariantCulture, $"histogram_quantile({share}, sum by ({labels}) (rate({histogram}_bucket{{silo}}[$__rate_interval])))"),
            string.Create(CultureInfo.InvariantCulture, $"p{share * 100:0}{name}"));
    }
}
