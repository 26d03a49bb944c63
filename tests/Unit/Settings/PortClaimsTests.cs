using System.Net;
using System.Net.Sockets;
using Ingestion.Silo.Hosting;

namespace Ingestion.Tests.Unit.Settings;

public sealed class PortClaimsTests
{
    private const int AnyPort = 0;

    [Fact]
    public void NoConnectionIsSwallowed_WhileThePortIsHeld()
    {
        using var claims = PortClaims.Claim(Settings(AnyPort), urls: null);
        var endpoint = claims.Silo.Listen;
        // As Orleans does.
        using var listener = NewSocket();
        listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        Assert.Equal(SocketError.ConnectionRefused, Connect(endpoint));
        listener.Bind(endpoint);
        listener.Listen();
        for (var i = 0; i < 64; i++)
        {
            using var other = NewSocket();
            other.Connect(endpoint);
            Assert.True(listener.Poll(TimeSpan.FromSeconds(30), SelectMode.SelectRead), $"connection {i} reached the socket that holds the port");
            listener.Accept().Dispose();
        }
    }

    [Fact]
    public void Port_IsRefused_WhileAnotherSiloHoldsItAndDoesNotListenYet()
    {
        using var claims = PortClaims.Claim(Settings(AnyPort), urls: null);
        var refusal = Assert.Throws<StartException>(() => PortClaims.Claim(Settings(claims.Silo.Listen.Port), urls: null));
        Assert.StartsWith($"port {claims.Silo.Listen.Port} of 127.0.0.1 cannot be taken for the silo (", refusal.Message, StringComparison.Ordinal);
        Assert.EndsWith("choose another one with Ingestion:Cluster:SiloPort", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("postgres")]
    public void EachSiloHasItsOwnPort_WhenItIs0(string kind)
    {
        var claims = Enumerable.Range(0, 20).Select(_ => PortClaims.Claim(Settings(AnyPort, kind), urls: null)).ToArray();
        Assert.Equal(20, claims.Select(claim => claim.Silo.Advertised.Port).Distinct().Count());
        Assert.All(claims, claim => Assert.True(claim.Silo is { Advertised.Port: > 0, Listen.Port: > 0 }));
        foreach (var claim in claims)
            claim.Dispose();
    }

    [Theory]
    [InlineData("localhost", null, 0)]
    [InlineData("postgres", null, 11111)]
    [InlineData("postgres", 0, 0)]
    [InlineData("postgres", 12000, 12000)]
    public void Port_Is11111InAClusterUnlessItIsSet(string kind, int? port, int wanted) =>
        Assert.Equal(wanted, new ClusterSettings { Kind = kind, SiloPort = port }.WantedPort);

    private static ClusterSettings Settings(int port, string kind = "postgres") =>
        new() { Kind = kind, AdvertisedAddress = "127.0.0.1", SiloPort = port };

    private static SocketError Connect(IPEndPoint endpoint)
    {
        using var socket = NewSocket();
        try
        {
            socket.Connect(endpoint);
            return SocketError.Success;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode;
        }
    }

    private static Socket NewSocket() => new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
}
