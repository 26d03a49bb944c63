using Ingestion.Dashboards.Boards;

namespace Ingestion.Dashboards;

/// <summary>A dashboard.</summary>
/// <param name="Name">Of its file; part of its address in Grafana, so that links to it last.</param>
/// <param name="Title">Beside "Ingestion".</param>
/// <param name="Help">What it answers, in a sentence.</param>
/// <param name="Rows">From the top.</param>
internal sealed record Board(string Name, string Title, string Help, IReadOnlyList<Row> Rows)
{
    public static IReadOnlyList<Board> All =>
        [Overview.Board, Uploads.Board, LiveStatus.Board, Memory.Board, Processing.Board, Cluster.Board, Backends.Board];

    public string FileName => $"{Name}.json";
}

/// <summary>Panels side by side, all equally wide.</summary>
/// <param name="Title">Above them.</param>
/// <param name="Panels">1, 2, 3, 4 or 6: Grafana has 24 columns.</param>
internal sealed record Row(string Title, params IReadOnlyList<Panel> Panels)
{
    /// <summary>In units of Grafana, of about 38 pixels.</summary>
    public int Height { get; init; } = 8;
}
