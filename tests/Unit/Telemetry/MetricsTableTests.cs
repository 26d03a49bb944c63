using System.Text.RegularExpressions;

namespace Ingestion.Tests.Unit.Telemetry;

/// <summary>docs/operate/metrics.md names the instruments as they are, and Prometheus' names as the exporter prints them.</summary>
public sealed partial class MetricsTableTests
{
    [Fact]
    public async Task TableNamesEveryInstrumentWithUnitAndTags_AndNoOther()
    {
        await using var recorded = await RecordedInstruments.RecordAsync();
        Assert.Equal(
            recorded.All.Select(instrument => $"{instrument.Name} [{instrument.Unit}] {instrument.Tags}").Order(StringComparer.Ordinal),
            MetricsTable.Read().Select(row => $"{row.Name} [{row.Unit}] {row.Tags}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task PrometheusNames_AreTheOnesOfTheScrape()
    {
        await using var recorded = await RecordedInstruments.RecordAsync();
        var scraped = FamilyPattern().Matches(await recorded.ScrapeAsync()).Select(family => family.Groups["name"].Value);
        Assert.Equal(scraped.Order(StringComparer.Ordinal), MetricsTable.Read().Select(row => row.Prometheus).Order(StringComparer.Ordinal));
        Assert.All(MetricsTable.Read(), row => Assert.StartsWith(row.Name.Replace('.', '_'), row.Prometheus, StringComparison.Ordinal));
    }

    /// <summary>https://opentelemetry.io/docs/specs/semconv/general/naming and …/metrics: a namespace, no unit, no kind.</summary>
    [Fact]
    public async Task Names_FollowTheConventions()
    {
        await using var recorded = await RecordedInstruments.RecordAsync();
        Assert.All(recorded.All, instrument =>
        {
            Assert.Matches(@"^ingestion(\.[a-z]+(_[a-z]+)*){2,}$", instrument.Name);
            Assert.DoesNotMatch(@"[._](total|count|bytes|seconds|milliseconds)\b", instrument.Name);
            Assert.Matches(@"^((By|s|\{[a-z]+\})(/s)?)?$", instrument.Unit ?? "");
            Assert.EndsWith(".", instrument.Description, StringComparison.Ordinal);
        });
        Assert.All(recorded.All.SelectMany(instrument => instrument.Tags.Split(' ', StringSplitOptions.RemoveEmptyEntries)), tag => Assert.Contains('.', tag));
    }

    [Fact]
    public void Rows_HaveAMeaning() => Assert.All(MetricsTable.Read(), row => Assert.NotEmpty(row.Meaning));

    [GeneratedRegex("^# TYPE (?<name>ingestion_[a-z_]+) ", RegexOptions.Multiline)]
    private static partial Regex FamilyPattern();
}
