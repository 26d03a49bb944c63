using System.Runtime.CompilerServices;
using Ingestion.Api.Dashboard;
using Ingestion.Silo.Settings;

namespace Ingestion.Silo.Dashboard;

/// <summary>
/// Orleans' dashboard, where a setting turns it on. Where it is off not even its assembly is loaded: what names it here is compiled when it is called.
/// </summary>
internal static class SiloDashboard
{
    /// <summary>Adds what it measures.</summary>
    public static void AddTo(ISiloBuilder silo, IConfiguration configuration)
    {
        if (IsOn(configuration))
            Add(silo);
    }

    /// <summary>Maps its pages, behind <see cref="DashboardGuard"/>. In silos with the role <c>api</c>.</summary>
    public static void MapDashboard(this WebApplication app)
    {
        if (IsOn(app.Configuration))
            Map(app);
    }

    private static bool IsOn(IConfiguration configuration) =>
        configuration.GetSection($"{KnownSettings.Root}:Dashboard").Get<DashboardOptions>() is { Enabled: true };

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Add(ISiloBuilder silo) => OrleansDashboard.Dashboard.AddTo(silo);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Map(WebApplication app) => OrleansDashboard.Dashboard.Map(app, DashboardGuard.Path).Guard();
}
