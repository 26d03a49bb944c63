using k8s.Models;
using Orleans.Hosting.Kubernetes;

namespace Ingestion.Tests.Unit.Deploy.Helm;

/// <summary>What the chart makes of its values. Nothing is installed here: the objects are read by the model of Kubernetes' own client.</summary>
public sealed class ChartTests(ChartRenderer chart) : IClassFixture<ChartRenderer>
{
    private const string Least = """
        "store": {"bucket": "videos"}, "queue": {"url": "https://queue.example.org/jobs", "deadLetterUrl": "https://queue.example.org/dead"}
        """;

    private const string Everything = "{" + Least + """
        , "cluster": {"tls": {"existingSecret": "silo-tls"}, "drainSeconds": 40}, "aws": {"existingSecret": "aws"},
          "image": {"repository": "registry.example.org/ingestion", "tag": "1.2.3", "pullSecrets": [{"name": "registry"}]},
          "http": {"publicUrl": "https://videos.example.org", "ingress": {"enabled": true, "host": "videos.example.org", "tlsSecret": "web", "annotations": {"a": "b"}}},
          "settings": {"Ingestion__Uploads__MaxFileBytes": "1000000"}, "podAnnotations": {"a": "b"}, "nodeSelector": {"disk": "fast"},
          "tolerations": [{"key": "media", "operator": "Exists"}], "serviceAccount": {"annotations": {"a": "b"}},
          "api": {"autoscaling": {"enabled": true}}, "worker": {"autoscaling": {"enabled": true}} }
        """;

    // Of a stop beyond the time without readiness and the drain.
    private const int LeaveSeconds = 25;

    public static TheoryData<string> Values => [$"{{ {Least} }}", Everything];

    [ProgramTheory(ChartRenderer.Go)]
    [MemberData(nameof(Values))]
    public async Task Silos_AreProbedDrainedAndHeldDown(string values)
    {
        var deployments = await OfAsync<V1Deployment>(values);
        Assert.Equal(["video-ingestion-api", "video-ingestion-worker"], deployments.Select(deployment => deployment.Name()).Order(StringComparer.Ordinal));
        foreach (var pod in deployments.Select(deployment => deployment.Spec.Template.Spec))
        {
            var silo = Assert.Single(pod.Containers);
            Assert.Equal(("/health/live", "/health/live", "/health/ready"),
                (silo.StartupProbe.HttpGet.Path, silo.LivenessProbe.HttpGet.Path, silo.ReadinessProbe.HttpGet.Path));
            var unready = Seconds(silo, "Ingestion__Cluster__UnreadySeconds");
            Assert.Equal(unready + Seconds(silo, "Ingestion__Cluster__DrainSeconds") + LeaveSeconds, pod.TerminationGracePeriodSeconds);
            // Balancers notice while the silo serves on. A pause before SIGTERM would add nothing.
            Assert.True(silo.ReadinessProbe.PeriodSeconds * silo.ReadinessProbe.FailureThreshold < unready);
            Assert.Null(silo.Lifecycle);
            Assert.True(silo.SecurityContext is { RunAsNonRoot: true, ReadOnlyRootFilesystem: true, AllowPrivilegeEscalation: false });
            Assert.Equal(["ALL"], silo.SecurityContext.Capabilities.Drop);
            Assert.Contains("memory", silo.Resources.Limits.Keys);
            Assert.Equal(2, pod.TopologySpreadConstraints.Count);
        }
    }

    [ProgramTheory(ChartRenderer.Go)]
    [MemberData(nameof(Values))]
    public async Task Silo_HasTheAddressAndNameOfItsPod(string values)
    {
        foreach (var pod in (await OfAsync<V1Deployment>(values)).Select(deployment => deployment.Spec.Template.Spec))
        {
            var silo = pod.Containers[0];
            var fields = silo.Env.Where(variable => variable.ValueFrom?.FieldRef is not null)
                .ToDictionary(variable => variable.Name, variable => variable.ValueFrom.FieldRef.FieldPath);
            Assert.Equal(("metadata.name", "status.podIP"), (fields["POD_NAME"], fields["POD_IP"]));
            Assert.Equal(("$(POD_NAME)", "$(POD_IP)"), (Value(silo, "Ingestion__Cluster__SiloName"), Value(silo, "Ingestion__Cluster__AdvertisedAddress")));
            // A variable that is used must stand before its user.
            var names = silo.Env.Select(variable => variable.Name).ToList();
            Assert.True(names.IndexOf("POD_IP") < names.IndexOf("Ingestion__Cluster__AdvertisedAddress"));
        }

        var account = (await OfAsync<V1ServiceAccount>(values)).Single();
        Assert.Equal([account.Name()], (await OfAsync<V1Deployment>(values)).Select(deployment => deployment.Spec.Template.Spec.ServiceAccountName).Distinct());
        Assert.False(account.AutomountServiceAccountToken);
    }

