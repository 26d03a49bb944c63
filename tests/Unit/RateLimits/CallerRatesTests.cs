using System.Net;
using System.Security.Claims;
using Ingestion.Api.Auth;
using Ingestion.Api.RateLimits;
using Ingestion.Api.Uploads.Limits;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Ingestion.Tests.Unit.RateLimits;

/// <summary>Limits of each caller for each kind of request.</summary>
public sealed class CallerRatesTests : IDisposable
{
    // So slow that nothing comes back while a test runs.
    private const double Slow = 0.001;

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly ManualTime _time = new();

    public void Dispose() => _services.Dispose();

    [Fact]
    public void User_IsTurnedAwayAfterTheBurst_WhereverItComesFrom()
    {
        var rates = Creations(users: Slow, userBurst: 3, addresses: Slow, addressBurst: 5);
        for (var i = 0; i < 3; i++)
            Assert.Null(rates.Take(From("192.0.2.1", "ann"), RateKind.Creation));
        Assert.Equal(TimeSpan.FromSeconds(1000), rates.Take(From("192.0.2.2", "ann"), RateKind.Creation)!.RetryAfter);
        Assert.Null(rates.Take(From("192.0.2.1", "bob"), RateKind.Creation));
    }

    [Fact]
    public void Address_IsRefusedAfterTheBurst_ForEveryUserOnIt()
    {
        var rates = Creations(users: Slow, userBurst: 3, addresses: Slow, addressBurst: 5);
        foreach (var user in Enumerable.Range(0, 5))
            Assert.Null(rates.Take(From("192.0.2.1", $"user-{user}"), RateKind.Creation));
        Assert.NotNull(rates.Take(From("192.0.2.1", "ann"), RateKind.Creation));
        Assert.Null(rates.Take(From("192.0.2.2", "ann"), RateKind.Creation));
    }

    [Fact]
    public void NoRequestIsRefused_WhenThereIsNoRate()
    {
        var rates = Creations(0, 1, 0, 1);
        var context = From("192.0.2.1", "ann");
        Assert.All(Enumerable.Range(0, 100), _ => Assert.Null(rates.Take(context, RateKind.Creation)));
        Assert.False(context.Response.Headers.ContainsKey("RateLimit"));
    }

    [Fact]
    public void AnswerHasWhatIsLeft_OfBothRates()
    {
        var rates = Creations(users: 1, userBurst: 2, addresses: 2, addressBurst: 4);
        var (first, third) = (From("192.0.2.1", "ann"), From("192.0.2.1", "ann"));
        rates.Take(first, RateKind.Creation);
        Assert.Equal("\"creation-user\";q=2;w=2, \"creation-address\";q=4;w=2", first.Response.Headers["RateLimit-Policy"]);
        Assert.Equal("\"creation-user\";r=1;t=1, \"creation-address\";r=3;t=1", first.Response.Headers["RateLimit"]);

        rates.Take(From("192.0.2.1", "ann"), RateKind.Creation);
        Assert.NotNull(rates.Take(third, RateKind.Creation));
        Assert.Equal("\"creation-user\";r=0;t=1", third.Response.Headers["RateLimit"]);
    }

    [Fact]
    public async Task OnlyWhatFailsCosts_WhenItIsCheckedAndCharged()
    {
        var rates = Rates(new RateLimitOptions { UnknownIdsPerSecondPerUser = 0.02, UnknownIdsPerSecondPerAddress = 0 });
        var context = From("192.0.2.1", "ann");
        for (var i = 0; i < 100; i++)
            Assert.Null(rates.Check(context, RateKind.UnknownId));
        await ChargeAsync();
        await ChargeAsync();
        Assert.NotNull(rates.Check(context, RateKind.UnknownId));
        Assert.Equal("\"unknown-id-user\";r=0;t=49", context.Response.Headers["RateLimit"]);
        Assert.Null(rates.Check(From("192.0.2.1", "bob"), RateKind.UnknownId));

        async Task ChargeAsync()
        {
            var charged = rates.ChargeAsync(context, RateKind.UnknownId);
            _time.Advance(RefusalPause.Time);
            await charged;
        }
    }

