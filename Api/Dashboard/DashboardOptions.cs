namespace Ingestion.Api.Dashboard;

/// <summary>Orleans' own dashboard. Section <c>Ingestion:Dashboard</c>.</summary>
public sealed class DashboardOptions
{
    /// <summary>
    /// Whether the silo measures for it and shows it, at <c>/dashboard/</c>, to operators who open it from the console. The same in all silos of a cluster.
    /// Costs memory: docs/operate/dashboard.md.
    /// </summary>
    public bool Enabled { get; set; }
}
