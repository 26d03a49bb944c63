using Ingestion.Dashboards.Grafana;

namespace Ingestion.Dashboards;

/// <summary>Writes one file for each dashboard: ./dev dashboards.</summary>
internal static class Program
{
    public static int Main(string[] args)
    {
        if (args is not [var folder])
        {
            Console.Error.WriteLine("usage: Ingestion.Dashboards FOLDER");
            return 2;
        }

        foreach (var board in Board.All)
            File.WriteAllText(Path.Combine(folder, board.FileName), GrafanaJson.Write(board));
        return 0;
    }
}
