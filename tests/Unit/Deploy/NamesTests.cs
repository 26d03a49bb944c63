using System.Text.RegularExpressions;
using Ingestion.Silo.Settings;
using Ingestion.Tests.Unit.Telemetry;

namespace Ingestion.Tests.Unit.Deploy;

/// <summary>Settings, metrics and their labels that the files of operators name exist.</summary>
public sealed partial class NamesTests
{
    // Other things that are called so.
    private static readonly string[] _otherNames = ["ingestion.service", "ingestion.sysusers"];

    public static TheoryData<string> Files => [.. DeployFiles.NamesWithPages];

    [Theory]
    [MemberData(nameof(Files))]
    public void Setting_IsKnown_WhereverItIsNamed(string file)
    {
        var known = KnownSettings.All.Keys.ToArray();
        var named = SettingName().Matches(DeployFiles.Read(file)).Select(match => SiloEnvironment.PathOf(match.Value)).Distinct();
        // A section is named by what its settings begin with.
        Assert.DoesNotContain(named, name => !known.Any(setting => setting == name || setting.StartsWith($"{name}:", StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Metric_IsInTheTable_WhereverItIsNamed(string file)
    {
        var table = MetricsTable.Read();
        var known = table.SelectMany(row => (string[])[row.Name, row.Prometheus, $"{row.Prometheus}_bucket", $"{row.Prometheus}_sum", $"{row.Prometheus}_count",
            .. row.Tags.Replace('.', '_').Split(' ')]);
        var named = MetricName().Matches(DeployFiles.Read(file)).Select(match => match.Groups[1].Value).Distinct();
        Assert.Empty(named.Except(known).Except(_otherNames));
    }

    [GeneratedRegex("(?<![A-Za-z.])Ingestion(?:(?:__|:)[A-Za-z0-9]+)+")]
    private static partial Regex SettingName();

    // With dots only in backticks: the chart has names of its own.
    [GeneratedRegex("(?<![a-z])(ingestion_[a-z_]+|(?<=`)ingestion\\.[a-z_.]+)")]
    private static partial Regex MetricName();
}
