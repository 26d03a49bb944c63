using System.Net;
using Ingestion.Silo.Hosting;
using k8s;
using k8s.Autorest;
using k8s.Models;
using Npgsql;
using Orleans.Hosting.Kubernetes;

namespace Ingestion.Silo.Pods;

/// <summary>
/// Orleans' agent for Kubernetes: it labels the silo's pod, and declares silos dead whose pods are gone. When the API refuses it with 403 at the start it
/// tries again without a pause, and after ten other failures it ends the start. So all that it will do is tried before, once and in bounded time. When that
/// fails the silo runs without an agent: missed probes find dead silos too, within seconds, so a missing role is no reason to refuse the start.
/// </summary>
/// <param name="Pod">The silo's own.</param>
/// <param name="Refusal">Why there is no agent; null when there is one.</param>
internal sealed record PodAgent(OwnPod Pod, string? Refusal)
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(10);

    // Status 6 is Dead.
    private const string Silos = "select SiloName from OrleansMembershipTable where DeploymentId = @cluster and Status <> 6";

    /// <summary>Null where pods are nothing to this silo. The client of Kubernetes is loaded only where they are.</summary>
    public static async Task<PodAgent?> TryAsync(ClusterSettings cluster) => OwnPod.Of(cluster, Environment.GetEnvironmentVariable) is not { } pod
        ? null
        : new PodAgent(pod, pod.Mistake(cluster) ?? await RefusalAsync(pod, cluster, await SilosAsync(cluster)));

    private static async Task<string[]> SilosAsync(ClusterSettings cluster)
    {
        var names = new List<string>();
        await DatabaseCheck.UseAsync(cluster.ConnectionString, TimeProvider.System, Timeout.InfiniteTimeSpan, async (connection, _, cancellationToken) =>
        {
            names.Clear();
            await using var command = new NpgsqlCommand(Silos, connection);
            command.Parameters.AddWithValue("cluster", cluster.ClusterId);
            await using var rows = await command.ExecuteReaderAsync(cancellationToken);
            while (await rows.ReadAsync(cancellationToken))
                names.Add(rows.GetString(0));
        });
        return [.. names.Distinct()];
    }

    private static async Task<string?> RefusalAsync(OwnPod pod, ClusterSettings cluster, string[] silos)
    {
        using var patience = new CancellationTokenSource(_patience);
        try
        {
            using var client = new Kubernetes(KubernetesClientConfiguration.InClusterConfig());
            // The client reads the bodies of answers by blocking, and its token does not end that.
            await TryAsync(client, pod, cluster, silos, patience.Token).WaitAsync(patience.Token);
            return null;
        }
        catch (HttpOperationException e) when (e.Response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
        {
            return $"the API of Kubernetes refuses {e.Request.Method} of pods in the namespace {pod.Namespace} ({(int)e.Response.StatusCode}): "
                + "the service account needs a role with get, list, watch and patch on pods there";
        }
        catch (HttpOperationException e)
        {
            return $"the API of Kubernetes answers {(int)e.Response.StatusCode} to {e.Request.Method} {e.Request.RequestUri?.AbsolutePath}";
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            return $"the API of Kubernetes did not answer within {_patience.TotalSeconds:0} s";
        }
#pragma warning disable CA1031 // Network, certificates, files of the service account, answers that are none: with all of them the silo can do without.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return $"the API of Kubernetes can't be used: {e.GetBaseException().Message.ReplaceLineEndings(" ").TrimEnd('.')}";
        }
    }

    /// <summary>What the agent will do: get, patch, list, watch.</summary>
    private static async Task TryAsync(Kubernetes client, OwnPod pod, ClusterSettings cluster, string[] silos, CancellationToken cancellationToken)
    {
        var labels = new Dictionary<string, string>
        {
            [KubernetesHostingOptions.ServiceIdLabel] = cluster.ServiceId,
            [KubernetesHostingOptions.ClusterIdLabel] = cluster.ClusterId,
        };
        await LabelAsync(client, pod, labels, cancellationToken);
        // An agent that starts declares each silo dead whose pod it does not find by its labels. Pods of 0.4.0, and of silos without an agent, may lack them.
        foreach (var name in silos.Where(name => name != pod.Name))
        {
            try
            {
                await LabelAsync(client, pod with { Name = name }, labels, cancellationToken);
            }
            catch (HttpOperationException e) when (e.Response.StatusCode is HttpStatusCode.NotFound)
            {
                // Gone: the agent's business.
            }
        }

        var selector = string.Join(',', labels.Select(label => $"{label.Key}={label.Value}"));
        await client.CoreV1.ListNamespacedPodAsync(pod.Namespace, labelSelector: selector, limit: 1, cancellationToken: cancellationToken);
        // Its first event is this silo's own pod.
        var watch = client.CoreV1.WatchListNamespacedPodAsync(pod.Namespace, labelSelector: selector, timeoutSeconds: 1, cancellationToken: cancellationToken);
        await foreach (var _ in watch)
            break;
    }

    private static async Task LabelAsync(Kubernetes client, OwnPod pod, Dictionary<string, string> labels, CancellationToken cancellationToken)
    {
        var there = (await client.CoreV1.ReadNamespacedPodAsync(pod.Name, pod.Namespace, cancellationToken: cancellationToken)).Labels();
        if (there is not null && labels.All(label => there.TryGetValue(label.Key, out var value) && value == label.Value))
            return;
        var patch = new V1Patch(new { metadata = new { labels } }, V1Patch.PatchType.MergePatch);
        await client.CoreV1.PatchNamespacedPodAsync(patch, pod.Name, pod.Namespace, cancellationToken: cancellationToken);
    }
}
