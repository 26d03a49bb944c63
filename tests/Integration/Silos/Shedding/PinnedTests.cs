using Ingestion.Grains.Silos.Shedding;
using Ingestion.Grains.Status;
using Ingestion.Uploads;
using Microsoft.Extensions.DependencyInjection;

namespace Ingestion.Tests.Integration.Silos.Shedding;

/// <summary>Our own grains, all idle, in three silos that shed all they can.</summary>
public sealed class PinnedTests(ServiceCluster cluster) : IClassFixture<ServiceCluster>
{
    private const int HeldBytes = 7;

    private readonly string _user = ServiceCluster.NewUser();

    /// <summary>One test for all of it, as each waits until Orleans has seen that nothing happens.</summary>
    [Fact]
    public async Task WhatIsHeldInMemoryStays_WhileTheRestIsShed()
    {
        var (written, left, form) = (Upload(ServiceCluster.NewId()), Upload(ServiceCluster.NewId()), Upload(MediaId.NewOfForm(cluster.Time.GetUtcNow())));
        await CreateAsync(written, UploadKind.Resumable);
        await CreateAsync(left, UploadKind.Resumable);
        await CreateAsync(form, UploadKind.Form);
        var lease = await written.AcquireAsync(_user, expectedOffset: null, writer: null);
        Assert.Equal(UploadOutcome.Ok, (await written.CommitAsync(lease.Epoch, Tail(10))).Outcome);
        var abandoned = await left.AcquireAsync(_user, expectedOffset: null, writer: null);
        Assert.Equal(UploadOutcome.Ok, (await left.CommitAsync(abandoned.Epoch, Tail(10))).Outcome);
        await left.ReleaseAsync(abandoned.Epoch);
        var quota = cluster.From(0).GetGrain<IQuotaGrain>(_user);
        await quota.ReserveAsync(ServiceCluster.NewId(), HeldBytes, durable: false, QuotaLimits.None, cluster.Time.GetUtcNow() + TimeSpan.FromDays(1));
        var reserved = await quota.GetUsageAsync();
        await Eventually.TrueAsync(() => Count("upload", type => type.Idle) == 3 && Count("quota", type => type.Idle) == 1, "all of them are idle");

        var activation = Activations().Single(activation => activation.GrainId == written.GetGrainId());
        await Eventually.TrueAsync(
            () =>
            {
                Shed();
                return Count("upload", type => type.Activations) == 2;
            },
            "the upload that nothing writes has gone");
        Assert.Equal(UploadOutcome.Ok, (await written.CommitAsync(lease.Epoch, Tail(20))).Outcome);
        // The end of an upload is expected in the user's journal.
        Assert.Equal(1, Count("status", type => type.Activations));
        Assert.NotNull(await form.GetInfoAsync(_user));
        Assert.Equal(reserved, await quota.GetUsageAsync());
        Assert.Equal(10, (await left.GetInfoAsync(_user))!.Offset);

        // A writer that came in the moment of being shed goes on, too.
        activation.Deactivate(new DeactivationReason(DeactivationReasonCode.HighMemoryPressure, "The test wants it."));
        await activation.Deactivated;
        Assert.Equal(UploadOutcome.Ok, (await written.CommitAsync(lease.Epoch, Tail(30))).Outcome);

        cluster.Time.Advance(StatusGrain.Awaited);
        await Eventually.TrueAsync(
            () =>
            {
                Shed();
                return Count("status", type => type.Activations) == 0;
            },
            "the journal that expects nothing any more has gone");
    }

    private void Shed()
    {
        foreach (var silo in cluster.Silos)
            cluster.Services(silo).GetRequiredService<IdleGrains>().Shed(long.MaxValue);
    }

    private IUploadGrain Upload(string id) => cluster.From(0).GetGrain<IUploadGrain>(id);

    private async Task CreateAsync(IUploadGrain upload, UploadKind kind) =>
        Assert.Equal(UploadOutcome.Ok, await upload.CreateAsync(Uploading.New(_user, kind, length: 1000)));

    private int Count(string type, Func<ActivationsOfType, int> value) => cluster.Silos.Sum(
        silo => cluster.Services(silo).GetRequiredService<ActivationCensus>().ReadTypes().Where(of => of.Type == type).Sum(value));

    /// <summary>All that are idle. They stay so.</summary>
    private List<IGrainContext> Activations()
    {
        var found = new List<IGrainContext>();
        foreach (var census in cluster.Silos.Select(silo => cluster.Services(silo).GetRequiredService<ActivationCensus>()))
        {
            var taken = new List<object>();
            while (census.TryTake(out var member, out _))
                taken.Add(member);
            taken.ForEach(census.PutBack);
            found.AddRange(taken.Cast<IGrainContext>());
        }

        return found;
    }

    private static UploadCommit Tail(int bytes) => new("", [], new UploadTail(0, bytes, Name: ""), null, null, default);
}
