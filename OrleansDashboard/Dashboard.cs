using Microsoft.AspNetCore.Routing;
using Orleans.Dashboard;
using Orleans.Serialization;

namespace Ingestion.OrleansDashboard;

/// <summary>The two calls that put Orleans' dashboard into a silo. Who may open it is decided where it is mapped.</summary>
public static class Dashboard
{
    /// <summary>Adds what it measures, in silos of every role: one that lacks it is shown without figures.</summary>
    public static void AddTo(ISiloBuilder silo)
    {
        // Nothing else tells Orleans of its grains: see the project file.
        silo.Services.AddSerializer(serializer => serializer.AddAssembly(typeof(DashboardOptions).Assembly));
        // Lines of the log name users.
        silo.AddDashboard(dashboard => dashboard.HideTrace = true);
    }

    /// <summary>Maps its pages and data.</summary>
    /// <returns>All of its endpoints, for what guards them.</returns>
    public static RouteGroupBuilder Map(IEndpointRouteBuilder routes, string path) => routes.MapOrleansDashboard(path);
}
