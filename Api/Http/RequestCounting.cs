using Ingestion.Silos.Recycling;

namespace Ingestion.Api.Http;

/// <summary>Counts the requests of clients, behind routing: probes and scrapes are no such requests.</summary>
internal static class RequestCounting
{
    public static void UseRequestCounting(this IApplicationBuilder app)
    {
        var count = app.ApplicationServices.GetRequiredService<RequestCount>();
        app.Use((context, next) =>
        {
            if (!context.Request.Path.StartsWithSegments("/health") && !context.Request.Path.StartsWithSegments("/metrics"))
                count.Add();
            return next(context);
        });
    }
}
