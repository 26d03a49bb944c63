using Ingestion.Silo.Hosting;
using Ingestion.Silo.Pods;

namespace Ingestion.Tests.Unit.Settings;

public sealed class OwnPodTests
{
    private const string Inside = "10.96.0.1";

    [Theory]
    [InlineData("postgres", "auto", Inside, "videos", "silo-7f", true)]
    [InlineData("localhost", "auto", Inside, "videos", "silo-7f", false)]
    [InlineData("postgres", "off", Inside, "videos", "silo-7f", false)]
    [InlineData("postgres", "auto", null, "videos", "silo-7f", false)]
    [InlineData("postgres", "auto", Inside, null, "silo-7f", false)]
    [InlineData("postgres", "auto", Inside, "", "silo-7f", false)]
    [InlineData("postgres", "auto", Inside, "videos", null, false)]
    public void PodIsKnown_WhenAllVariablesNameIt(string kind, string kubernetes, string? inside, string? @namespace, string? name, bool expected)
    {
        var variables = new Dictionary<string, string?> { ["KUBERNETES_SERVICE_HOST"] = inside, ["POD_NAMESPACE"] = @namespace, ["POD_NAME"] = name };
        var pod = OwnPod.Of(new ClusterSettings { Kind = kind, Kubernetes = kubernetes }, variables.GetValueOrDefault);
        Assert.Equal(expected ? new OwnPod("videos", "silo-7f") : null, pod);
    }

    [Theory]
    [InlineData("silo-7f", "ingestion", "green", null)]
    [InlineData("first", "ingestion", "green", "Ingestion:Cluster:SiloName")]
    [InlineData("silo-7f", "my service", "green", "Ingestion:Cluster:ServiceId")]
    [InlineData("silo-7f", "ingestion", "-green", "Ingestion:Cluster:ClusterId")]
    [InlineData("silo-7f", "ingestion", "a234567890123456789012345678901234567890123456789012345678901234", "Ingestion:Cluster:ClusterId")]
    public void Agent_IsNotUsed_WhenNamesWouldNotMatch(string name, string service, string cluster, string? setting)
    {
        var mistake = new OwnPod("videos", "silo-7f").Mistake(new ClusterSettings { SiloName = name, ServiceId = service, ClusterId = cluster });
        if (setting is null)
            Assert.Null(mistake);
        else
            Assert.StartsWith(setting, mistake, StringComparison.Ordinal);
    }
}
