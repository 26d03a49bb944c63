namespace Ingestion.Tests.EndToEnd.Uploads.Ietf;

/// <summary>Creations with all bytes, some or none.</summary>
[Collection(DefaultSilo.OfUploads)]
public sealed class CreationTests(DefaultSilo shared)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AnswerIsTheVideo_WhenAllBytesComeAtOnce(bool chunked)
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        await using var socket = await StatusClient.SubscribedAsync(api);
        HttpContent body = chunked ? new StreamContent(new UnknownLengthStream(Samples.Mp4)) : new ByteArrayContent(Samples.Mp4);
        var answer = await new IetfClient(api).SendAsync("POST", IetfClient.Uploads, body, ("Upload-Complete", "?1"), ("Content-Type", "video/mp4"));

        var id = await IetfClient.IsVideoAsync(api, answer, Samples.Mp4);
        Assert.Equal("video/mp4", answer.Json.GetProperty("content_type").GetString());
        Assert.Equal(
            ["upload.created", "upload.completed", "video.queued", "video.processing", "video.ready"],
            (await socket.UntilAsync(id, "ready")).Select(e => e.Json.GetProperty("data").GetProperty("type").GetString()));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(10_000)]
    public async Task UploadWaitsForMore_WhenNotAllBytesCome(int count)
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var client = new IetfClient(api);
        var answer = await client.PostAsync(Samples.Mp4[..count], last: false, ("Upload-Length", $"{Samples.Mp4.Length}"));
        var path = IetfClient.PathOf(answer);
        Assert.StartsWith(shared.Silo.Address.GetLeftPart(UriPartial.Authority), answer.Header("Location"), StringComparison.Ordinal);
        Assert.Equal(count, IetfClient.OffsetOf(answer));
        Assert.Matches(@"^max-size=\d+, max-age=\d+$", answer.Header("Upload-Limit"));
        Assert.Empty(await api.ListAsync());

        var head = (await client.HeadAsync(path)).Is(204);
        Assert.Equal((count, $"{Samples.Mp4.Length}", "?0"), (IetfClient.OffsetOf(head), head.Header("Upload-Length"), head.Header("Upload-Complete")));
        Assert.Equal(path[(path.LastIndexOf('/') + 1)..],
            await IetfClient.IsVideoAsync(api, await client.PatchAsync(path, count, Samples.Mp4[count..], last: true), Samples.Mp4));
    }

    /// <summary>Nothing is a whole representation too; what it is worth is seen when it is processed.</summary>
    [Fact]
    public async Task VideoIsEmpty_WhenTheWholeBodyIs()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        await IetfClient.IsVideoAsync(api, await new IetfClient(api).PostAsync([], last: true), []);
    }

    [Theory]
    [InlineData("inline; filename=\"clip one.mp4\"", "clip one.mp4")]
    [InlineData("attachment; filename=clip.mp4", "clip.mp4")]
    [InlineData("inline; filename=\"x.mp4\"; filename*=UTF-8''%D1%84%D0%B8%D0%BB%D1%8C%D0%BC.mp4", "фильм.mp4")]
    [InlineData("inline; filename=\"../../etc/passwd\"", "passwd")]
    [InlineData("inline", null)]
    [InlineData("filename filename", null)]
    public async Task VideoHasTheFilesName_FromTheCreation(string disposition, string? fileName)
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var answer = await new IetfClient(api).PostAsync(Samples.Mp4, last: true, ("Content-Disposition", disposition));
        await IetfClient.IsVideoAsync(api, answer, Samples.Mp4);
        Assert.Equal(fileName, answer.Json.TryGetProperty("file_name", out var name) ? name.GetString() : null);
    }

    [Fact]
    public async Task LengthIsLearnt_FromTheWholeBody()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var client = new IetfClient(api);
        await using var socket = await StatusClient.SubscribedAsync(api);
        using var http = new RawHttp(shared.Silo.Address);
        await http.SendHeadAsync($"POST {IetfClient.Uploads} HTTP/1.1", client.Fields("Upload-Complete: ?1", $"Content-Length: {Samples.Mp4.Length}"));
        await http.SendAsync(Samples.Mp4.AsMemory(0, 1000));
        var path = $"{IetfClient.Uploads}/{(await socket.NextAsync("evt")).VideoId}";
        http.Reset();

        var head = (await client.HeadAsync(path)).Is(204);
        Assert.Equal(($"{Samples.Mp4.Length}", "?0"), (head.Header("Upload-Length"), head.Header("Upload-Complete")));
    }

    [Theory]
    [InlineData("Upload-Complete", "", 412, "tus_version_unsupported")] // Nothing else shows the draft: the other protocol answers.
    [InlineData("Upload-Complete", "1", 400, "upload_complete_invalid")]
    [InlineData("Upload-Complete", "?2", 400, "upload_complete_invalid")]
    [InlineData("Upload-Complete", "?1, ?1", 400, "upload_complete_invalid")]
    [InlineData("Upload-Complete", "true", 400, "upload_complete_invalid")]
    [InlineData("Upload-Length", "-1", 400, "upload_length_invalid")]
    [InlineData("Upload-Length", "1.0", 400, "upload_length_invalid")]
    [InlineData("Upload-Length", "\"5\"", 400, "upload_length_invalid")]
    [InlineData("Upload-Length", "5, 5", 400, "upload_length_invalid")]
    [InlineData("Upload-Length", "9999999999999999", 400, "upload_length_invalid")]
    [InlineData("Upload-Length", "29985", 400, "upload_length_inconsistent")]
    [InlineData("Upload-Length", "29987", 400, "upload_length_inconsistent")]
    [InlineData("Content-Digest", "sha-256", 400, "digest_invalid")]
    [InlineData("Content-Digest", "sha-256=:AAAA:", 400, "digest_invalid")]
    [InlineData("Content-Digest", "md5=:AAAA:", 400, "digest_unsupported")]
    [InlineData("Repr-Digest", "sha-256=AAAA", 400, "digest_invalid")]
    [InlineData("Repr-Digest", "md5=:AAAA:", 400, "digest_unsupported")]
    public async Task NothingIsCreated_WhenAFieldIsWrong(string field, string value, int status, string code)
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        await using var socket = await StatusClient.SubscribedAsync(api);
        var isDraft = status != 412;
        (string, string)[] version = isDraft ? [] : [("Upload-Draft-Interop-Version", "")];
        var answer = await new IetfClient(api).PostAsync(Samples.Mp4, last: true, [.. version, (field, value)]);
        if (isDraft && code is "upload_length_inconsistent")
            answer.IsProblem(status, code, IetfClient.ProblemTypes + "inconsistent-upload-length");
        else
            answer.IsProblem(status, code, code is "digest_unsupported" ? IetfClient.ProblemTypes + "digest-unsupported-algorithms" : null);
        Assert.Equal(isDraft ? "?0" : null, answer.Header("Upload-Complete"));

        Assert.Null(answer.Header("Location"));
        Assert.Empty(await api.ListAsync());
        Assert.Empty(await socket.SoFarAsync());
    }

    /// <summary>A parameter means nothing here, and changes nothing.</summary>
    [Fact]
    public async Task ParametersArePassedOver_WhenFieldsHaveThem()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var answer = await new IetfClient(api).PostAsync(
            Samples.Mp4, last: true, ("Upload-Complete", " ?1;a;b=\"x;y\" "), ("Upload-Length", $"{Samples.Mp4.Length};c=1.5"));
        await IetfClient.IsVideoAsync(api, answer, Samples.Mp4);
    }

    [Fact]
    public async Task UploadFailsAndItsOwnerIsNotified_WhenTheBytesAreNoVideo()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        await using var socket = await StatusClient.SubscribedAsync(api);
        var answer = (await new IetfClient(api).PostAsync(new byte[10_000], last: false)).IsProblem(415, "not_a_video");
        // Nothing more is wanted of it.
        Assert.Equal("?1", answer.Header("Upload-Complete"));

        var events = await socket.SoFarAsync();
        Assert.Equal(["receiving", "failed"], events.Select(e => e.State));
        Assert.Empty(await api.ListAsync());
        Assert.Equal("?0", (await new IetfClient(api).HeadAsync($"{IetfClient.Uploads}/{events[0].VideoId}")).Is(410).Header("Upload-Complete"));
    }

    [Fact]
    public async Task AnswerHasTheLimits_WhenTheFileIsTooLarge()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        await using var socket = await StatusClient.SubscribedAsync(api);
        var answer = (await new IetfClient(api).PostAsync([], last: false, ("Upload-Length", "999999999999999"))).IsProblem(413, "file_too_large");
        Assert.StartsWith("max-size=", answer.Header("Upload-Limit"), StringComparison.Ordinal);
        Assert.Empty(await socket.SoFarAsync());
    }

    [Theory]
    [InlineData("/api/uploads")]
    [InlineData("/api/uploads/0123456789abcdef0123456789abcdef")]
    public async Task AnswerHasLimitsAndDigests_WhenRequested(string path)
    {
        using var anonymous = new ApiClient(shared.Silo.Address, token: null);
        var answer = (await anonymous.SendAsync(HttpMethod.Options, path)).Is(204);
        Assert.Equal("max-size=21474836480, max-age=86400", answer.Header("Upload-Limit"));
        Assert.Equal(("sha-256=10, sha-512=9", "sha-256=10, sha-512=9"), (answer.Header("Want-Content-Digest"), answer.Header("Want-Repr-Digest")));
    }
}
