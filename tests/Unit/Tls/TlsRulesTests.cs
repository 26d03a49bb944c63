using System.Net;
using Ingestion.Silo.Hosting;
using Ingestion.Silo.Settings;
using Ingestion.Silo.Tls;
using Microsoft.Extensions.Configuration;

namespace Ingestion.Tests.Unit.Tls;

public sealed class TlsRulesTests
{
    [Theory]
    [InlineData("postgres", "192.0.2.2", "192.0.2.2", "192.0.2.2")]
    [InlineData("postgres", "192.0.2.2", "0.0.0.0", "192.0.2.2")]
    [InlineData("postgres", "127.0.0.1", "0.0.0.0", "0.0.0.0")]
    [InlineData("postgres", "fd00::2", "::", "fd00::2")]
    [InlineData("postgres", "127.0.0.1", "127.0.0.1", null)]
    [InlineData("postgres", "::1", "::1", null)]
    [InlineData("localhost", "127.0.0.1", "127.0.0.1", null)]
    public void SilosTalkInTheClear_OnlyWhereNoOtherMachineReachesThem(string kind, string advertised, string listen, string? named)
    {
        var silo = new SiloEndpoints(new IPEndPoint(IPAddress.Parse(advertised), 1), new IPEndPoint(IPAddress.Parse(listen), 1));
        var mistake = TlsRules.Mistake(new ClusterSettings { Kind = kind }, silo);
        Assert.Equal(named is null, mistake is null);
        if (named is not null)
            Assert.StartsWith($"this silo would listen to others at {named} in the clear, ", mistake, StringComparison.Ordinal);
        Assert.Null(TlsRules.Mistake(new ClusterSettings { Kind = kind, Tls = new TlsSettings { Disabled = true } }, silo));
        Assert.Null(TlsRules.Mistake(new ClusterSettings { Kind = kind, Tls = new TlsSettings { Certificate = "silo.pem" } }, silo));
    }

    [Fact]
    public void EveryMissingFileIsNamed_WhenOneIsGiven() => Assert.Equal(
        [
            "Ingestion:Cluster:Tls:Certificate must be set with Ingestion:Cluster:Tls:Key",
            "Ingestion:Cluster:Tls:Authority must be set with Ingestion:Cluster:Tls:Key",
        ],
        Check(("Key", "silo.key")));

    [Fact]
    public void Disabled_IsRefused_WhenThereIsACertificate() => Assert.Equal(
        ["Ingestion:Cluster:Tls:Disabled must be false with Ingestion:Cluster:Tls:Certificate"],
        Check(("Certificate", "silo.pem"), ("Key", "silo.key"), ("Authority", "authority.pem"), ("Disabled", "true")));

    private static IReadOnlyList<string> Check(params (string Name, string Value)[] settings) => SettingsCheck.Run(new ConfigurationBuilder()
        .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create($"Ingestion:Cluster:Tls:{setting.Name}", (string?)setting.Value))).Build());
}
