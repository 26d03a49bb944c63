namespace Ingestion.Dashboards;

/// <summary>The copies of dashboards and rules that lie in the Helm chart: a chart can't take files from outside its folder.</summary>
internal static class ChartFiles
{
    /// <summary>From <c>deploy/</c>: what is copied, and where to.</summary>
    public static readonly IReadOnlyList<(string From, string To)> Folders =
        [("grafana", "helm/ingestion/files/dashboards"), ("prometheus/rules", "helm/ingestion/files/rules")];

    /// <summary>Makes the copies what the originals are.</summary>
    /// <param name="deploy">The folder <c>deploy/</c>.</param>
    public static void Write(string deploy)
    {
        foreach (var (from, to) in Folders)
        {
            var target = Directory.CreateDirectory(Path.Combine(deploy, to));
            foreach (var file in target.GetFiles())
                file.Delete();
            foreach (var file in Directory.GetFiles(Path.Combine(deploy, from)))
                File.Copy(file, Path.Combine(target.FullName, Path.GetFileName(file)));
        }
    }
}
