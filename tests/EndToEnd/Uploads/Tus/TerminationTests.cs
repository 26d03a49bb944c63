namespace Ingestion.Tests.EndToEnd.Uploads.Tus;

/// <summary>DELETE: the bytes go, and nothing comes back.</summary>
[Collection(DefaultSilo.OfUploads)]
public sealed class TerminationTests(DefaultSilo shared)
{
    [Fact]
    public async Task UploadIsGoneForEveryRequest_WhenDeleted()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        await using var socket = await StatusClient.SubscribedAsync(api);
        var tus = new TusClient(api);
        var path = TusClient.PathOf(await tus.PostAsync(Samples.Mp4[..20_000], ("Upload-Length", $"{Samples.Mp4.Length}")));
        Assert.Contains(Files(), file => file.Contains(TusClient.IdOf(path), StringComparison.Ordinal));

        var deleted = (await tus.DeleteAsync(path)).Is(204);
        Assert.Empty(deleted.Body);
        Assert.Null((await tus.HeadAsync(path)).Is(410).Header("Upload-Offset"));
        (await tus.PatchAsync(path, 20_000, Samples.Mp4[20_000..])).IsProblem(410, "upload_gone");
        (await tus.DeleteAsync(path)).IsProblem(410, "upload_gone");

        var last = (await socket.UntilAsync(TusClient.IdOf(path), "cancelled"))[^1];
        Assert.Equal("upload.cancelled", last.Json.GetProperty("data").GetProperty("type").GetString());
        Assert.Empty(await api.ListAsync());
        Assert.DoesNotContain(Files(), file => file.Contains(TusClient.IdOf(path), StringComparison.Ordinal));
    }

    [Fact]
    public async Task VideoGoesWithIt_WhenTheUploadWasComplete()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var tus = new TusClient(api);
        var path = TusClient.PathOf(await tus.PostAsync(Samples.Mp4, ("Upload-Length", $"{Samples.Mp4.Length}")));
        (await tus.DeleteAsync(path)).Is(204);
        (await tus.HeadAsync(path)).Is(410);
        Assert.Empty(await api.ListAsync());
        (await api.GetAsync($"/api/videos/{TusClient.IdOf(path)}")).IsProblem(404, "not_found");
    }

    [Fact]
    public async Task UploadIsGone_WhenItsVideoWasDeleted()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var tus = new TusClient(api);
        var path = TusClient.PathOf(await tus.PostAsync(Samples.Mp4, ("Upload-Length", $"{Samples.Mp4.Length}")));
        (await tus.HeadAsync(path)).Is(200);
        (await api.SendAsync(HttpMethod.Delete, $"/api/videos/{TusClient.IdOf(path)}")).Is(204);
        (await tus.HeadAsync(path)).Is(410);
    }

    [Fact]
    public async Task WriterIsEnded_WhenTheUploadIsDeletedUnderIt()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var tus = new TusClient(api);
        var path = await tus.CreateAsync(Samples.Mp4.Length);
        using var http = new RawHttp(shared.Silo.Address);
        await http.SendHeadAsync($"PATCH {path} HTTP/1.1",
            tus.Fields("Upload-Offset: 0", $"Content-Type: {TusClient.PieceType}", $"Content-Length: {Samples.Mp4.Length}"));
        await http.SendAsync(Samples.Mp4.AsMemory(0, 20_000));
        await Eventually.TrueAsync(() => shared.Data.Uploads.Any(file => file.Contains(TusClient.IdOf(path), StringComparison.Ordinal)), "bytes have come");

        (await tus.DeleteAsync(path)).Is(204);
        (await http.ReadAsync()).IsProblem(409, "upload_taken_over");
        (await tus.HeadAsync(path)).Is(410);
        await Eventually.TrueAsync(() => !Files().Any(file => file.Contains(TusClient.IdOf(path), StringComparison.Ordinal)), "its bytes are gone");
    }

    private string[] Files() => [.. shared.Data.Uploads, .. shared.Data.Objects];
}
