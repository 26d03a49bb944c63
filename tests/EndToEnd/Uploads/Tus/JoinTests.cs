using Ingestion.Tests.EndToEnd.Uploads.Direct;
using Ingestion.Tests.EndToEnd.Uploads.Limits;

namespace Ingestion.Tests.EndToEnd.Uploads.Tus;

/// <summary>What becomes of pieces when they are put together, whatever store they are in.</summary>
public abstract class JoinTests
{
    // Parts of 5 MiB: of the five one ends in another piece than it begins, and the last one is short.
    private static readonly byte[] _file = DirectTests.MakeFile(22_000_000);

    private protected abstract SiloProcess Silo { get; }

    /// <summary>Names of all objects and unfinished uploads in the store.</summary>
    private protected abstract Task<string[]> StoredAsync();

    private protected async Task PiecesCountUntilTheyGoWithTheirVideoAsync()
    {
        using var api = Silo.As(SiloFixture.NewUser());
        var tus = new TusClient(api);
        var pieces = await PiecesAsync(tus);
        Assert.Equal((2, _file.Length, 0, 0), await QuotaTests.UsageAsync(api));
        var final = TusClient.PathOf(await JoinAsync(tus, pieces));
        await CreationTests.IsVideoAsync(api, final, _file);
        Assert.Equal((0, 0, _file.Length, _file.Length), await QuotaTests.UsageAsync(api));

        var stored = await StoredAsync();
        Assert.DoesNotContain(stored, name => pieces.Any(piece => name.Contains(TusClient.IdOf(piece), StringComparison.Ordinal)));
        // A client that continues with known pieces sees them complete, and sends the same request again.
        Assert.Equal(_file.Length - 12_000_000, await tus.OffsetAsync(pieces[1]));
        var other = await tus.UploadPartialAsync(_file[..100_000]);
        (await JoinAsync(tus, other, pieces[1])).IsProblem(410, "partial_upload_used");
        Assert.Equal((1, 100_000, _file.Length, _file.Length), await QuotaTests.UsageAsync(api));
        (await tus.DeleteAsync(pieces[0])).Is(204);
        (await tus.HeadAsync(pieces[0])).Is(410);
    }

    private protected async Task JoinTwiceMakesOneVideoAsync()
    {
        using var api = Silo.As(SiloFixture.NewUser());
        await using var socket = await StatusClient.SubscribedAsync(api);
        var tus = new TusClient(api);
        var pieces = await PiecesAsync(tus);
        var answers = (await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => JoinAsync(tus, pieces)))).Append(await JoinAsync(tus, pieces));
        var final = Assert.Single(answers.Select(TusClient.PathOf).Distinct());
        Assert.Equal([TusClient.IdOf(final)], await api.ListAsync());
        await CreationTests.IsVideoAsync(api, final, _file);
        Assert.Equal((0, 0, _file.Length, _file.Length), await QuotaTests.UsageAsync(api));
        Assert.Single(await socket.UntilAsync(TusClient.IdOf(final), "queued"), e => e.Json.GetProperty("data").GetProperty("type")
            .GetString() == "upload.created");
        // The other order is another video, for which these pieces are not there any more.
        (await JoinAsync(tus, pieces[1], pieces[0])).IsProblem(410, "partial_upload_used");
    }

    private protected async Task VideoExistsWhenTheClientHasLeftAsync()
    {
        using var api = Silo.As(SiloFixture.NewUser());
        var tus = new TusClient(api);
        var pieces = await PiecesAsync(tus);
        await using var socket = await StatusClient.SubscribedAsync(api);
        using (var http = new RawHttp(Silo.Address))
        {
            await http.SendHeadAsync("POST /api/uploads HTTP/1.1", tus.Fields($"Upload-Concat: final;{string.Join(' ', pieces)}", "Content-Length: 0"));
            await Eventually.TrueAsync(async () => (await socket.SoFarAsync()).Count > 0, "it has begun");
            http.Reset();
        }

        await Eventually.TrueAsync(async () => (await api.ListAsync()).Length == 1, "the video exists");
        var final = TusClient.PathOf(await JoinAsync(tus, pieces));
        Assert.Equal([TusClient.IdOf(final)], await api.ListAsync());
        await CreationTests.IsVideoAsync(api, final, _file);
    }

    private protected static Task<Answer> JoinAsync(TusClient tus, params string[] pieces) =>
        tus.PostAsync(null, ("Upload-Concat", $"final;{string.Join(' ', pieces)}"));

    private static Task<string[]> PiecesAsync(TusClient tus) =>
        Task.WhenAll(tus.UploadPartialAsync(_file[..12_000_000]), tus.UploadPartialAsync(_file[12_000_000..]));
}

/// <summary>On files.</summary>
[Collection(DefaultSilo.OfUploads)]
public sealed class FileJoinTests(DefaultSilo shared) : JoinTests
{
    private protected override SiloProcess Silo => shared.Silo;

    [Fact]
    public Task Pieces_CountUntilTheyGo_WhenTheirVideoExists() => PiecesCountUntilTheyGoWithTheirVideoAsync();

    [Fact]
    public Task OneVideo_IsMade_WhenTheSameJoinIsRepeated() => JoinTwiceMakesOneVideoAsync();

    [Fact]
    public Task Video_Exists_WhenTheClientHasLeft() => VideoExistsWhenTheClientHasLeftAsync();

    /// <summary>Each round takes most of the quota, and leaves nothing in the store that does not count.</summary>
    [Fact]
    public async Task BytesOnTheDisk_StayWithinTheQuota_WhenPiecesAreJoinedAndTheirVideosDeleted()
    {
        const int Limit = 1_000_000;
        await using var silo = await SiloProcess.StartAsync(null, ("Limits__MaxTotalBytesPerUser", $"{Limit}"));
        using var api = silo.As("ann");
        var (tus, data) = (new TusClient(api), new DataFolder(silo.Data));
        for (var round = 0; round < 4; round++)
        {
            var piece = await tus.UploadPartialAsync(Samples.Padded(800_000));
            (await tus.PostAsync(null, ("Upload-Length", "300000"), ("Upload-Concat", "partial"))).IsProblem(403, "quota_exceeded");
            var final = TusClient.PathOf(await JoinAsync(tus, piece));
            (await api.DeleteAsync($"/api/videos/{TusClient.IdOf(final)}")).Is(204);
            await Eventually.TrueAsync(async () => await QuotaTests.UsageAsync(api) is (0, 0, 0, _), "its bytes are returned");
            await Eventually.TrueAsync(() => data.Objects.Length == 0 && data.Uploads.Length == 0, "its bytes have gone");
        }
    }

    private protected override Task<string[]> StoredAsync() => Task.FromResult<string[]>([.. shared.Data.Objects, .. shared.Data.Uploads]);
}

/// <summary>On S3.</summary>
public sealed class S3JoinTests(DirectS3Tests.S3Silo shared) : JoinTests, IClassFixture<DirectS3Tests.S3Silo>
{
    private protected override SiloProcess Silo => shared.Silo;

    [NodeFact]
    public Task Pieces_CountUntilTheyGo_WhenTheirVideoExists() => PiecesCountUntilTheyGoWithTheirVideoAsync();

    [NodeFact]
    public Task OneVideo_IsMade_WhenTheSameJoinIsRepeated() => JoinTwiceMakesOneVideoAsync();

    [NodeFact]
    public Task Video_Exists_WhenTheClientHasLeft() => VideoExistsWhenTheClientHasLeftAsync();

    private protected override Task<string[]> StoredAsync() => shared.KeysAsync();
}
