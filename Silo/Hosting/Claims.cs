using Ingestion.Silo.Pods;
using Ingestion.Silo.Tls;

namespace Ingestion.Silo.Hosting;

/// <summary>What this silo must have for itself, or find in order, before anything of it starts.</summary>
internal sealed class Claims(DataFolder folder, PortClaims ports, SiloCertificates? certificates, PodAgent? agent) : IDisposable
{
    public SiloEndpoints Silo => ports.Silo;

    /// <summary>Null where silos talk in the clear.</summary>
    public SiloCertificates? Certificates => certificates;

    /// <summary>Null where no variable names the pod.</summary>
    public PodAgent? Agent => agent;

    /// <summary>What others could read in the data folder until now.</summary>
    public Tightened Tightened => folder.Tightened;

    /// <exception cref="StartException">Something is taken or missing.</exception>
    public static async Task<Claims> TakeAsync(WebApplicationBuilder builder, SiloSettings settings)
    {
        var certificates = settings.Cluster.IsPostgres ? SiloCertificates.Read(settings.Cluster.Tls, TimeProvider.System) : null;
        var folder = DataFolder.Claim(settings.Data);
        PortClaims? ports = null;
        try
        {
            ports = PortClaims.Claim(settings.Cluster, builder.Configuration[WebHostDefaults.ServerUrlsKey]);
            if (TlsRules.Mistake(settings.Cluster, ports.Silo) is { } mistake)
                throw StartException.OfSettings([mistake]);
            if (settings.Cluster.IsPostgres)
                await DatabaseCheck.RunAsync(settings.Cluster, TimeProvider.System);
            return new Claims(folder, ports, certificates, await PodAgent.TryAsync(settings.Cluster));
        }
        catch
        {
            ports?.Dispose();
            folder.Dispose();
            throw;
        }
    }

    /// <summary>From the host's start on Orleans has the port; the folder stays claimed.</summary>
    public void ReleasePort(IHostApplicationLifetime host) => host.ApplicationStarted.Register(ports.Dispose);

    public void Dispose()
    {
        ports.Dispose();
        folder.Dispose();
    }
}
