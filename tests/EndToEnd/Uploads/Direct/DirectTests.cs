namespace Ingestion.Tests.EndToEnd.Uploads.Direct;

/// <summary>Direct uploads on the file store, where the edge takes the parts.</summary>
[Collection(DefaultSilo.OfUploads)]
public sealed class DirectTests(DefaultSilo shared)
{
    // Three parts of the file store.
    private static readonly Lazy<byte[]> _large = new(() => MakeFile((2 * 64 * 1024 * 1024) + 1_000_000));

    [Fact]
    public async Task VideoIsTheFile_WhenItsPartsComeSideBySideAndTheLastOneFirst()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        using var client = new DirectClient(api);
        await using var socket = await StatusClient.SubscribedAsync(api);
        var upload = await client.BeginAsync(_large.Value, "holiday.mp4");
        Assert.Equal(3, upload.Count);
        var answer = (await client.CompleteAsync(upload, await client.PutAllAsync(upload))).Is(201);

        Assert.Equal((upload.Id, "holiday.mp4", "video/mp4"), (answer.Json.GetProperty("video_id").GetString(), answer.Json.GetProperty("file_name")
            .GetString(), answer.Json.GetProperty("content_type").GetString()));
        Assert.Equal($"/api/videos/{upload.Id}", answer.Header("Location"));
        await IsVideoAsync(api, upload.Id, _large.Value);
        Assert.Equal(
            ["upload.created", "upload.completed", "video.queued", "video.processing"],
            (await socket.UntilAsync(upload.Id, "processing")).Select(e => e.Json.GetProperty("data").GetProperty("type").GetString()));
    }

    /// <summary>Libraries cut the file before they ask.</summary>
    [Fact]
    public async Task PartsHaveTheSizeThatTheClientWishes_WhenItSaysOne()
    {
        const int Wish = 6 * 1024 * 1024;
        using var api = shared.Silo.As(SiloFixture.NewUser());
        using var client = new DirectClient(api);
        var file = _large.Value[..((2 * Wish) + 1_000)];
        var upload = new DirectUpload((await client.PostAsync($"{DirectClient.Uploads}/direct", new { size = file.Length, part_size = Wish })).Is(201).Json, file);
        Assert.Equal(3, upload.Count);
        Assert.Equal([Wish, Wish, 1_000], upload.Parts.Select(part => part.GetProperty("size").GetInt32()));
        (await client.CompleteAsync(upload, await client.PutAllAsync(upload))).Is(201);
        await IsVideoAsync(api, upload.Id, file);

        var outside = (await client.PostAsync($"{DirectClient.Uploads}/direct", new { size = 19_000_000_000, part_size = 1_000 }))
            .IsProblem(400, "part_size_invalid");
        Assert.Equal("part_size must be from 5242880 to 2147483647.", outside.Json.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task AnswerHasAllThatIsNeeded_WhenCreated()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        using var client = new DirectClient(api);
        var answer = (await client.CreateAsync(Samples.Mp4.Length)).Is(201);
        var id = answer.Json.GetProperty("id").GetString();
        Assert.Equal(id, answer.Json.GetProperty("task_id").GetString());
        Assert.Equal(new Uri(shared.Silo.Address, $"{DirectClient.Uploads}/{id}"), new Uri(answer.Header("Location")!));
        Assert.Equal("no-store", answer.Header("Cache-Control"));
        Assert.True(answer.Json.GetProperty("expires_at").GetDateTimeOffset() > TimeProvider.System.GetUtcNow());
        var part = Assert.Single(answer.Json.GetProperty("parts").EnumerateArray());
        Assert.Equal((1, 0, Samples.Mp4.Length), (
            part.GetProperty("number").GetInt32(), part.GetProperty("offset").GetInt64(), part.GetProperty("size").GetInt64()));
        Assert.True(part.GetProperty("expires_at").GetDateTimeOffset() <= answer.Json.GetProperty("expires_at").GetDateTimeOffset());
        var links = answer.Json.GetProperty("links");
        Assert.Equal(
            ($"{DirectClient.Uploads}/{id}", $"{DirectClient.Uploads}/{id}/parts", $"{DirectClient.Uploads}/{id}/complete"),
            (links.GetProperty("self").GetString(), links.GetProperty("parts").GetString(), links.GetProperty("complete").GetString()));
        Assert.Empty(await api.ListAsync());
    }

    /// <summary>The answer may have been lost: a retry gets the same video.</summary>
    [Fact]
    public async Task AnswerIsRepeated_WhenCompletedTwiceOrAtTheSameTime()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        using var client = new DirectClient(api);
        var upload = await client.BeginAsync(Samples.Mp4);
        var sent = await client.PutAllAsync(upload);
        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => client.CompleteAsync(upload, sent)));
        answers = [.. answers, await client.CompleteAsync(upload, sent)];
        Assert.All(answers, answer => Assert.Equal(upload.Id, answer.Is(201).Json.GetProperty("video_id").GetString()));
        await IsVideoAsync(api, upload.Id, Samples.Mp4);
    }

    [Fact]
    public async Task UploadContinues_WhenTheClientForgotAndListsTheStoredParts()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        using var client = new DirectClient(api);
        var upload = await client.BeginAsync(_large.Value);
        await client.PutAsync(upload, 3);
        await client.PutAsync(upload, 1);

        var listed = (await client.PartsAsync(upload)).Is(200).Json;
        Assert.Equal((_large.Value.Length, 64 * 1024 * 1024, 3),
            (listed.GetProperty("size").GetInt64(), listed.GetProperty("part_size").GetInt64(), listed.GetProperty("part_count").GetInt32()));
        var stored = listed.GetProperty("parts").EnumerateArray()
            .Select(part => new SentPart(part.GetProperty("number").GetInt32(), part.GetProperty("etag").GetString()!)).ToArray();
        Assert.Equal([1, 3], stored.Select(part => part.Number));
        var fresh = Assert.Single((await client.IssueAsync(upload, 2)).Is(200).Json.GetProperty("parts").EnumerateArray());
        var tag = (await client.PutAsync(fresh.GetProperty("url").GetString()!, upload.BytesOf(2))).Is(200).Header("ETag")!;
        (await client.CompleteAsync(upload, [.. stored, new SentPart(2, tag)])).Is(201);
        await IsVideoAsync(api, upload.Id, _large.Value);
    }

    [Fact]
    public async Task LastBytesCount_WhenAPartIsSentAgain()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        using var client = new DirectClient(api);
        var upload = await client.BeginAsync(Samples.Mp4);
        var wrong = (await client.PutAsync(upload.UrlOf(1), Samples.Padded(Samples.Mp4.Length).Select(b => (byte)~b).ToArray())).Is(200).Header("ETag")!;
        var right = await client.PutAsync(upload, 1);
        Assert.NotEqual(wrong, right);
        (await client.CompleteAsync(upload, new SentPart(1, wrong))).IsProblem(409, "part_mismatch");
        (await client.CompleteAsync(upload, new SentPart(1, right))).Is(201);
        await IsVideoAsync(api, upload.Id, Samples.Mp4);
    }

    [Fact]
    public async Task NoVideoAppears_WhenTheBytesAreNone()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        using var client = new DirectClient(api);
        await using var socket = await StatusClient.SubscribedAsync(api);
        var upload = await client.BeginAsync(new byte[100_000]);
        var sent = await client.PutAllAsync(upload);
        (await client.CompleteAsync(upload, sent)).IsProblem(415, "not_a_video");

        var events = await socket.UntilAsync(upload.Id, "failed");
        Assert.Equal("not_a_video", events[^1].Json.GetProperty("data").GetProperty("data").GetProperty("error").GetProperty("code").GetString());
        Assert.Equal("upload.failed", events[^1].Json.GetProperty("data").GetProperty("type").GetString());
        (await client.CompleteAsync(upload, sent)).IsProblem(410, "upload_gone");
        Assert.Empty(await api.ListAsync());
        await LeavesNothingAsync(upload.Id);
    }

    [Fact]
    public async Task BytesGo_WhenTheUploadIsGivenUp()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        using var client = new DirectClient(api);
        await using var socket = await StatusClient.SubscribedAsync(api);
        var upload = await client.BeginAsync(Samples.Mp4);
        var sent = await client.PutAllAsync(upload);
        (await api.DeleteAsync(upload.Path)).Is(204);

        (await client.PutAsync(upload.UrlOf(1), Samples.Mp4)).IsProblem(410, "upload_gone");
        (await client.IssueAsync(upload, 1)).IsProblem(410, "upload_gone");
        (await client.PartsAsync(upload)).IsProblem(410, "upload_gone");
        (await client.CompleteAsync(upload, sent)).IsProblem(410, "upload_gone");
        (await api.DeleteAsync(upload.Path)).IsProblem(410, "upload_gone");
        Assert.Equal(["receiving", "cancelled"], (await socket.SoFarAsync()).Select(e => e.State));
        await LeavesNothingAsync(upload.Id);
    }

    /// <summary>What cuts a part off in the middle leaves no part.</summary>
    [Fact]
    public async Task PartIsMissing_WhenItsConnectionBreaksOff()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        using var client = new DirectClient(api);
        var upload = await client.BeginAsync(Samples.Mp4);
        using (var http = new RawHttp(shared.Silo.Address))
        {
            await http.SendHeadAsync($"PUT {new Uri(upload.UrlOf(1)).PathAndQuery} HTTP/1.1", $"Content-Length: {Samples.Mp4.Length}");
            await http.SendAsync(Samples.Mp4.AsMemory(0, 20_000));
            http.Reset();
        }

        Assert.Empty(await client.StoredAsync(upload));
        (await client.CompleteAsync(upload, new SentPart(1, "x"))).IsProblem(409, "upload_incomplete");
        (await client.CompleteAsync(upload, await client.PutAllAsync(upload))).Is(201);
        await IsVideoAsync(api, upload.Id, Samples.Mp4);
    }

    [Fact]
    public async Task UploadContinues_WhenTheSiloIsKilledInBetween()
    {
        await using var silo = await SiloProcess.StartAsync();
        using var api = silo.As(SiloFixture.NewUser());
        using var client = new DirectClient(api);
        var upload = await client.BeginAsync(_large.Value);
        var sent = new List<SentPart> { new(2, await client.PutAsync(upload, 2)) };
        await silo.KillAsync();
        await silo.StartAgainAsync();

        Assert.Equal([2], await client.StoredAsync(upload));
        foreach (var number in new[] { 3, 1 })
            sent.Add(new SentPart(number, await client.PutAsync(upload, number)));
        (await client.CompleteAsync(upload, [.. sent])).Is(201);
        await silo.KillAsync();
        await silo.StartAgainAsync();
        (await client.CompleteAsync(upload, [.. sent])).Is(201);
        await IsVideoAsync(api, upload.Id, _large.Value);
    }

    internal static async Task IsVideoAsync(ApiClient api, string id, byte[] content)
    {
        Assert.Equal([id], await api.ListAsync());
        var source = (await api.GetAsync($"/api/videos/{id}/source")).Is(200);
        Assert.True(content.AsSpan().SequenceEqual(source.Body), "The video has other bytes than the file.");
    }

    /// <summary>A file whose bytes encode their offset.</summary>
    internal static byte[] MakeFile(int size)
    {
        var file = Samples.Padded(size);
        for (var i = Samples.Mp4.Length; i + sizeof(int) <= size; i += 4096)
            BitConverter.TryWriteBytes(file.AsSpan(i), i);
        return file;
    }

    private Task LeavesNothingAsync(string id) =>
        Eventually.TrueAsync(() => !shared.Data.Uploads.Concat(shared.Data.Objects).Any(file => file.Contains(id, StringComparison.Ordinal)),
            "its bytes are gone");
}
