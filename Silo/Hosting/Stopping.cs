using Ingestion.Api.Stopping;

namespace Ingestion.Silo.Hosting;

internal static class Stopping
{
    // A balancer that asks every two seconds has seen two answers then.
    private static readonly TimeSpan _unreadyInCluster = TimeSpan.FromSeconds(5);

    public static void AddStop(this WebApplicationBuilder builder, SiloSettings settings)
    {
        var times = TimesOf(settings, builder.Configuration.GetSection("Ingestion:Cluster").Get<StopSettings>() ?? new StopSettings());
        builder.Services.AddSiloStop(times);
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
}
