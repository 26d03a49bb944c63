using Ingestion.Doctor;
using Ingestion.Silo.Hosting;

namespace Ingestion.Silo.Doctor;

/// <summary>The ports that the silo would listen on.</summary>
internal sealed class PortExamination(ClusterSettings cluster, string? urls) : IExamination
{
    private const string Advice = "if it is this silo that runs already, all is well; else choose others with --urls and Ingestion:Cluster:SiloPort";

    public IEnumerable<Look> Looks => [Look.Of("ports", Advice, Examine)];

    private Diagnosis Examine()
    {
        try
        {
            using var ports = PortClaims.Claim(cluster, urls);
            return Diagnosis.Ok($"{urls} and, for other silos, {(cluster.IsPostgres ? ports.Silo.Listen : "any")} are free");
        }
        catch (StartException e) when (e.ExitCode == StartException.ExitOfEnvironment)
        {
            return Diagnosis.Warning(e.Message);
        }
    }
}
