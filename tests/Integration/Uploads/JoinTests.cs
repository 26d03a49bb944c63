using Ingestion.Uploads;

namespace Ingestion.Tests.Integration.Uploads;

/// <summary>Final uploads whose pieces are copied without a request.</summary>
public sealed class JoinTests : IAsyncLifetime
{
    private const int PartSize = 1000;

    private static readonly TimeSpan _hour = TimeSpan.FromHours(1);

    private readonly string _user = ServiceCluster.NewUser();
    private ServiceCluster _cluster = null!;

    private IQuotaGrain Quota => _cluster.From(0).GetGrain<IQuotaGrain>(_user);

    public async Task InitializeAsync() => _cluster = await ServiceCluster.StartAsync(PartSize);

    public Task DisposeAsync() => _cluster.DisposeAsync().AsTask();

    /// <summary>No client retries: the janitor finds it, in minutes and not when uploads expire.</summary>
    [Fact]
    public async Task JoinContinuesAfterTheCopiedParts_WhenItsSiloDies()
    {
        var pieces = await PiecesAsync(2500, 3000, 200);
        var silo = _cluster.Silos[0];
        var here = _cluster.StoreOf(silo);
        var copied = new Gate();
        here.CopyGate = number => number > 4 ? copied : null;
        var final = await StartAsync(silo, pieces, gate: null);
        await copied.Reached.WaitAsync(Eventually.Deadline);
        Assert.Equal(4, here.Copies);
        await _cluster.KillAsync(silo);

        _cluster.Time.Advance(TimeSpan.FromMinutes(3));
        await Eventually.TrueAsync(
            async () =>
            {
                await _cluster.From(1).GetGrain<IUploadIndexGrain>(UploadShards.Of(final)).SweepAsync();
                return await _cluster.From(1).GetGrain<IUploadGrain>(final).GetInfoAsync(_user) is { State: UploadState.Completed };
            },
            "it is completed");
        Assert.Equal(5700, (await _cluster.Store.GetInfoAsync(ObjectKey.Source(final), default))!.Length);
        // Of six parts four were committed.
        Assert.Equal(2, _cluster.Silos.Where(other => other != silo).Sum(other => _cluster.StoreOf(other).Copies));
        await AssertGoneAsync(pieces);
        Assert.Equal((0, 0, 5700), await UsageAsync());
    }

    [Fact]
    public async Task PiecesGoWithIt_WhenItIsGivenUpInTheMiddle()
    {
        var pieces = await PiecesAsync(1500, 1500);
        var final = await StartAsync(_cluster.Silos[1], pieces, new Gate());
        Assert.Equal(UploadOutcome.Ok, await _cluster.From(0).GetGrain<IUploadGrain>(final).CancelAsync(_user));
        await AssertGoneAsync(pieces);
        Assert.Equal((0, 0, 0), await UsageAsync());
        Assert.Null(await _cluster.Store.GetInfoAsync(ObjectKey.Source(final), default));
        var left = new List<UnfinishedUpload>();
        await foreach (var upload in _cluster.Store.ListUnfinishedAsync(DateTimeOffset.MaxValue, default))
            left.Add(upload);
        Assert.Empty(left);
    }

    /// <summary>Their own time may be over by then; their owner may have given them up.</summary>
    [Fact]
    public async Task PiecesStayAndCount_WhileTheyAreCopied()
    {
        var pieces = await PiecesAsync(1500, 1500);
        var gate = new Gate();
        var final = await StartAsync(_cluster.Silos[1], pieces, gate);
        Assert.Equal(UploadOutcome.Ok, await _cluster.From(0).GetGrain<IUploadGrain>(pieces[0].Id).CancelAsync(_user));
        for (var hour = 0; hour < 4; hour++)
        {
            _cluster.Time.Advance(1.1 * _hour);
            foreach (var shard in UploadShards.All)
                await _cluster.From(2).GetGrain<IUploadIndexGrain>(shard).SweepAsync();
            Assert.Equal((2, 3000, 0), await UsageAsync());
        }

        gate.Open();
        await Eventually.TrueAsync(async () => await InfoAsync(final, 0) is { State: UploadState.Completed }, "it is completed");
        await AssertGoneAsync(pieces);
        Assert.Equal((0, 0, 3000), await UsageAsync());
    }

