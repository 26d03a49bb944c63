using Ingestion.Uploads;

namespace Ingestion.Tests.Integration.Uploads;

/// <summary>The silo that has an upload's grain stops, while a request in another silo writes the upload.</summary>
public sealed class KeptLeaseTests : IAsyncLifetime
{
    private readonly string _user = ServiceCluster.NewUser();
    private readonly string _id = ServiceCluster.NewId();
    private ServiceCluster _cluster = null!;

    private IUploadGrain Here => _cluster.From(_cluster.Silos[^1]).GetGrain<IUploadGrain>(_id);

    private IUploadGrain There => _cluster.From(0).GetGrain<IUploadGrain>(_id);

    public async Task InitializeAsync() => _cluster = await ServiceCluster.StartAsync();

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task WriterGoesOn_WhenTheSiloStopsInOrder()
    {
        var lease = await BeginAsync();

        await _cluster.StopAsync(_cluster.Silos[1]);

        Assert.Equal(UploadOutcome.Ok, (await There.CommitAsync(lease.Epoch, Tail(10))).Outcome);
        Assert.Equal(UploadOutcome.Ok, (await There.CommitAsync(lease.Epoch, Tail(20))).Outcome);
    }

    [Fact]
    public async Task WriterIsInterruptedAndNobodyElseIsSaidToWrite_WhenTheSiloIsKilled()
    {
        var lease = await BeginAsync();

        await _cluster.KillAsync(_cluster.Silos[1]);

        var outcome = default(UploadOutcome);
        await Eventually.TrueAsync(
            async () =>
            {
                try
                {
                    outcome = (await There.CommitAsync(lease.Epoch, Tail(10))).Outcome;
                    return true;
                }
                catch (OrleansException)
                {
                    return false;
                }
            },
            "the upload is elsewhere");
        Assert.Equal(UploadOutcome.LeaseLost, outcome);
    }

    [Fact]
    public async Task OldWriterIsRefused_WhenAnotherTakesOverAfterTheStop()
    {
        var old = await BeginAsync();
        await _cluster.StopAsync(_cluster.Silos[1]);

        var current = await Here.AcquireAsync(_user, 0, null);

        Assert.True(current.Outcome is UploadOutcome.Ok && current.Epoch > old.Epoch);
        Assert.Equal(UploadOutcome.StaleEpoch, (await There.CommitAsync(old.Epoch, Tail(10))).Outcome);
        Assert.Equal(UploadOutcome.Ok, (await Here.CommitAsync(current.Epoch, Tail(10))).Outcome);
    }

    private static UploadCommit Tail(int length) => new("", [], new UploadTail(0, length, Name: ""), null, null, default);

    /// <summary>The grain is in the silo that is to go, its writer in another one.</summary>
    private async Task<LeaseResult> BeginAsync()
    {
        Assert.Equal(UploadOutcome.Ok, await _cluster.From(1).GetGrain<IUploadGrain>(_id).CreateAsync(Uploading.New(_user, UploadKind.Resumable, 100)));
        return await There.AcquireAsync(_user, 0, null);
    }
}
