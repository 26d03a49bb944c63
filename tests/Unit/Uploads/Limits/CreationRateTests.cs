using System.Net;
using Ingestion.Api.Uploads.Limits;
using Microsoft.Extensions.Options;

namespace Ingestion.Tests.Unit.Uploads.Limits;

public sealed class CreationRateTests : IDisposable
{
    // So slow that nothing comes back while a test runs.
    private const double PerSecond = 0.001;

    private static readonly IPAddress _here = IPAddress.Parse("192.0.2.1");
    private static readonly IPAddress _there = IPAddress.Parse("192.0.2.2");

    private readonly CreationRate _rate = Rate(users: PerSecond, userBurst: 3, addresses: PerSecond, addressBurst: 5);

    public void Dispose() => _rate.Dispose();

    [Fact]
    public void User_IsTurnedAwayAfterTheBurst_WhereverItComesFrom()
    {
        Assert.Equal([null, null, null], Enumerable.Range(0, 3).Select(_ => _rate.Take("ann", _here)));
        Assert.InRange(_rate.Take("ann", _there)!.Value.TotalSeconds, 1, 1000);
        Assert.Null(_rate.Take("bob", _here));
    }

    [Fact]
    public void Address_IsTurnedAwayAfterTheBurst_WhoeverComesFromIt()
    {
        foreach (var user in Enumerable.Range(0, 5))
            Assert.Null(_rate.Take($"user-{user}", _here));
        Assert.InRange(_rate.Take("ann", _here)!.Value.TotalSeconds, 1, 1000);
        Assert.Null(_rate.Take("ann", _there));
    }

    [Fact]
    public void NobodyIsTurnedAway_WhenThereIsNoRate()
    {
        using var rate = Rate(0, 1, 0, 1);
        Assert.All(Enumerable.Range(0, 100), _ => Assert.Null(rate.Take("ann", _here)));
    }

    [Theory]
    [InlineData("192.0.2.7", "192.0.2.7")]
    [InlineData("::ffff:192.0.2.7", "192.0.2.7")]
    [InlineData("2001:db8:1:2:3:4:5:6", "20010DB800010002")]
    [InlineData("2001:db8:1:2:ffff::1", "20010DB800010002")]
    [InlineData("2001:db8:1:3::1", "20010DB800010003")]
    [InlineData(null, "")]
    public void Network_IsWhatOneHolderPicksAddressesFrom_WhenAsked(string? address, string expected) =>
        Assert.Equal(expected, CreationRate.NetworkOf(address is null ? null : IPAddress.Parse(address)));

    private static CreationRate Rate(double users, int userBurst, double addresses, int addressBurst) => new(Options.Create(new UploadLimitsOptions
    {
        CreationsPerSecondPerUser = users, CreationBurstPerUser = userBurst, CreationsPerSecondPerAddress = addresses, CreationBurstPerAddress = addressBurst,
    }));
}