    [Fact]
    public async Task VideoIsMade_WhenTheStoreFailsNowAndThen()
    {
        var pieces = await PiecesAsync(2500, 3000);
        _cluster.StoreFault.Set(50);
        var final = await StartAsync(_cluster.Silos[1], pieces, gate: null);
        await Eventually.TrueAsync(async () => await InfoAsync(final, 0) is { State: UploadState.Completed }, "it is completed");
        _cluster.StoreFault.Set(0);
        await Eventually.TrueAsync(async () => await UsageAsync() == (0, 0, 5500), "its pieces have gone");
    }

    /// <summary>The record of a final upload that can't have its pieces leaves no trace.</summary>
    [Fact]
    public async Task NothingIsTaken_WhenOneOfThePiecesIsAnothers()
    {
        var pieces = await PiecesAsync(1500, 1500, 1500);
        var first = await StartAsync(_cluster.Silos[1], [pieces[0]], new Gate());
        var second = ServiceCluster.NewId();
        Assert.Equal(UploadOutcome.Used, await CreateAsync(_cluster.From(0), second, pieces));
        Assert.Null(await InfoAsync(second, 0));
        // The others are free.
        await StartAsync(_cluster.Silos[1], pieces[1..], gate: null);
        Assert.NotNull(await InfoAsync(first, 0));
    }

    private async Task<string> StartAsync(SiloAddress silo, UploadPiece[] pieces, Gate? gate)
    {
        foreach (var each in _cluster.Silos)
            _cluster.StoreOf(each).CopyGate ??= _ => gate;
        var final = ServiceCluster.NewId();
        Assert.Equal(UploadOutcome.Ok, await CreateAsync(_cluster.From(silo), final, pieces));
        if (gate is not null)
            await gate.Reached.WaitAsync(Eventually.Deadline);
        return final;
    }

    private Task<UploadOutcome> CreateAsync(IGrainFactory grains, string id, UploadPiece[] pieces) =>
        grains.GetGrain<IUploadGrain>(id).CreateAsync(Uploading.New(_user, UploadKind.Final, pieces.Sum(piece => piece.Length)) with { Pieces = pieces });

    private Task<UploadPiece[]> PiecesAsync(params int[] lengths) => Task.WhenAll(lengths.Select(PieceAsync));

    private async Task<UploadPiece> PieceAsync(int length)
    {
        var id = ServiceCluster.NewId();
        var upload = _cluster.From(0).GetGrain<IUploadGrain>(id);
        await Quota.ReserveAsync(id, length, durable: true, QuotaLimits.None, _cluster.Time.GetUtcNow() + (2 * _hour));
        Assert.Equal(UploadOutcome.Ok, await upload.CreateAsync(Uploading.New(_user, UploadKind.Partial, length)));
        var lease = await upload.AcquireAsync(_user, null, null);
        var parts = new List<UploadPart>();
        await using var writer = await _cluster.Store.OpenWriterAsync(lease.StartOf(id), default);
        await writer.WriteAsync(new byte[length], default);
        while (await writer.TakePartAsync(final: true, default) is { } part)
            parts.Add(part);
        Assert.Equal(UploadOutcome.Ok, (await upload.CompleteAsync(
            lease.Epoch, new UploadCommit(writer.StoreUploadId, parts, null, null, null, default))).Outcome);
        return new UploadPiece(id, length);
    }

    private Task<UploadInfo?> InfoAsync(string id, int silo) => _cluster.From(silo).GetGrain<IUploadGrain>(id).GetInfoAsync(_user);

    private async Task AssertGoneAsync(UploadPiece[] pieces)
    {
        foreach (var piece in pieces)
            Assert.Null(await _cluster.Store.GetInfoAsync(ObjectKey.Source(piece.Id), default));
    }

    private async Task<(int Uploads, long Reserved, long Total)> UsageAsync()
    {
        var usage = await Quota.GetUsageAsync();
        return (usage.Uploads, usage.ReservedBytes, usage.TotalBytes);
    }
}
