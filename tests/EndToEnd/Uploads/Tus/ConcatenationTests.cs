namespace Ingestion.Tests.EndToEnd.Uploads.Tus;

/// <summary>Partial uploads, and what is put together from them.</summary>
[Collection(DefaultSilo.OfUploads)]
public sealed class ConcatenationTests(DefaultSilo shared)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task VideoIsAllPiecesInOrder_WhenTheirAddressesAre(bool absolute)
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        await using var socket = await StatusClient.SubscribedAsync(api);
        var tus = new TusClient(api);
        // Side by side, and not in their order.
        var pieces = await Task.WhenAll(tus.UploadPartialAsync(Samples.Mp4[20_000..]), tus.UploadPartialAsync(Samples.Mp4[..1]), tus.UploadPartialAsync([]),
            tus.UploadPartialAsync(Samples.Mp4[1..20_000]));
        foreach (var piece in pieces)
        {
            var head = (await tus.HeadAsync(piece)).Is(200);
            Assert.Equal("partial", head.Header("Upload-Concat"));
            Assert.Equal(head.Header("Upload-Length"), head.Header("Upload-Offset"));
        }

        Assert.Empty(await api.ListAsync());
        Assert.Empty(await socket.SoFarAsync());

        string[] order = [pieces[1], pieces[3], pieces[2], pieces[0]];
        var concat = $"final;{string.Join(' ', order.Select(path => absolute ? new Uri(shared.Silo.Address, path).ToString() : path))}";
        var created = (await tus.PostAsync(null, ("Upload-Concat", concat), ("Upload-Metadata", $"filename {TusClient.Base64("joined.mp4")}"))).Is(201);
        Assert.Null(created.Header("Upload-Expires"));
        var final = TusClient.PathOf(created);
        var whole = (await tus.HeadAsync(final)).Is(200);
        Assert.Equal(concat, whole.Header("Upload-Concat"));
        Assert.Equal(($"{Samples.Mp4.Length}", $"{Samples.Mp4.Length}"), (whole.Header("Upload-Offset"), whole.Header("Upload-Length")));
        await CreationTests.IsVideoAsync(api, final, Samples.Mp4);
        Assert.Equal("joined.mp4", (await api.UntilAsync(TusClient.IdOf(final), "ready")).GetProperty("file_name").GetString());
        Assert.All(await socket.UntilAsync(TusClient.IdOf(final), "ready"), e => Assert.Equal(TusClient.IdOf(final), e.VideoId));
    }

    [Fact]
    public async Task PatchIsForbiddenAndNothingChanges_WhenTheUploadIsFinal()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var tus = new TusClient(api);
        var piece = await tus.UploadPartialAsync(Samples.Mp4);
        var final = TusClient.PathOf(await tus.PostAsync(null, ("Upload-Concat", $"final;{piece}")));
        foreach (var offset in new[] { 0, Samples.Mp4.Length })
        {
            (await tus.PatchAsync(final, offset, [1])).IsProblem(403, "upload_ended");
            (await tus.PatchAsync(final, offset, [])).IsProblem(403, "upload_ended");
        }

        Assert.Equal(Samples.Mp4.Length, await tus.OffsetAsync(final));
        Assert.Equal(Samples.Mp4.Length, await tus.OffsetAsync(piece));
        await CreationTests.IsVideoAsync(api, final, Samples.Mp4);
    }

    [Fact]
    public async Task VideoStaysDeleted_WhenItsFinalUploadIsRepeated()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var tus = new TusClient(api);
        var concat = $"final;{await tus.UploadPartialAsync(Samples.Mp4[..5_000])} {await tus.UploadPartialAsync(Samples.Mp4[5_000..])}";
        var first = TusClient.PathOf(await tus.PostAsync(null, ("Upload-Concat", concat)));
        (await tus.DeleteAsync(first)).Is(204);
        (await tus.PostAsync(null, ("Upload-Concat", concat))).IsProblem(410, "upload_gone");
        Assert.Empty(await api.ListAsync());
    }

    [Fact]
    public async Task NothingIsWritten_WhenAPieceIsNamedTwice()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var tus = new TusClient(api);
        var (first, second) = (await tus.UploadPartialAsync(Samples.Mp4[..10_000]), await tus.UploadPartialAsync(Samples.Mp4[10_000..]));
        (await tus.PostAsync(null, ("Upload-Concat", $"final;{first} {second} {second}"))).IsProblem(400, "partial_upload_repeated");
        Assert.Empty(await api.ListAsync());
        await CreationTests.IsVideoAsync(api, TusClient.PathOf(await tus.PostAsync(null, ("Upload-Concat", $"final;{first} {second}"))), Samples.Mp4);
    }

    [Fact]
    public async Task IsRefusedAndNothingIsLeft_WhenAPieceIsNotWholeOrNotOnesOwnOrNone()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        using var stranger = shared.Silo.As(SiloFixture.NewUser());
        await using var socket = await StatusClient.SubscribedAsync(api);
        var tus = new TusClient(api);
        var piece = await tus.UploadPartialAsync(Samples.Mp4);
        var unfinished = await tus.CreateAsync(10, ("Upload-Concat", "partial"));
        var gone = await tus.UploadPartialAsync([1, 2, 3]);
        (await tus.DeleteAsync(gone)).Is(204);
        var others = await new TusClient(stranger).UploadPartialAsync(Samples.Mp4);
        var ordinary = TusClient.PathOf(await tus.PostAsync(Samples.Mp4, ("Upload-Length", $"{Samples.Mp4.Length}")));
        await socket.UntilAsync(TusClient.IdOf(ordinary), "ready");

        (await tus.PostAsync(null, ("Upload-Concat", $"final;{piece} {unfinished}"))).IsProblem(409, "upload_incomplete");
        foreach (var bad in new[] { gone, others, ordinary, $"{TusClient.Uploads}/{Guid.CreateVersion7():N}" })
            (await tus.PostAsync(null, ("Upload-Concat", $"final;{piece} {bad}"))).IsProblem(400, "partial_upload_unknown");
        Assert.Equal([TusClient.IdOf(ordinary)], await api.ListAsync());
        Assert.Empty(await socket.SoFarAsync());
        Assert.Equal(Samples.Mp4.Length, await new TusClient(stranger).OffsetAsync(others));
    }

    [Fact]
    public async Task IsRefusedAndNothingIsLeft_WhenThePiecesAreNoVideoTogether()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var tus = new TusClient(api);
        // In the wrong order.
        var concat = $"final;{await tus.UploadPartialAsync(Samples.Mp4[10_000..])} {await tus.UploadPartialAsync(Samples.Mp4[..10_000])}";
        (await tus.PostAsync(null, ("Upload-Concat", concat))).IsProblem(415, "not_a_video");
        Assert.Empty(await api.ListAsync());
    }

    [Fact]
    public async Task IsRefused_WhenThePiecesAreTooLargeTogether()
    {
        await using var silo = await SiloProcess.StartAsync(data: null, ("Uploads__MaxFileBytes", "40000"));
        using var api = silo.As(SiloFixture.NewUser());
        var tus = new TusClient(api);
        var (first, second) = (await tus.UploadPartialAsync(Samples.Mp4), await tus.UploadPartialAsync(Samples.Mp4));
        (await tus.PostAsync(null, ("Upload-Concat", $"final;{first} {second}"))).IsProblem(413, "file_too_large");
        Assert.Empty(await api.ListAsync());
    }

    [Fact]
    public async Task PieceGoesAlone_WhenDeleted()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var tus = new TusClient(api);
        var piece = await tus.UploadPartialAsync(Samples.Mp4);
        var final = TusClient.PathOf(await tus.PostAsync(null, ("Upload-Concat", $"final;{piece}")));
        (await tus.DeleteAsync(piece)).Is(204);
        (await tus.HeadAsync(piece)).Is(410);
        await CreationTests.IsVideoAsync(api, final, Samples.Mp4);
        Assert.DoesNotContain(shared.Data.Objects, file => file.Contains(TusClient.IdOf(piece), StringComparison.Ordinal));
    }
}
