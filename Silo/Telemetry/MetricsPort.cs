using System.Net;

namespace Ingestion.Silo.Telemetry;

/// <summary>
/// Metrics at a port of their own (<see cref="TelemetrySettings.MetricsPort"/>), for a network that clients do not reach: they are at no other port then, and
/// nothing but they and health is at that one.
/// </summary>
internal static class MetricsPort
{
    /// <summary>Before ports are claimed: adds the port to what the silo listens on, at the host of its first address.</summary>
    public static void AddMetricsPort(this WebApplicationBuilder builder)
    {
        var urls = builder.Configuration[WebHostDefaults.ServerUrlsKey];
        if (Of(builder.Configuration) is { } port && urls?.Split(';')[0] is { Length: > 0 } first)
            builder.WebHost.UseSetting(WebHostDefaults.ServerUrlsKey, $"{urls};http://{BindingAddress.Parse(first).Host}:{port}");
    }

    /// <summary>
    /// Behind the edge, which makes problems of bare statuses. It goes by the port that the connection came to, not by what the client says in <c>Host</c>.
    /// </summary>
    public static void UseMetricsPort(this WebApplication app)
    {
        if (Of(app.Configuration) is not { } port)
            return;
        app.Use((context, following) =>
        {
            var path = context.Request.Path;
            if (!TelemetryRegistration.IsHealth(path) && TelemetryRegistration.IsScrape(path) != (context.Connection.LocalPort == port))
            {
                context.Response.StatusCode = (int)HttpStatusCode.NotFound;
                return Task.CompletedTask;
            }

            return following(context);
        });
    }

    private static int? Of(IConfiguration configuration) =>
        configuration.GetSection("Ingestion:Telemetry").Get<TelemetrySettings>() is { MetricsPort: > 0 and var port } ? port : null;
}
