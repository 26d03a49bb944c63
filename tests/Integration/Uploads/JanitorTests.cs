using Ingestion.Silo.Janitor;
using Ingestion.Uploads;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ingestion.Tests.Integration.Uploads;

/// <summary>Unfinished bytes are removed when it is certain that nothing needs them. A missing record is no such proof.</summary>
public sealed class JanitorTests(ServiceCluster cluster) : IClassFixture<ServiceCluster>
{
    private readonly string _user = ServiceCluster.NewUser();

    private DateTimeOffset Later => cluster.Time.GetUtcNow() + TimeSpan.FromHours(1);

    private OrphanSweep Sweep => new(cluster.Store, cluster.From(0), NullLogger<OrphanSweep>.Instance);

    [Fact]
    public async Task OnlyBytesOfFormsAndOfUploadsThatHaveEndedAreRemoved_WhenSwept()
    {
        var (unknown, open, completing, ended) = (ServiceCluster.NewId(), ServiceCluster.NewId(), ServiceCluster.NewId(), ServiceCluster.NewId());
        var (form, video) = (MediaId.NewOfForm(cluster.Time.GetUtcNow()), (await cluster.UploadAsync(cluster.From(0), _user)).Id);
        await WriteAsync(form);
        // By a writer that came after the one whose bytes the video has.
        await WriteAsync(video, new WriterStart(ObjectKey.Source(video), "", cluster.Store.PlanFor(4), 0, null, cluster.Time.GetUtcNow().UtcTicks, 4));
        await WriteAsync(unknown);
        await WriteAsync("no-id-at-all");
        await CreateAsync(open);
        await WriteAsync(open);
        await CreateAsync(ended);
        Assert.Equal(UploadOutcome.Ok, await Upload(ended).CancelAsync(_user));
        await WriteAsync(ended);
        await CompletingAsync(completing);

        Assert.Equal(0, await Sweep.RunAsync(cluster.Time.GetUtcNow() - TimeSpan.FromHours(1), CancellationToken.None));
        Assert.Equal(3, await Sweep.RunAsync(Later, CancellationToken.None));
        Assert.Equal(new[] { "no-id-at-all", unknown, completing, open }.Order(), (await UnfinishedAsync()).Order());
        Assert.Equal(0, await Sweep.RunAsync(Later, CancellationToken.None));

        cluster.StoreFault.Set(0);
        await Eventually.TrueAsync(async () => await Upload(completing).FinishPendingAsync() is UploadState.Completed, "it completes once the store works");
        Assert.Equal(4, (await cluster.Store.GetInfoAsync(ObjectKey.Source(completing), CancellationToken.None))!.Length);
    }

    private IUploadGrain Upload(string id) => cluster.From(0).GetGrain<IUploadGrain>(id);

    private async Task CreateAsync(string id) => Assert.Equal(UploadOutcome.Ok, await Upload(id).CreateAsync(Uploading.New(_user, UploadKind.Resumable, 4)));

    /// <summary>Leaves bytes as a writer does that died.</summary>
    private async Task<List<UploadPart>> WriteAsync(string id, WriterStart? start = null)
    {
        var parts = new List<UploadPart>();
        await using var writer = await cluster.Store.OpenWriterAsync(
            start ?? new WriterStart(ObjectKey.Source(id), "", cluster.Store.PlanFor(4), 0, null, 1, 4), CancellationToken.None);
        await writer.WriteAsync(new byte[4], CancellationToken.None);
        while (await writer.TakePartAsync(final: true, CancellationToken.None) is { } part)
            parts.Add(part);
        return parts;
    }

    /// <summary>All bytes are there, and the store can't put them together.</summary>
    private async Task CompletingAsync(string id)
    {
        await CreateAsync(id);
        var lease = await Upload(id).AcquireAsync(_user, null, null);
        var parts = await WriteAsync(id, lease.StartOf(id));
        cluster.StoreFault.Set(1000);
        await Assert.ThrowsAnyAsync<Exception>(() => Upload(id).CompleteAsync(lease.Epoch, new UploadCommit("", parts, null, null, null, default)));
        Assert.Equal(UploadState.Completing, (await Upload(id).GetInfoAsync(_user))!.State);
    }

    private async Task<List<string>> UnfinishedAsync()
    {
        var found = new List<string>();
        await foreach (var upload in cluster.Store.ListUnfinishedAsync(Later, CancellationToken.None))
            found.Add(upload.VideoId);
        return found;
    }
}
