using System.Text.RegularExpressions;
using Ingestion.Dashboards;

namespace Ingestion.Tests.Unit.Deploy.Monitoring;

/// <summary>The page that answers the founding documents names alerts and panels that there are. Metrics, links and addresses are compared by other tests.</summary>
public sealed partial class FoundingPageTests
{
    private const string Page = "docs/operate/founding.md";

    private static readonly string _text = DeployFiles.Read(Page);

    [Fact]
    public void Alert_Exists()
    {
        var alerts = RuleFiles.Alerts.Select(alert => (string)alert["alert"]!);
        var named = Alert().Matches(_text).Select(match => match.Groups[1].Value).Distinct().ToArray();
        Assert.True(named.Length > 20);
        Assert.Empty(named.Except(alerts));
    }

    /// <summary>The last column of the metrics: <c>board: panel, panel; board: row</c>, or whole boards.</summary>
    [Fact]
    public void Panel_Exists()
    {
        var places = Rows("Metrics").Select(row => row[^1]).Where(place => place.Length > 0).SelectMany(place => place.Split("; ")).ToArray();
        Assert.True(places.Length > 20);
        foreach (var place in places)
        {
            if (place.Split(": ") is not [var board, var names])
                Assert.All(place.Split(", "), name => Of(name));
            else
                Assert.Empty(names.Split(", ").Except(TitlesOf(Of(board)), StringComparer.OrdinalIgnoreCase));
        }
    }

    [Fact]
    public void RowOfADashboard_Exists() => Assert.All(
        Rows("Panels").SelectMany(row => Quoted().Matches(row[^1])).Select(match => match.Groups[1].Value),
        name => Assert.Contains(Board.All.SelectMany(board => board.Rows), row => row.Title == name));

    private static Board Of(string title) => Board.All.Single(board => board.Title.Equals(title, StringComparison.OrdinalIgnoreCase));

    private static IEnumerable<string> TitlesOf(Board board) => board.Rows.SelectMany(row => row.Panels.Select(panel => panel.Title).Append(row.Title));

    private static IEnumerable<string[]> Rows(string section) => _text.Split("\n## ").Single(part => part.StartsWith(section, StringComparison.Ordinal)).Split('\n')
        .Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Skip(1).Select(line => line.Trim('|').Split('|', StringSplitOptions.TrimEntries));

    [GeneratedRegex("`([A-Z][a-z]+(?:[A-Z][a-z]+)+)`")]
    private static partial Regex Alert();

    [GeneratedRegex("\"([^\"]+)\"")]
    private static partial Regex Quoted();
}
