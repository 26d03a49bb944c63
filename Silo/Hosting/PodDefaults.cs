namespace Ingestion.Silo.Hosting;

/// <summary>
/// What Kubernetes knows of a silo, from the variables POD_IP and POD_NAME of its container. Settings go before them. A silo needs no right in
/// Kubernetes for these.
/// </summary>
internal static class PodDefaults
{
    public static void Apply(ClusterSettings cluster, IConfiguration configuration)
    {
        if (configuration["KUBERNETES_SERVICE_HOST"] is null or "")
            return;
        if (cluster is { IsPostgres: true, OneSilo: false, AdvertisedAddress: "" })
            cluster.AdvertisedAddress = configuration["POD_IP"] ?? "";
        if (cluster.SiloName.Length == 0)
            cluster.SiloName = configuration["POD_NAME"] ?? "";
    }
}
