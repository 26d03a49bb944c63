using Ingestion.Dashboards.Grafana;

namespace Ingestion.Dashboards;

/// <summary>Writes one file for each dashboard, and copies dashboards and rules into the Helm chart: ./dev dashboards.</summary>
internal static class Program
{
    public static int Main(string[] args)
    {
        if (args is not [var deploy])
        {
            Console.Error.WriteLine("usage: Ingestion.Dashboards DEPLOY_FOLDER");
            return 2;
        }

        foreach (var board in Board.All)
            File.WriteAllText(Path.Combine(deploy, "grafana", board.FileName), GrafanaJson.Write(board));
        ChartFiles.Write(deploy);
        return 0;
    }
}
