using Ingestion.Uploads;
using Ingestion.Videos;

namespace Ingestion.Tests.Integration.Uploads;

/// <summary>One user's quota over several silos.</summary>
public sealed class QuotaTests(ServiceCluster cluster) : IClassFixture<ServiceCluster>
{
    private const int VideoBytes = 10_000;

    private DateTimeOffset Tomorrow => cluster.Time.GetUtcNow() + TimeSpan.FromDays(1);

    [Fact]
    public async Task AllSlotsAreTakenAndNoMore_WhenThreeHundredUploadsBeginAtOnceInThreeSilos()
    {
        const int Slots = 100;
        var user = ServiceCluster.NewUser();
        var limits = new QuotaLimits(Slots, 0, 0);
        var results = await Task.WhenAll(Enumerable.Range(0, 300)
            .Select(i => Quota(user, i % 3).ReserveAsync(ServiceCluster.NewId(), 7, durable: i % 2 == 0, limits, Tomorrow)));
        Assert.Equal(Slots, results.Count(result => result.Outcome is QuotaOutcome.Ok));
        Assert.Equal(new QuotaUsage(Slots, 7 * Slots, 0, 0), await Quota(user).GetUsageAsync());
    }

    [Fact]
    public async Task WhatSurvivesItsSiloIsStillReserved_WhenTheSiloOfTheQuotaIsKilled()
    {
        await using var own = await ServiceCluster.StartAsync();
        var (user, durable, form) = (ServiceCluster.NewUser(), ServiceCluster.NewId(), ServiceCluster.NewId());
        var quota = own.Cluster.Client.GetGrain<IQuotaGrain>(user);
        Assert.Equal(QuotaOutcome.Ok, (await quota.ReserveAsync(durable, 5, durable: true, QuotaLimits.None, Tomorrow)).Outcome);
        Assert.Equal(QuotaOutcome.Ok, (await quota.ReserveAsync(form, 6, durable: false, QuotaLimits.None, Tomorrow)).Outcome);
        Assert.Equal(2, (await quota.GetUsageAsync()).Uploads);

        await own.KillAsync(await own.WhereAsync(quota));
        Assert.Equal(new QuotaUsage(1, 5, 0, 0), await Retry.UntilAnsweredAsync(quota.GetUsageAsync));
        // The form's request continues in another silo: its result counts all the same.
        await quota.CommitReservationAsync(form, 6);
        await quota.CommitReservationAsync(durable, 5);
        await quota.CommitReservationAsync(durable, 5);
        Assert.Equal(new QuotaUsage(0, 0, 11, 11), await quota.GetUsageAsync());
    }

    [Fact]
    public async Task VideosCountUntilTheyAreRemoved_WhenTheRemovalHasToBeRepeated()
    {
        var user = ServiceCluster.NewUser();
        var videos = await Task.WhenAll(Enumerable.Range(0, 3).Select(i => cluster.UploadAsync(cluster.From(i), user)));
        Assert.Equal(new QuotaUsage(0, 0, 3 * VideoBytes, 3 * VideoBytes), await Quota(user).GetUsageAsync());

        cluster.VideoRemovalFault.On();
        Assert.True(await cluster.From(0).GetGrain<IVideoGrain>(videos[0].Id).DeleteAsync(user));
        await cluster.VideoRemovalFault.StruckAsync(3);
        cluster.VideoRemovalFault.Off();
        await Eventually.TrueAsync(async () => !await cluster.From(1).GetGrain<IVideoGrain>(videos[0].Id).ExistsAsync(), "the video is gone");
        Assert.Equal(new QuotaUsage(0, 0, 2 * VideoBytes, 3 * VideoBytes), await Quota(user).GetUsageAsync());
    }

    [Fact]
    public async Task NothingIsHeld_WhenUploadsWereGivenUp()
    {
        var user = ServiceCluster.NewUser();
        foreach (var kind in (UploadKind[])[UploadKind.Form, UploadKind.Resumable])
        {
            var id = ServiceCluster.NewId();
            await Quota(user).ReserveAsync(id, 5, durable: kind is not UploadKind.Form, QuotaLimits.None, Tomorrow);
            Assert.Equal(UploadOutcome.Ok, await cluster.From(0).GetGrain<IUploadGrain>(id).CreateAsync(Uploading.New(user, kind, 5)));
            Assert.Equal(1, (await Quota(user).GetUsageAsync()).Uploads);
            Assert.Equal(UploadOutcome.Ok, await cluster.From(1).GetGrain<IUploadGrain>(id).CancelAsync(user));
            Assert.Equal(new QuotaUsage(0, 0, 0, 0), await Quota(user).GetUsageAsync());
        }
    }

    private IQuotaGrain Quota(string user, int silo = 0) => cluster.From(silo).GetGrain<IQuotaGrain>(user);
}
