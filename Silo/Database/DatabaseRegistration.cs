using Ingestion.Silo.Hosting;
using OpenTelemetry.Metrics;

namespace Ingestion.Silo.Database;

internal static class DatabaseRegistration
{
    /// <summary>Watches the cluster's database, where there is one.</summary>
    public static void AddDatabaseProbe(this WebApplicationBuilder builder, SiloSettings settings)
    {
        if (!settings.Cluster.IsPostgres)
            return;
        builder.Services.AddSingleton(services => ActivatorUtilities.CreateInstance<DatabaseProbe>(services, settings));
        builder.Services.AddHostedService(services => services.GetRequiredService<DatabaseProbe>());
        builder.Services.AddHealthChecks().AddCheck<DatabaseReach>("database");
        builder.Services.AddSingleton<DatabaseMetrics>().ConfigureOpenTelemetryMeterProvider(
            metrics => metrics.AddInstrumentation(services => services.GetRequiredService<DatabaseMetrics>()));
    }
}
