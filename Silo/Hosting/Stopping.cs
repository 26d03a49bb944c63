using System.Security.Cryptography;
using System.Text;
using Ingestion.Api.Stopping;
using Ingestion.Grains.Silos.Recycling;
using Ingestion.Silos.Recycling;

namespace Ingestion.Silo.Hosting;

internal static class Stopping
{
    // A balancer that asks every two seconds has seen two answers then.
    private static readonly TimeSpan _unreadyInCluster = TimeSpan.FromSeconds(5);

    public static void AddStop(this WebApplicationBuilder builder, SiloSettings settings)
    {
        var times = TimesOf(settings, builder.Configuration.GetSection("Ingestion:Cluster").Get<StopSettings>() ?? new StopSettings());
        builder.Services.AddSiloStop(times);
        builder.Services.AddSingleton<SiloEnd>().AddSingleton<ISiloEnd>(services => services.GetRequiredService<SiloEnd>());
        builder.Services.AddSingleton(SeatOf(settings));
        builder.Services.AddSingleton<IHostLifetime, StopSignals>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = times.Shutdown);
    }

    /// <summary>A silo that is alone has no other one to which a balancer could send requests, and one without clients has no balancer.</summary>
    internal static StopTimes TimesOf(SiloSettings settings, StopSettings stop)
    {
        var isOneOfSeveral = settings.Cluster.IsPostgres && settings.HasRole(Roles.Api);
        var unready = stop.UnreadySeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : isOneOfSeveral ? _unreadyInCluster : TimeSpan.Zero;
        return new StopTimes(unready, TimeSpan.FromSeconds(stop.DrainSeconds));
    }

    /// <summary>A silo locks its data folder, and its next life has the same. A name or a port may be another one then.</summary>
    private static SiloSeat SeatOf(SiloSettings settings) => new(Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes($"{Environment.MachineName}\0{Path.GetFullPath(settings.Data)}")).AsSpan(0, 16)));
}
