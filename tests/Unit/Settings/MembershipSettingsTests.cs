using Ingestion.Silo.Hosting;
using Ingestion.Silo.Settings;
using Microsoft.Extensions.Configuration;
using Orleans.Configuration;

namespace Ingestion.Tests.Unit.Settings;

public sealed class MembershipSettingsTests
{
    [Fact]
    public void SiloThatHangsIsDeclaredDeadWithin10Seconds_ByDefault()
    {
        var options = new ClusterMembershipOptions();
        new MembershipSettings().Apply(options);
        // A connection that brought something lately holds votes back for this long; the probes are missed meanwhile.
        var heldBack = options.MaxProbeTimeout * options.NumMissedProbesLimit;
        Assert.InRange(heldBack, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(8));
        Assert.InRange(options.ProbeTimeout, options.MinProbeTimeout, options.MaxProbeTimeout);
    }

    [Fact]
    public void NewAddressesWait15SecondsAfterACrashOfAll_ByDefault()
    {
        var options = new ClusterMembershipOptions();
        new MembershipSettings().Apply(options);
        Assert.Equal(TimeSpan.FromSeconds(15), options.IAmAliveTablePublishTimeout * options.NumMissedTableIAmAliveLimit);
    }

    [Fact]
    public void EveryTimeReachesOrleans_WhenItIsSet()
    {
        var settings = new MembershipSettings
        {
            ProbeSeconds = 3, MinProbeSeconds = 2, MaxProbeSeconds = 4, MissedProbes = 5, IAmAliveSeconds = 6, TableRefreshSeconds = 7, ResponseSeconds = 8,
        };
        var membership = new ClusterMembershipOptions();
        settings.Apply(membership);
        var messaging = new SiloMessagingOptions();
        settings.Apply(messaging);
        Assert.Equal(
            [3, 2, 4, 6, 7, 8],
            new[]
            {
                membership.ProbeTimeout, membership.MinProbeTimeout, membership.MaxProbeTimeout, membership.IAmAliveTablePublishTimeout,
                membership.TableRefreshTimeout, messaging.ResponseTimeout,
            }.Select(time => time.TotalSeconds));
        Assert.Equal(5, membership.NumMissedProbesLimit);
    }

    [Theory]
    [InlineData("ProbeSeconds", "0", "Ingestion:Cluster:ProbeSeconds must be from 0.1 to 60, not '0'")]
    [InlineData("ProbeSeconds", "NaN", "Ingestion:Cluster:ProbeSeconds must be from 0.1 to 60, not 'NaN'")]
    [InlineData("MinProbeSeconds", "1.5", "Ingestion:Cluster:MinProbeSeconds must be at most Ingestion:Cluster:ProbeSeconds")]
    [InlineData("MaxProbeSeconds", "0.9", "Ingestion:Cluster:MaxProbeSeconds must be at least Ingestion:Cluster:ProbeSeconds")]
    [InlineData("MissedProbes", "0", "Ingestion:Cluster:MissedProbes must be from 1 to 20, not '0'")]
    [InlineData("ResponseSeconds", "0", "Ingestion:Cluster:ResponseSeconds must be from 1 to 300, not '0'")]
    public void Time_IsRefusedInOneSentence_WhenItCannotBe(string name, string value, string sentence) =>
        Assert.Equal(sentence, Assert.Single(SettingsCheck.Run(
            new ConfigurationBuilder().AddInMemoryCollection([new($"Ingestion:Cluster:{name}", value)]).Build())));
}
