using System.Net;
using Ingestion.Silo.Hosting;

namespace Ingestion.Tests.Unit.Settings;

public sealed class SiloAddressesTests
{
    private static readonly LocalAddress[] _machine =
    [
        new("lo", IPAddress.Parse("127.0.0.1")), new("lo", IPAddress.IPv6Loopback), new("eth0", IPAddress.Parse("fe80::1")),
        new("eth0", IPAddress.Parse("fd00::2")), new("eth0", IPAddress.Parse("192.0.2.2")), new("eth1", IPAddress.Parse("198.51.100.7")),
        new("tun0", IPAddress.Parse("fe80::2")),
    ];

    [Theory]
    // By default the first that is not loopback, IPv4 before IPv6.
    [InlineData("", "", "192.0.2.2", "192.0.2.2")]
    [InlineData("", "0.0.0.0", "192.0.2.2", "0.0.0.0")]
    [InlineData("198.51.100.7", "", "198.51.100.7", "198.51.100.7")]
    [InlineData("fd00::2", "", "fd00::2", "fd00::2")]
    [InlineData("fd00::2", "::", "fd00::2", "::")]
    [InlineData("eth0", "", "192.0.2.2", "192.0.2.2")]
    [InlineData("eth1", "", "198.51.100.7", "198.51.100.7")]
    [InlineData("two-of-three.example", "", "198.51.100.7", "198.51.100.7")]
    // Loopback where it is asked for, all of its network.
    [InlineData("127.0.0.1", "", "127.0.0.1", "127.0.0.1")]
    [InlineData("127.0.0.2", "", "127.0.0.2", "127.0.0.2")]
    [InlineData("lo", "", "127.0.0.1", "127.0.0.1")]
    [InlineData("localhost", "", "127.0.0.1", "127.0.0.1")]
    // The address of a host that forwards to this container.
    [InlineData("203.0.113.9", "0.0.0.0", "203.0.113.9", "0.0.0.0")]
    [InlineData("elsewhere.example", "192.0.2.2", "203.0.113.9", "192.0.2.2")]
    public void Address_IsChosen_WhenTheMachineHasIt(string advertised, string listen, string others, string own) =>
        Assert.Equal(new SiloAddresses(IPAddress.Parse(others), IPAddress.Parse(own)), Choose(advertised, listen, _machine));

    [Theory]
    [InlineData("203.0.113.9", "", "AdvertisedAddress is 203.0.113.9, and this machine does not have that address (it has lo 127.0.0.1, ")]
    [InlineData("0.0.0.0", "", "AdvertisedAddress is 0.0.0.0, which other silos can't reach")]
    [InlineData("::", "", "AdvertisedAddress is ::, which other silos can't reach")]
    [InlineData("eth9", "", "AdvertisedAddress is 'eth9', which is no address, no network interface of this machine")]
    [InlineData("tun0", "", "AdvertisedAddress is the network interface tun0, which has only link-local addresses")]
    [InlineData("elsewhere.example", "", "AdvertisedAddress is elsewhere.example, whose address 203.0.113.9 this machine does not have")]
    // A system's own entry for its name.
    [InlineData("debian.example", "", "AdvertisedAddress is debian.example, whose address 127.0.1.1 other machines can't reach")]
    [InlineData("", "203.0.113.9", "ListenAddress is 203.0.113.9, and this machine does not have that address")]
    [InlineData("", "eth0", "ListenAddress must be an IP address of this machine or 0.0.0.0, not 'eth0'")]
    [InlineData("192.0.2.2", "::", "ListenAddress is :: and the address for other silos 192.0.2.2: one is IPv4 and the other IPv6")]
    public void Address_IsRefusedInOneSentence_WhenItCannotBe(string advertised, string listen, string sentence)
    {
        var refusal = Assert.Throws<StartException>(() => Choose(advertised, listen, _machine));
        Assert.StartsWith($"Ingestion:Cluster:{sentence}", Assert.Single(refusal.Sentences), StringComparison.Ordinal);
        Assert.Equal(StartException.ExitOfSettings, refusal.ExitCode);
    }

    [Fact]
    public void Loopback_IsRefused_WhenTheMachineHasNothingElseAndItIsNotAskedFor()
    {
        var refusal = Assert.Throws<StartException>(() => Choose("", "", _machine[..3]));
        Assert.Contains("set Ingestion:Cluster:AdvertisedAddress, to 127.0.0.1 when all silos run here", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("localhost", false)]
    [InlineData("postgres", true)]
    public void Loopback_IsTaken_WhenThereIsOneSilo(string kind, bool oneSilo) => Assert.Equal(
        new SiloAddresses(IPAddress.Loopback, IPAddress.Loopback), SiloAddresses.Of(new ClusterSettings { Kind = kind, OneSilo = oneSilo }));

    private static SiloAddresses Choose(string advertised, string listen, LocalAddress[] machine) => SiloAddresses.Choose(
        new ClusterSettings { Kind = "postgres", AdvertisedAddress = advertised, ListenAddress = listen }, machine, Resolve);

    private static IPAddress[] Resolve(string name) => name switch
    {
        "localhost" => [IPAddress.IPv6Loopback, IPAddress.Loopback],
        "debian.example" => [IPAddress.Parse("127.0.1.1")],
        "elsewhere.example" => [IPAddress.Parse("203.0.113.9")],
        "two-of-three.example" => [IPAddress.Parse("203.0.113.9"), IPAddress.Parse("127.0.1.1"), IPAddress.Parse("198.51.100.7")],
        _ => [],
    };
}
