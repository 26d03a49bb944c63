namespace Ingestion.Silo.Hosting;

/// <summary>
/// What silos of a cluster share. The data folder belongs to one silo: videos and jobs in its files are missing on every other one, though all of
/// them find the state that names them.
/// </summary>
internal static class SharingRules
{
    /// <summary>Why the silo must not start; null when it may.</summary>
    public static string? Mistake(SiloSettings settings)
    {
        if (!settings.Cluster.IsPostgres || settings.Cluster.OneSilo)
            return null;
        (string Setting, string Shared)[] files =
        [
            .. settings.Store == "file" ? [("Ingestion:Store=file", "Ingestion:Store=s3")] : Array.Empty<(string, string)>(),
            .. settings.Queue == "file" ? [("Ingestion:Queue=file", "Ingestion:Queue=sqs")] : Array.Empty<(string, string)>(),
        ];
        return files.Length == 0 ? null : $"Ingestion:Cluster:Kind=postgres shares state with other silos, which do not see the files of "
            + $"{Both(files.Select(file => file.Setting))}: set {Both(files.Select(file => file.Shared))}, "
            + "or Ingestion:Cluster:OneSilo=true where this silo is the only one of its service";
    }

    private static string Both(IEnumerable<string> words) => string.Join(" and ", words);
}
