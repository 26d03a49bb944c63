using Ingestion.Silo.Hosting;
using Microsoft.Extensions.Configuration;

namespace Ingestion.Tests.Unit.Settings;

public sealed class PodDefaultsTests
{
    private const string Inside = "10.96.0.1";

    [Theory]
    [InlineData(Inside, "", "", false, "192.0.2.2", "silo-7f")]
    [InlineData(Inside, "eth1", "first", false, "eth1", "first")]
    // Nobody has to find it.
    [InlineData(Inside, "", "", true, "", "silo-7f")]
    [InlineData(null, "", "", false, "", "")]
    public void PodNamesTheSilo_WhenNoSettingDoes(string? kubernetes, string address, string name, bool oneSilo, string expected, string expectedName)
    {
        var cluster = new ClusterSettings { Kind = "postgres", AdvertisedAddress = address, SiloName = name, OneSilo = oneSilo };
        PodDefaults.Apply(cluster, Variables(("KUBERNETES_SERVICE_HOST", kubernetes), ("POD_IP", "192.0.2.2"), ("POD_NAME", "silo-7f")));
        Assert.Equal((expected, expectedName), (cluster.AdvertisedAddress, cluster.SiloName));
    }

    [Fact]
    public void NothingChanges_WhenThePodDoesNotSayWhoItIs()
    {
        var cluster = new ClusterSettings { Kind = "postgres" };
        PodDefaults.Apply(cluster, Variables(("KUBERNETES_SERVICE_HOST", Inside)));
        Assert.Equal(("", ""), (cluster.AdvertisedAddress, cluster.SiloName));
    }

    private static IConfiguration Variables(params (string Name, string? Value)[] variables) => new ConfigurationBuilder()
        .AddInMemoryCollection(variables.Select(variable => KeyValuePair.Create(variable.Name, variable.Value))).Build();
}