    [ProgramFact(ChartRenderer.Go)]
    public async Task Silos_MaySeeAndLabelPods_AndNothingElse()
    {
        var rule = Assert.Single((await OfAsync<V1Role>(Everything)).Single().Rules);
        Assert.Equal(("", "pods", "get,list,watch,patch"), (rule.ApiGroups.Single(), rule.Resources.Single(), string.Join(',', rule.Verbs)));
        Assert.Empty(await OfAsync<V1ClusterRole>(Everything));
        var binding = (await OfAsync<V1RoleBinding>(Everything)).Single();
        var subject = Assert.Single(binding.Subjects);
        var account = (await OfAsync<V1ServiceAccount>(Everything)).Single().Name();
        Assert.Equal(("Role", (await OfAsync<V1Role>(Everything)).Single().Name()), (binding.RoleRef.Kind, binding.RoleRef.Name));
        Assert.Equal(("ServiceAccount", account, "videos"), (subject.Kind, subject.Name, subject.NamespaceProperty));
        foreach (var pod in (await OfAsync<V1Deployment>(Everything)).Select(deployment => deployment.Spec.Template.Spec))
        {
            Assert.True(pod.AutomountServiceAccountToken);
            var variable = pod.Containers[0].Env.Single(one => one.Name == "POD_NAMESPACE");
            Assert.Equal("metadata.namespace", variable.ValueFrom.FieldRef.FieldPath);
            Assert.Null(Value(pod.Containers[0], "Ingestion__Cluster__Kubernetes"));
        }

        Assert.False((await OfAsync<V1Job>(Everything)).Single().Spec.Template.Spec.AutomountServiceAccountToken);
        // They reach the API server.
        Assert.Equal(["Ingress"], (await OfAsync<V1NetworkPolicy>(Everything)).Single().Spec.PolicyTypes);
    }

    [ProgramFact(ChartRenderer.Go)]
    public async Task Silos_HaveNoRightsAndNoToken_WhenTheyDontLookAtPods()
    {
        var values = $"{{ {Least}, \"cluster\": {{\"kubernetes\": {{\"enabled\": false}}}} }}";
        Assert.Empty(await OfAsync<V1Role>(values));
        Assert.Empty(await OfAsync<V1RoleBinding>(values));
        foreach (var pod in (await OfAsync<V1Deployment>(values)).Select(deployment => deployment.Spec.Template.Spec))
        {
            Assert.False(pod.AutomountServiceAccountToken);
            Assert.DoesNotContain(pod.Containers[0].Env, variable => variable.Name == "POD_NAMESPACE");
            Assert.Equal("off", Value(pod.Containers[0], "Ingestion__Cluster__Kubernetes"));
        }
    }

