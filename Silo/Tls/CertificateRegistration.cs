using System.Diagnostics.Metrics;
using OpenTelemetry.Metrics;

namespace Ingestion.Silo.Tls;

internal static class CertificateRegistration
{
    /// <summary>Shows how long certificates last: those of the listener, and those between silos where there are any.</summary>
    public static void AddCertificateMetrics(this WebApplicationBuilder builder, SiloCertificates? between)
    {
        var https = new HttpsCertificates();
        builder.WebHost.ConfigureKestrel(https.Follow);
        builder.Services.AddSingleton(services => Create(services, https, between)).ConfigureOpenTelemetryMeterProvider(
            metrics => metrics.AddInstrumentation(services => services.GetRequiredService<CertificateMetrics>()));
    }

    private static CertificateMetrics Create(IServiceProvider services, HttpsCertificates https, SiloCertificates? between)
    {
        var metrics = new CertificateMetrics(services.GetRequiredService<IMeterFactory>(), services.GetRequiredService<TimeProvider>());
        metrics.Watch("http", () => https.End);
        if (between is not null)
        {
            metrics.Watch("silo", () => between.OwnEnd);
            metrics.Watch("authority", () => between.AuthorityEnd);
        }

        return metrics;
    }
}
