namespace Ingestion.Tests.EndToEnd.Uploads.Tus;

/// <summary>creation, creation-with-upload, creation-defer-length, and the metadata that the client may send.</summary>
[Collection(DefaultSilo.OfUploads)]
public sealed class CreationTests(DefaultSilo shared)
{
    private static readonly TimeSpan _day = TimeSpan.FromDays(1);

    [Fact]
    public async Task UploadIsThere_WhenCreated()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var tus = new TusClient(api);
        var answer = (await tus.PostAsync(null, ("Upload-Length", "1000"))).Is(201);
        Assert.StartsWith(shared.Silo.Address.GetLeftPart(UriPartial.Authority), answer.Header("Location"), StringComparison.Ordinal);
        Assert.Null(answer.Header("Upload-Offset"));
        Assert.InRange(TusClient.ExpiryOf(answer), TimeProvider.System.GetUtcNow() + (_day / 2), TimeProvider.System.GetUtcNow() + _day);

        var head = (await tus.HeadAsync(TusClient.PathOf(answer))).Is(200);
        Assert.Equal(("0", "1000"), (head.Header("Upload-Offset"), head.Header("Upload-Length")));
        Assert.Equal("no-store", head.Header("Cache-Control"));
        TusClient.ExpiryOf(head);
        foreach (var field in new[] { "Upload-Defer-Length", "Upload-Metadata", "Upload-Concat" })
            Assert.Null(head.Header(field));
        Assert.Empty(await api.ListAsync());
    }

    [Theory]
    [InlineData("filename Y2xpcC5tcDQ=", "clip.mp4")]
    [InlineData("name Y2xpcC5tcDQ=", "clip.mp4")]
    [InlineData("filetype aW1hZ2UvcG5n,filename Y2xpcC5tcDQ=,is_confidential", "clip.mp4")]
    [InlineData("name Li4vLi4vZXRjL3Bhc3N3ZA==,filename", "passwd")]
    [InlineData("filename 0YTQuNC70YzQvC5tcDQ=", "фильм.mp4")]
    [InlineData("is_confidential", null)]
    public async Task MetadataComesBackAsSentAndNamesTheVideo_WhenGiven(string metadata, string? fileName)
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var tus = new TusClient(api);
        var path = await tus.CreateAsync(Samples.Mp4.Length, ("Upload-Metadata", metadata));
        Assert.Equal(metadata, (await tus.HeadAsync(path)).Is(200).Header("Upload-Metadata"));
        (await tus.PatchAsync(path, 0, Samples.Mp4)).Is(204);
        Assert.Equal(metadata, (await tus.HeadAsync(path)).Is(200).Header("Upload-Metadata"));

        var record = await api.GetJsonAsync($"/api/videos/{TusClient.IdOf(path)}");
        Assert.Equal(fileName, record.TryGetProperty("file_name", out var name) ? name.GetString() : null);
        Assert.Equal("video/mp4", record.GetProperty("content_type").GetString());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(10_000)]
    public async Task FirstBytesCount_WhenTheyComeWithTheCreation(int count)
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var tus = new TusClient(api);
        var answer = (await tus.PostAsync(Samples.Mp4[..count], ("Upload-Length", $"{Samples.Mp4.Length}"))).Is(201);
        Assert.Equal(count, TusClient.OffsetOf(answer));
        TusClient.ExpiryOf(answer);
        var path = TusClient.PathOf(answer);
        Assert.Equal(count, await tus.OffsetAsync(path));
        (await tus.PatchAsync(path, count, Samples.Mp4[count..])).Is(204);
        await IsVideoAsync(api, path, Samples.Mp4);
    }

    [Fact]
    public async Task AnswerHasTheOffset_WhenTheCreationBringsNoBytesButTheirType()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var answer = (await new TusClient(api).PostAsync([], ("Upload-Length", "10"))).Is(201);
        Assert.Equal(0, TusClient.OffsetOf(answer));
    }

    [Fact]
    public async Task UploadIsComplete_WhenAllBytesComeWithTheCreation()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var tus = new TusClient(api);
        var answer = (await tus.PostAsync(Samples.Mp4, ("Upload-Length", $"{Samples.Mp4.Length}"))).Is(201);
        Assert.Equal(Samples.Mp4.Length, TusClient.OffsetOf(answer));
        Assert.Null(answer.Header("Upload-Expires"));
        await IsVideoAsync(api, TusClient.PathOf(answer), Samples.Mp4);
    }

    [Fact]
    public async Task UploadIsComplete_WhenItsLengthIsZero()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var tus = new TusClient(api);
        var path = await tus.CreateAsync(0);
        var head = (await tus.HeadAsync(path)).Is(200);
        Assert.Equal(("0", "0", null), (head.Header("Upload-Offset"), head.Header("Upload-Length"), head.Header("Upload-Expires")));
        Assert.Equal([TusClient.IdOf(path)], await api.ListAsync());
    }

    [Fact]
    public async Task LengthComesLaterAndStays_WhenDeferred()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var tus = new TusClient(api);
        var path = TusClient.PathOf(await tus.PostAsync(null, ("Upload-Defer-Length", "1")));
        var head = (await tus.HeadAsync(path)).Is(200);
        Assert.Equal(("1", null), (head.Header("Upload-Defer-Length"), head.Header("Upload-Length")));

        (await tus.PatchAsync(path, 0, Samples.Mp4[..1000])).Is(204);
        Assert.Equal("1", (await tus.HeadAsync(path)).Header("Upload-Defer-Length"));
        (await tus.PatchAsync(path, 1000, Samples.Mp4[1000..2000], ("Upload-Length", $"{Samples.Mp4.Length}"))).Is(204);
        head = (await tus.HeadAsync(path)).Is(200);
        Assert.Equal((null, $"{Samples.Mp4.Length}"), (head.Header("Upload-Defer-Length"), head.Header("Upload-Length")));

        foreach (var other in new[] { Samples.Mp4.Length + 1, 2001, 0 })
            (await tus.PatchAsync(path, 2000, [0], ("Upload-Length", $"{other}"))).IsProblem(400, "upload_length_inconsistent");
        Assert.Equal(2000, await tus.OffsetAsync(path));
        (await tus.PatchAsync(path, 2000, Samples.Mp4[2000..], ("Upload-Length", $"{Samples.Mp4.Length}"))).Is(204);
        await IsVideoAsync(api, path, Samples.Mp4);
    }

    [Fact]
    public async Task UploadIsComplete_WhenItsLengthIsDeclaredAtItsEnd()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var tus = new TusClient(api);
        var path = TusClient.PathOf(await tus.PostAsync(Samples.Mp4, ("Upload-Defer-Length", "1")));
        Assert.Empty(await api.ListAsync());
        (await tus.PatchAsync(path, Samples.Mp4.Length, [], ("Upload-Length", $"{Samples.Mp4.Length}"))).Is(204);
        await IsVideoAsync(api, path, Samples.Mp4);
    }

    [Fact]
    public async Task DeclaredLengthIsForgotten_WhenTheBodyThatBringsItIsLonger()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var tus = new TusClient(api);
        var path = TusClient.PathOf(await tus.PostAsync(null, ("Upload-Defer-Length", "1")));
        (await tus.PatchAsync(path, 0, Samples.Mp4[..11], ("Upload-Length", "10"))).IsProblem(413, "upload_length_exceeded");
        var head = (await tus.HeadAsync(path)).Is(200);
        Assert.Equal(("0", "1", null), (head.Header("Upload-Offset"), head.Header("Upload-Defer-Length"), head.Header("Upload-Length")));
    }

    internal static async Task IsVideoAsync(ApiClient api, string path, byte[] content)
    {
        Assert.Equal([TusClient.IdOf(path)], await api.ListAsync());
        var source = (await api.GetAsync($"/api/videos/{TusClient.IdOf(path)}/source")).Is(200);
        Assert.True(content.AsSpan().SequenceEqual(source.Body), "The video has other bytes than the file.");
    }
}
