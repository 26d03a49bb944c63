using System.Net;

namespace Ingestion.Silo.Hosting;

/// <summary>What this silo must have for itself, or find in order, before anything of it starts.</summary>
internal sealed class Claims(DataFolder folder, PortClaims ports) : IDisposable
{
    public IPEndPoint Silo => ports.Silo;

    /// <summary>What others could read in the data folder until now.</summary>
    public Tightened Tightened => folder.Tightened;

    /// <exception cref="StartException">Something is taken or missing.</exception>
    public static async Task<Claims> TakeAsync(WebApplicationBuilder builder, SiloSettings settings)
    {
        var folder = DataFolder.Claim(settings.Data);
        try
        {
            var ports = PortClaims.Claim(settings.Cluster, builder.Configuration[WebHostDefaults.ServerUrlsKey]);
            if (settings.Cluster.IsPostgres)
                await DatabaseCheck.RunAsync(settings.Cluster.ConnectionString, TimeProvider.System);
            return new Claims(folder, ports);
        }
        catch
        {
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
