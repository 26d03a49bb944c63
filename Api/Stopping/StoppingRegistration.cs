namespace Ingestion.Api.Stopping;

/// <summary>The stop of a silo, whatever its roles.</summary>
public static class StoppingRegistration
{
    /// <summary>Registers the steps of a stop. Belongs behind the web server, if there is one.</summary>
    public static IServiceCollection AddSiloStop(this IServiceCollection services, StopTimes times)
    {
        EndableServer.Wrap(services);
        return services.AddSingleton(times).AddSingleton<SiloStop>();
    }

    /// <summary>
    /// While the silo is not ready and still takes requests, each is the last one of its connection: a client without a balancer then connects again,
    /// and one with a balancer finds another silo.
    /// </summary>
    internal static void UseLastRequests(this IApplicationBuilder app)
    {
        var stop = app.ApplicationServices.GetRequiredService<SiloStop>();
        app.Use((context, next) =>
        {
            if (stop.Announced.IsCancellationRequested && HttpProtocol.IsHttp11(context.Request.Protocol)
                && context.Request.Headers.Upgrade.Count == 0)
                context.Response.Headers.Connection = "close";
            return next(context);
        });
    }
}
