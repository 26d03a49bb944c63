using Ingestion.Silo.Hosting;
using Orleans.Hosting.Kubernetes;

namespace Ingestion.Silo.Pods;

/// <summary>The pod that this silo runs in, as its container's variables name it.</summary>
internal sealed record OwnPod(string Namespace, string Name)
{
    private const string Inside = "KUBERNETES_SERVICE_HOST";

    private const int LongestLabel = 63;

    /// <summary>Null where pods are nothing to this silo: it has no cluster, no variable names its pod, or the setting is off.</summary>
    /// <param name="cluster">The settings.</param>
    /// <param name="variable">The value of a variable of the environment. Orleans reads these there and nowhere else.</param>
    public static OwnPod? Of(ClusterSettings cluster, Func<string, string?> variable)
    {
        if (!cluster.IsPostgres || cluster.Kubernetes != ClusterSettings.Auto || string.IsNullOrWhiteSpace(variable(Inside)))
            return null;
        var @namespace = variable(KubernetesHostingOptions.PodNamespaceEnvironmentVariable);
        var name = variable(KubernetesHostingOptions.PodNameEnvironmentVariable);
        return string.IsNullOrWhiteSpace(@namespace) || string.IsNullOrWhiteSpace(name) ? null : new OwnPod(@namespace, name);
    }

    /// <summary>Why these settings don't go together with Orleans' agent; null when they do.</summary>
    public string? Mistake(ClusterSettings cluster)
    {
        // Agents match silos and pods by their names: they would declare this one dead.
        if (cluster.SiloName != Name)
            return $"Ingestion:Cluster:SiloName is {cluster.SiloName} and the pod is {Name}";
        // Kubernetes would refuse the label, and the agent end the start after ten tries.
        if (!IsLabel(cluster.ServiceId))
            return $"Ingestion:Cluster:ServiceId is '{cluster.ServiceId}', which can't be a label in Kubernetes";
        return IsLabel(cluster.ClusterId) ? null : $"Ingestion:Cluster:ClusterId is '{cluster.ClusterId}', which can't be a label in Kubernetes";
    }

    private static bool IsLabel(string text) =>
        text.Length is > 0 and <= LongestLabel && char.IsAsciiLetterOrDigit(text[0]) && char.IsAsciiLetterOrDigit(text[^1])
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
}
