using Ingestion.Uploads;

namespace Ingestion.Tests.Integration.Uploads;

/// <summary>Abandoned uploads are ended by the index, through any faults.</summary>
public sealed class IndexTests(ServiceCluster cluster) : IClassFixture<ServiceCluster>
{
    private static readonly TimeSpan _hour = TimeSpan.FromHours(1);

    private readonly string _user = ServiceCluster.NewUser();

    [Fact]
    public async Task UploadsExpireAndAreForgottenLater_WhenTheirTimeIsOver()
    {
        var ids = await CreateAsync(100);
        await SweepAsync();
        Assert.All(await StatesAsync(ids), state => Assert.Equal(UploadState.Open, state));

        cluster.Time.Advance(1.1 * _hour);
        Assert.True(await SweepAsync() >= ids.Length);
        Assert.All(await StatesAsync(ids), state => Assert.Equal(UploadState.Expired, state));
        Assert.Equal(0, (await Quota.GetUsageAsync()).Uploads);

        cluster.Time.Advance(1.1 * _hour);
        Assert.True(await SweepAsync() >= ids.Length);
        Assert.All(await StatesAsync(ids), state => Assert.Equal(UploadState.None, state));
        cluster.Time.Advance(10 * _hour);
        Assert.Equal(0, await SweepAsync());
    }

    [Fact]
    public async Task UploadLives_WhileItIsWritten()
    {
        var id = (await CreateAsync(1))[0];
        var upload = Upload(id);
        var lease = await upload.AcquireAsync(_user, null, null);
        cluster.Time.Advance(1.1 * _hour);
        await SweepAsync();
        Assert.Equal(UploadState.Open, await upload.FinishPendingAsync());
        await upload.ReleaseAsync(lease.Epoch);
        cluster.Time.Advance(1.2 * _hour);
        await SweepAsync();
        Assert.Equal(UploadState.Expired, await upload.FinishPendingAsync());
    }

    [Fact]
    public async Task BytesStayReserved_AsLongAsTheUploadLives()
    {
        var id = (await CreateAsync(1, lasting: 2 * _hour))[0];
        var lease = await Upload(id).AcquireAsync(_user, null, null);
        for (var hour = 0; hour < 10; hour++)
        {
            cluster.Time.Advance(_hour);
            await SweepAsync();
            Assert.Equal(new QuotaUsage(1, 5, 0, 0), await Quota.GetUsageAsync());
        }

        await Upload(id).AbortAsync(lease.Epoch, error: null);
        Assert.Equal(new QuotaUsage(0, 0, 0, 0), await Quota.GetUsageAsync());
    }

    [Fact]
    public async Task UploadIsCheckedAgain_WhenItCouldNotAnswer()
    {
        var ids = await CreateAsync(20);
        cluster.Time.Advance(1.1 * _hour);
        cluster.ManifestFault.Set(1000);
        Assert.True(await SweepAsync() >= ids.Length);
        Assert.DoesNotContain(UploadState.Expired, await StatesAsync(ids));
        cluster.ManifestFault.Set(0);
        Assert.Equal(0, await SweepAsync());
        cluster.Time.Advance(TimeSpan.FromMinutes(2));
        await SweepAsync();
        Assert.All(await StatesAsync(ids), state => Assert.Equal(UploadState.Expired, state));
    }

    [Fact]
    public async Task SweepsAreOne_WhenTheyMeet()
    {
        await using var own = await ServiceCluster.StartAsync();
        string[] ids = [.. Enumerable.Range(0, 60).Select(_ => ServiceCluster.NewId()[..^1] + '7')];
        await Task.WhenAll(ids.Select(id => own.From(0).GetGrain<IUploadGrain>(id).CreateAsync(Uploading.New(_user, UploadKind.Resumable, 5, _hour))));
        own.Time.Advance(1.1 * _hour);
        // On each upload's call, this fails once.
        own.ManifestFault.Set(1000);
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => own.From(i % 3).GetGrain<IUploadIndexGrain>("7").SweepAsync()));
        Assert.Equal(ids.Length, own.ManifestFault.Struck);
        // Calls during the run get its answer, later calls find nothing.
        Assert.All(answers, answer => Assert.Contains(answer, (int[])[0, ids.Length]));
        Assert.Contains(ids.Length, answers);
    }

    [Fact]
    public async Task EveryUploadThatWasBegunExpires_WhenSilosOfTheIndexAreKilled()
    {
        await using var own = await ServiceCluster.StartAsync();
        var begun = new List<string>();
        var killed = own.Silos[1];
        var creating = Enumerable.Range(0, 300).Select(async i =>
        {
            var id = ServiceCluster.NewId();
            try
            {
                if (await own.From(own.Silos[0]).GetGrain<IUploadGrain>(id)
                    .CreateAsync(Uploading.New(_user, UploadKind.Resumable, 5, _hour)) is UploadOutcome.Ok)
                {
                    lock (begun)
                        begun.Add(id);
                }
            }
            catch (Exception e) when (e is OrleansException or TimeoutException)
            {
                // Its shard was in the silo that went.
            }
        }).ToArray();
        await own.KillAsync(killed);
        await Task.WhenAll(creating);
        Assert.NotEmpty(begun);

        own.Time.Advance(1.1 * _hour);
        var grains = own.From(own.Silos[0]);
        // More than once: an upload that could not be called while its silo was being detected as dead is called again a minute later.
        await Eventually.TrueAsync(
            async () =>
            {
                foreach (var shard in UploadShards.All)
                {
                    while (await Retry.UntilAnsweredAsync(grains.GetGrain<IUploadIndexGrain>(shard).SweepAsync) > 0)
                    {
                    }
                }

                own.Time.Advance(TimeSpan.FromMinutes(2));
                var states = await Task.WhenAll(begun.Select(id => grains.GetGrain<IUploadGrain>(id).FinishPendingAsync()));
                return states.All(state => state is UploadState.Expired);
            },
            "all of them expire");
    }

    private IQuotaGrain Quota => cluster.From(0).GetGrain<IQuotaGrain>(_user);

    private IUploadGrain Upload(string id) => cluster.From(0).GetGrain<IUploadGrain>(id);

    /// <summary>Uploads with an hour to live, each with its reservation.</summary>
    private async Task<string[]> CreateAsync(int count, TimeSpan? lasting = null)
    {
        string[] ids = [.. Enumerable.Range(0, count).Select(_ => ServiceCluster.NewId())];
        await Task.WhenAll(ids.Select(async id =>
        {
            Assert.Equal(QuotaOutcome.Ok, (await Quota.ReserveAsync(
                id, 5, durable: true, QuotaLimits.None, cluster.Time.GetUtcNow() + (lasting ?? 100 * _hour))).Outcome);
            Assert.Equal(UploadOutcome.Ok, await Upload(id).CreateAsync(Uploading.New(_user, UploadKind.Resumable, 5, _hour)));
        }));
        return ids;
    }

    private async Task<int> SweepAsync()
    {
        var swept = 0;
        foreach (var shard in UploadShards.All)
        {
            for (var more = -1; more != 0; swept += more)
                more = await cluster.From(1).GetGrain<IUploadIndexGrain>(shard).SweepAsync();
        }

        return swept;
    }

    private Task<UploadState[]> StatesAsync(string[] ids) => Task.WhenAll(ids.Select(id => Upload(id).FinishPendingAsync()));
}