    [ProgramTheory(ChartRenderer.Go)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Pods_HaveTheLabelsOfTheirSilos_FromTheStart(bool kubernetes)
    {
        var enabled = kubernetes ? "true" : "false";
        var cluster = $$"""{"serviceId": "uploads", "clusterId": "green", "kubernetes": {"enabled": {{enabled}}} }""";
        var values = $"{{ {Least}, \"cluster\": {cluster} }}";
        foreach (var template in (await OfAsync<V1Deployment>(values)).Select(deployment => deployment.Spec.Template))
        {
            var silo = template.Spec.Containers[0];
            Assert.Equal(("uploads", "green"),
                (template.Metadata.Labels[KubernetesHostingOptions.ServiceIdLabel], template.Metadata.Labels[KubernetesHostingOptions.ClusterIdLabel]));
            Assert.Equal(("uploads", "green"), (Value(silo, "Ingestion__Cluster__ServiceId"), Value(silo, "Ingestion__Cluster__ClusterId")));
        }
    }

    [ProgramTheory(ChartRenderer.Go)]
    [MemberData(nameof(Values))]
    public async Task Settings_WouldStartASilo_AndNoneIsThereTwice(string values)
    {
        foreach (var container in (await OfAsync<V1Deployment>(values)).Select(deployment => deployment.Spec.Template.Spec.Containers[0]))
        {
            Assert.Equal(container.Env.Count, container.Env.Select(variable => variable.Name).Distinct().Count());
            SiloEnvironment.Accepts(container.Env.Select(variable => KeyValuePair.Create<string, string?>(variable.Name, variable.Value ?? "in a secret or a field")));
        }
    }

    [ProgramTheory(ChartRenderer.Go)]
    [MemberData(nameof(Values))]
    public async Task Selectors_FindTheirPods_AndNoOthers(string values)
    {
        var pods = (await OfAsync<V1Deployment>(values)).ToDictionary(deployment => deployment.Name(), deployment => deployment.Spec.Template.Metadata.Labels);
        foreach (var budget in await OfAsync<V1PodDisruptionBudget>(values))
            Assert.Equal([budget.Name()], Found(budget.Spec.Selector.MatchLabels));
        Assert.Equal(["video-ingestion-api"], Found((await OfAsync<V1Service>(values)).Single().Spec.Selector));
        var policy = (await OfAsync<V1NetworkPolicy>(values)).Single();
        Assert.Equal(2, Found(policy.Spec.PodSelector.MatchLabels).Length);
        var migration = (await OfAsync<V1Job>(values)).Single().Spec.Template.Metadata.Labels;
        Assert.False(Matches(policy.Spec.PodSelector.MatchLabels, migration));

        string[] Found(IDictionary<string, string> selector) => [.. pods.Where(pod => Matches(selector, pod.Value)).Select(pod => pod.Key)];
    }

    [ProgramTheory(ChartRenderer.Go)]
    [MemberData(nameof(Values))]
    public async Task SiloPort_IsOpenToSilosAlone(string values)
    {
        var rules = (await OfAsync<V1NetworkPolicy>(values)).Single().Spec.Ingress;
        var silo = Assert.Single(rules, rule => rule.Ports.Any(port => port.Port.Value == "11111"));
        Assert.NotNull(Assert.Single(silo.FromProperty).PodSelector);
        Assert.Single(silo.Ports);
    }

    [ProgramFact(ChartRenderer.Go)]
    public async Task SiloPort_IsNeverOpen_WithNeitherCertificatesNorPolicy()
    {
        var run = await chart.TryRenderAsync($"{{ {Least}, \"networkPolicy\": {{\"enabled\": false}} }}");
        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains("The silo port is open", run.Error, StringComparison.Ordinal);
    }

    [ProgramFact(ChartRenderer.Go)]
    public async Task Certificates_ReplaceTheWordThatThereAreNone()
    {
        var without = (await OfAsync<V1Deployment>($"{{ {Least} }}"))[0].Spec.Template.Spec;
        Assert.Equal("true", Value(without.Containers[0], "Ingestion__Cluster__Tls__Disabled"));
        var with = (await OfAsync<V1Deployment>(Everything))[0].Spec.Template.Spec;
        Assert.Null(Value(with.Containers[0], "Ingestion__Cluster__Tls__Disabled"));
        var mount = with.Containers[0].VolumeMounts.Single(mount => mount.Name == "tls").MountPath;
        Assert.All(
            (string[])["Certificate", "Key", "Authority"],
            name => Assert.StartsWith($"{mount}/", Value(with.Containers[0], $"Ingestion__Cluster__Tls__{name}"), StringComparison.Ordinal));
    }

    [ProgramTheory(ChartRenderer.Go)]
    [MemberData(nameof(Values))]
    public async Task Migration_RunsBeforeTheRelease(string values)
    {
        var job = (await OfAsync<V1Job>(values)).Single();
        Assert.Equal("pre-install,pre-upgrade", job.Metadata.Annotations["helm.sh/hook"]);
        Assert.Equal(["migrate"], job.Spec.Template.Spec.Containers[0].Args);
        // The chart's own objects are not there yet, and no other secret is needed.
        Assert.Null(job.Spec.Template.Spec.ServiceAccountName);
        var variable = Assert.Single(job.Spec.Template.Spec.Containers[0].Env);
        Assert.Equal(("Ingestion__Cluster__ConnectionString", "ingestion-database"), (variable.Name, variable.ValueFrom.SecretKeyRef.Name));
    }

    [ProgramFact(ChartRenderer.Go)]
    public async Task Scaling_IsByLoadAndNotByCpu()
    {
        var scalers = await OfAsync<V2HorizontalPodAutoscaler>(Everything);
        Assert.Equal(2, scalers.Count);
        Assert.All(scalers.SelectMany(scaler => scaler.Spec.Metrics), metric => Assert.Null(metric.Resource));
        // What every worker shows of the one queue must not be added up.
        var worker = scalers.Single(scaler => scaler.Spec.ScaleTargetRef.Name == "video-ingestion-worker");
        Assert.All(worker.Spec.Metrics, metric => Assert.Equal("External", metric.Type));
        Assert.All(await OfAsync<V1Deployment>(Everything), deployment => Assert.Null(deployment.Spec.Replicas));
    }

    [ProgramTheory(ChartRenderer.Go)]
    [InlineData("""{"queue": {"url": "https://q/jobs", "deadLetterUrl": "https://q/dead"}}""", "store.bucket must be set")]
    [InlineData("""{"store": {"bucket": "videos"}, "queue": {"deadLetterUrl": "https://q/dead"}}""", "queue.url must be set")]
    [InlineData("""{"store": {"bucket": "videos"}, "queue": {"url": "https://q/jobs"}}""", "queue.deadLetterUrl must be set")]
    public async Task Chart_IsRefusedInOneSentence_WhenAValueIsMissing(string values, string sentence) =>
        Assert.Contains(sentence, (await chart.TryRenderAsync(values)).Error, StringComparison.Ordinal);

    private static int Seconds(V1Container container, string variable) =>
        int.Parse(Value(container, variable)!, System.Globalization.CultureInfo.InvariantCulture);

    private static string? Value(V1Container container, string variable) => container.Env.SingleOrDefault(one => one.Name == variable)?.Value;

    private static bool Matches(IDictionary<string, string> selector, IDictionary<string, string> labels) =>
        selector.All(wanted => labels.TryGetValue(wanted.Key, out var value) && value == wanted.Value);

    private async Task<List<T>> OfAsync<T>(string values) => [.. (await chart.ObjectsAsync(values)).OfType<T>()];
}
