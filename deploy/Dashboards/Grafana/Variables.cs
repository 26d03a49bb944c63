using System.Text.Json.Nodes;

namespace Ingestion.Dashboards.Grafana;

/// <summary>What is chosen at the top of each dashboard: the data source, the cluster, and silos of it.</summary>
internal static class Variables
{
    // Series have the address of their silo and not the name of its cluster; that is in target_info.
    private const string Clusters = "label_values(target_info{service_name=\"ingestion\"}, service_namespace)";
    private const string Silos = "label_values(target_info{service_name=\"ingestion\", service_namespace=~\"$cluster\"}, instance)";

    public static JsonObject Source() => new() { ["type"] = "prometheus", ["uid"] = "${datasource}" };

    public static JsonArray Write() => new(
        new JsonObject { ["name"] = "datasource", ["label"] = "Data source", ["type"] = "datasource", ["query"] = "prometheus", ["refresh"] = 1 },
        Labels("cluster", "Cluster", Clusters, several: false),
        Labels("instance", "Silo", Silos, several: true));

    private static JsonObject Labels(string name, string label, string query, bool several) => new()
    {
        ["name"] = name,
        ["label"] = label,
        ["type"] = "query",
        ["datasource"] = Source(),
        ["definition"] = query,
        ["query"] = new JsonObject { ["query"] = query, ["refId"] = name },
        // With each change of the time range: silos come and go.
        ["refresh"] = 2,
        ["sort"] = 1,
        ["multi"] = several,
        ["includeAll"] = several,
        ["current"] = several ? new JsonObject { ["text"] = new JsonArray("All"), ["value"] = new JsonArray("$__all") } : new JsonObject(),
    };
}
