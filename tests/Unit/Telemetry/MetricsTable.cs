namespace Ingestion.Tests.Unit.Telemetry;

/// <summary>A row of the table in docs/operate/metrics.md.</summary>
internal sealed record MetricsRow(string Name, string Prometheus, string Unit, string Tags, string Meaning, string Founding);

/// <summary>The table that operators read.</summary>
internal static class MetricsTable
{
    public static IReadOnlyList<MetricsRow> Read() =>
    [
        .. from line in File.ReadLines(Path.Combine(Root(), "docs", "operate", "metrics.md"))
           where line.StartsWith("| `ingestion.", StringComparison.Ordinal)
           let cells = line.Split('|', StringSplitOptions.TrimEntries)
           select new MetricsRow(Code(cells[1]), Code(cells[2]), cells[3], Code(cells[4]), cells[5], cells[6]),
    ];

    /// <summary>Prometheus' names of all instruments, also of those that are not ours.</summary>
    public static IEnumerable<string> PrometheusNames =>
        from line in File.ReadLines(Path.Combine(Root(), "docs", "operate", "metrics.md"))
        where line.StartsWith("| `", StringComparison.Ordinal)
        select Code(line.Split('|', StringSplitOptions.TrimEntries)[2]);

    private static string Code(string cell) => cell.Replace("`", "", StringComparison.Ordinal);

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Ingestion.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new FileNotFoundException("The tests don't run inside the repository.");
        return folder;
    }
}