    [Fact]
    public async Task FailuresAreRepeatedNoFasterThanTheRate_WhenATenthOfTheBurstIsUsedUp()
    {
        // 1,000 at once, and 10 a second.
        var rates = Rates(new RateLimitOptions());
        var context = From("192.0.2.1", "ann");
        for (var i = 0; i < 100; i++)
            Assert.True(rates.ChargeAsync(context, RateKind.UnknownId).IsCompletedSuccessfully);
        var next = rates.ChargeAsync(context, RateKind.UnknownId);
        Assert.False(next.IsCompleted);
        Assert.True(rates.ChargeAsync(From("192.0.2.1", "bob"), RateKind.UnknownId).IsCompletedSuccessfully);
        _time.Advance(TimeSpan.FromMilliseconds(100));
        await next;
    }

    [Fact]
    public void GuestsOfAShareCostTheirHostNothing()
    {
        var rates = Rates(new RateLimitOptions { ConnectsPerSecondPerUser = 0.025, ConnectsPerSecondPerAddress = 0 });
        for (var i = 0; i < 10; i++)
            Assert.Null(rates.Take(From("192.0.2.1", "ann", new Claim(TokenService.VideoClaim, "a video"), new Claim("scope", "share")), RateKind.Connect));
        Assert.Null(rates.Take(From("192.0.2.1", "ann"), RateKind.Connect));
        Assert.NotNull(rates.Take(From("192.0.2.1", "ann"), RateKind.Connect));
    }

    [Theory]
    [InlineData("read")]
    [InlineData("upload")]
    public void UsersAreLimited_WhenTheirTokenNamesAVideoBesideTheirOwnScopes(string scope)
    {
        var rates = Rates(new RateLimitOptions { ConnectsPerSecondPerUser = 0.025, ConnectsPerSecondPerAddress = 0 });
        Claim[] claims = [new Claim(TokenService.VideoClaim, "a video"), new Claim("scope", "share"), new Claim("scope", scope)];
        Assert.Null(rates.Take(From("192.0.2.1", "ann", claims), RateKind.Connect));
        Assert.NotNull(rates.Take(From("192.0.2.1", "ann", claims), RateKind.Connect));
    }

    [Theory]
    [InlineData("192.0.2.7", "192.0.2.7")]
    [InlineData("::ffff:192.0.2.7", "192.0.2.7")]
    [InlineData("2001:db8:1:2:3:4:5:6", "20010DB800010002")]
    [InlineData("2001:db8:1:2:ffff::1", "20010DB800010002")]
    [InlineData("2001:db8:1:3::1", "20010DB800010003")]
    [InlineData(null, "")]
    public void Network_IsWhatOneHolderPicksAddressesFrom(string? address, string expected) =>
        Assert.Equal(expected, ClientAddress.NetworkOf(address is null ? null : IPAddress.Parse(address)));

    [Fact]
    public void PollsAreCountedWhileTheyWait_AndNotRememberedAfterwards()
    {
        var polls = new HeldPolls(Options.Create(new RateLimitOptions { HeldPollsPerUser = 2, HeldPollsPerAddress = 3 }),
            ActivatorUtilities.CreateInstance<RateLimitMetrics>(_services));
        var (one, two) = (polls.TryHold("ann", "here"), polls.TryHold("ann", "here"));
        Assert.True(one is not null && two is not null);
        Assert.Null(polls.TryHold("ann", "there"));
        using var bobs = polls.TryHold("bob", "here");
        Assert.NotNull(bobs);
        Assert.Null(polls.TryHold("eve", "here"));
        one.Dispose();
        two.Dispose();
        Assert.NotNull(polls.TryHold("eve", "here"));
    }

    private static DefaultHttpContext From(string address, string user, params Claim[] claims)
    {
        var context = new DefaultHttpContext { User = new ClaimsPrincipal(new ClaimsIdentity([new Claim("sub", user), .. claims], "test")) };
        context.Connection.RemoteIpAddress = IPAddress.Parse(address);
        return context;
    }

    private CallerRates Creations(double users, int userBurst, double addresses, int addressBurst) => Rates(new RateLimitOptions(), new UploadLimitsOptions
    {
        CreationsPerSecondPerUser = users, CreationBurstPerUser = userBurst, CreationsPerSecondPerAddress = addresses, CreationBurstPerAddress = addressBurst,
    });

    private CallerRates Rates(RateLimitOptions rates, UploadLimitsOptions? uploads = null) =>
        new(Options.Create(rates), Options.Create(uploads ?? new UploadLimitsOptions()), ActivatorUtilities.CreateInstance<RateLimitMetrics>(_services),
            new RefusalPause(_time), _time);
}
