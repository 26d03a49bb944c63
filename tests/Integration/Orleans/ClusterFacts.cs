using Ingestion.Api.Status.Events;
using Ingestion.Backends.GrainStorage;
using Ingestion.Grains.Uploads;
using Ingestion.Grains.Silos;
using Ingestion.Grains.Status;
using Ingestion.Grains.Videos;
using Ingestion.Silos;
using Ingestion.Status;
using Ingestion.Uploads;
using Ingestion.Videos;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Core.Internal;
using Orleans.Placement;
using Orleans.Storage;

namespace Ingestion.Tests.Integration.OrleansFacts;

/// <summary>Where grains and services are, and what becomes of them when a silo goes.</summary>
public sealed class ClusterFacts
{
    private static readonly TimeSpan _lease = TimeSpan.FromHours(1);

    /// <summary>
    /// When a silo dies, a caller that waits for it gets an <see cref="OrleansException"/>, the grain comes back elsewhere with what it had stored,
    /// and membership names that silo dead by its address, which no later silo has. Every retry of edge and worker catches that exception;
    /// <see cref="VideoGrain"/> takes a claim from a worker whose <see cref="WorkerName"/> is of a dead silo. KillSiloAsync is no crash: the silo
    /// leaves membership at once. Processes that are killed are for the end-to-end tests.
    /// </summary>
    [Fact]
    public async Task GrainComesBackElsewhereWithItsState_WhenItsSiloIsKilled()
    {
        using var folder = new TempFolder();
        await using var cluster = await FactCluster.StartAsync(
            silos: 2, silo => silo.Services.AddKeyedSingleton<IGrainStorage>(WireNames.Storage, new FileGrainStorage(folder.Path)));
        var key = FactCluster.NewKey();
        var victim = cluster.Silos[1];
        Assert.Equal(victim.ToParsableString(), await cluster.From(1).GetGrain<IStoringGrain>(key).StoreAsync("stored"));
        var grain = cluster.From(0).GetGrain<IStoringGrain>(key);
        var held = grain.HoldAsync();
        await cluster.Probe.UntilAsync("held");

        await cluster.Cluster.KillSiloAsync(cluster.Cluster.Silos[1]);
        await Assert.ThrowsAnyAsync<OrleansException>(() => held);
        Assert.Equal("stored", await Retry.UntilAnsweredAsync(grain.LoadAsync));
        Assert.Equal(cluster.Silos[0].ToParsableString(), await grain.StoreAsync("elsewhere"));
        var statuses = cluster.Services(0).GetRequiredService<ISiloStatusOracle>();
        Assert.Equal(SiloStatus.Dead, statuses.GetApproximateSiloStatus(SiloAddress.FromParsableString(victim.ToParsableString())));
    }

    /// <summary>
    /// A grain service runs once in each silo and is reached there from all of them; a call to one in a dead silo fails and goes nowhere else.
    /// <see cref="UploadFence"/> ends writers in every silo, <see cref="MemoryGovernorService"/> is called by the silo's address.
    /// </summary>
    [Fact]
    public async Task GrainServiceIsReachedInEverySilo_AndFailsInADeadOne()
    {
        await using var cluster = await ServiceCluster.StartAsync();
        var silos = cluster.Silos;
        FaultyStore[] stores = [.. silos.Select(cluster.StoreOf)];
        for (var i = 0; i < silos.Length; i++)
        {
            await cluster.Services(silos[i]).GetRequiredService<IUploadFenceClient>().FenceAsync(ServiceCluster.NewId(), epoch: 1);
            Assert.All(stores, store => Assert.Equal(i + 1, store.Fences));
        }

        var governors = cluster.Services(silos[0]).GetRequiredService<IMemoryGovernorClient>();
        await governors.GetSampleAsync(silos[2]);
        await cluster.KillAsync(silos[2]);
        await Assert.ThrowsAnyAsync<OrleansException>(() => governors.GetSampleAsync(silos[2]));
    }

    /// <summary>
    /// A grain that prefers local placement is activated in the silo of its first caller: <see cref="UploadGrain"/> beside the socket that brings the
    /// bytes.
    /// </summary>
    [Fact]
    public async Task UploadGrainIsActivatedInTheSiloOfItsFirstCaller()
    {
        await using var cluster = await ServiceCluster.StartAsync();
        foreach (var silo in Enumerable.Repeat(cluster.Silos, 5).SelectMany(silos => silos))
        {
            var upload = cluster.From(silo).GetGrain<IUploadGrain>(ServiceCluster.NewId());
            await upload.GetInfoAsync("");
            Assert.Equal(silo, await cluster.WhereAsync(upload));
        }
    }

    /// <summary>
    /// An item of a stream activates its implicit subscriber, also a grain that was active before, which gets it though no subscription is stored
    /// anywhere (ImplicitOnly). <see cref="VideoGrain"/> sends progress so, <see cref="StatusGrain"/> pushes it.
    /// </summary>
    [Fact]
    public async Task ImplicitSubscriberIsActivatedAgain_ByTheNextItemOfItsStream()
    {
        await using var cluster = await ServiceCluster.StartAsync();
        var user = ServiceCluster.NewUser();
        var record = await cluster.UploadAsync(cluster.From(0), user);
        var video = cluster.From(0).GetGrain<IVideoGrain>(record.Id);
        var claim = await video.ClaimAsync("worker", _lease);
        var status = cluster.From(0).GetGrain<IStatusGrain>(user);
        await ProgressComesAsync(10);

        await status.Cast<IGrainManagementExtension>().DeactivateOnIdle();
        await Eventually.TrueAsync(async () => !await IsActiveAsync(), "the grain is deactivated");
        await video.ReportProgressAsync(claim.Epoch, 20, _lease);
        await Eventually.TrueAsync(IsActiveAsync, "progress activates the grain");
        await ProgressComesAsync(30);

        // Queried from the silos themselves: the directory may answer from a cache that does not know of the deactivation.
        async Task<bool> IsActiveAsync()
        {
            var activations = await cluster.Cluster.Client.GetGrain<IManagementGrain>(0).GetDetailedGrainStatistics();
            return activations.Any(activation => activation.GrainId == status.GetGrainId());
        }

        async Task ProgressComesAsync(int percent)
        {
            await using var listener = new JournalListener(cluster.From(0), user, EventAudience.Owner, videos: null);
            await listener.StartAsync(since: null);
            await video.ReportProgressAsync(claim.Epoch, percent, _lease);
            await Eventually.TrueAsync(() => listener.TakeProgress().Any(progress => progress.Percent == percent), $"{percent} % comes");
        }
    }
}

public interface IStoringGrain : IGrainWithStringKey
{
    /// <summary>Stores the text; in which silo.</summary>
    Task<string> StoreAsync(string text);

    Task<string> LoadAsync();

    Task HoldAsync();
}

[PreferLocalPlacement]
internal sealed class StoringGrain(
    Probe probe, ILocalSiloDetails silo, [PersistentState("text", WireNames.Storage)] IPersistentState<StoringGrain.Content> stored) : Grain, IStoringGrain
{
    public async Task<string> StoreAsync(string text)
    {
        stored.State = new Content { Text = text };
        await stored.WriteStateAsync();
        return silo.SiloAddress.ToParsableString();
    }

    public Task<string> LoadAsync() => Task.FromResult(stored.State.Text);

    public Task HoldAsync()
    {
        probe.Record("held");
        return probe.PassAsync("held");
    }

    internal sealed class Content
    {
        public string Text { get; set; } = "";
    }
}
