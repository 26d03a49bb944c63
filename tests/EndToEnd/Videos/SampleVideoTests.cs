namespace Ingestion.Tests.EndToEnd.Videos;

/// <summary>The main job: a real video goes in, its status comes out on every socket, and its bytes come back.</summary>
[Collection(DefaultSilo.Name)]
public sealed class SampleVideoTests(DefaultSilo shared)
{
    private static readonly string[] _life = ["receiving", "uploaded", "queued", "processing", "ready"];

    private static readonly string[] _types = ["upload.created", "upload.completed", "video.queued", "video.processing", "video.ready"];

    [Theory]
    [InlineData("sample.mp4", "video/mp4")]
    [InlineData("sample.webm", "video/webm")]
    [InlineData("sample.mkv", "video/x-matroska")]
    public async Task EveryStateReachesBothSocketsInOrderAndTheBytesComeBack_WhenAVideoIsUploaded(string file, string contentType)
    {
        var content = Samples.Read(file);
        using var api = new ApiClient(shared.Silo.Address, await TokenCommand.MintAsync(shared.Silo, SiloFixture.NewUser()));
        await using var first = await StatusClient.SubscribedAsync(api);
        await using var second = await StatusClient.SubscribedAsync(api);

        var answer = (await api.PostAsync(FormBody.Of(content, file))).Is(201);
        var id = answer.Json.GetProperty("video_id").GetString()!;
        Assert.Equal(id, answer.Json.GetProperty("task_id").GetString());
        Assert.Contains(answer.Json.GetProperty("status").GetString(), _life);
        Assert.Equal($"/api/videos/{id}", answer.Json.GetProperty("links").GetProperty("self").GetString());
        Assert.Equal($"/api/videos/{id}", answer.Header("Location"));

        AssertLife(id, await first.UntilAsync(id, "ready"));
        AssertLife(id, await second.UntilAsync(id, "ready"));

        var record = await api.GetJsonAsync($"/api/videos/{id}");
        Assert.Equal("ready", record.GetProperty("status").GetString());
        Assert.Equal(file, record.GetProperty("file_name").GetString());
        Assert.Equal(contentType, record.GetProperty("content_type").GetString());
        Assert.Equal(content.Length, record.GetProperty("size_bytes").GetInt64());
        var source = (await api.GetAsync($"/api/videos/{id}/source")).Is(200);
        Assert.Equal(contentType, source.Header("Content-Type"));
        Assert.Equal(content, source.Body);
    }

    [MediaTheory]
    [InlineData("sample.mp4", "h264", "aac", "mp4")]
    [InlineData("sample.webm", "vp9", "opus", "webm")]
    [InlineData("sample.mkv", "h264", "aac", "mkv")]
    public async Task RecordHasMeasuresAndPoster_WhenFfmpegIsThere(string file, string videoCodec, string audioCodec, string container)
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var id = await api.UploadToReadyAsync(Samples.Read(file), file);

        var record = await api.GetJsonAsync($"/api/videos/{id}");
        Assert.Equal("full", record.GetProperty("processing").GetString());
        var media = record.GetProperty("media");
        Assert.InRange(media.GetProperty("duration_seconds").GetDouble(), 1.0, 2.5);
        Assert.Equal(320, media.GetProperty("width").GetInt32());
        Assert.Equal(180, media.GetProperty("height").GetInt32());
        Assert.Equal(videoCodec, media.GetProperty("video_codec").GetString());
        Assert.Equal(audioCodec, media.GetProperty("audio_codec").GetString());
        Assert.Equal(container, media.GetProperty("container").GetString());
        Assert.Equal("16:9", media.GetProperty("aspect_ratio").GetString());
        Assert.True(media.GetProperty("has_audio").GetBoolean());
        Assert.Equal(["video", "audio"], media.GetProperty("tracks").EnumerateArray().Select(track => track.GetProperty("type").GetString()));
        Assert.Empty(media.GetProperty("warnings").EnumerateArray());

        var poster = (await api.GetAsync(record.GetProperty("links").GetProperty("poster").GetString()!)).Is(200);
        Assert.Equal("image/jpeg", poster.Header("Content-Type"));
        Assert.Equal([0xFF, 0xD8, 0xFF], poster.Body[..3]);
    }

    [MediaTheory]
    [InlineData("sample.mp4", 200, "no_video_stream")]
    [InlineData("sample.mkv", 60, "media_unreadable")]
    public async Task VideoFailsWithACode_WhenItOnlyStartsLikeOne(string file, int length, string code)
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        await using var socket = await StatusClient.SubscribedAsync(api);
        var id = await api.UploadAsync(Samples.Read(file)[..length], file);

        var last = (await socket.UntilAsync(id, "failed"))[^1];
        Assert.Equal(0, last.Number("pri"));
        Assert.Equal(code, last.Json.GetProperty("data").GetProperty("data").GetProperty("error").GetProperty("code").GetString());
        var record = await api.GetJsonAsync($"/api/videos/{id}");
        Assert.Equal(code, record.GetProperty("error").GetProperty("code").GetString());
        Assert.False(record.GetProperty("links").TryGetProperty("poster", out _));
    }

    private static void AssertLife(string id, List<Frame> events)
    {
        Assert.Equal(_life, events.Select(e => e.State));
        Assert.All(events, e => Assert.Equal(id, e.VideoId));
        var previous = "0:0";
        foreach (var e in events)
        {
            Assert.Equal(previous, e.Previous);
            Assert.Equal(1, e.Number("n"));
            Assert.Equal($"video:{id}", e.Channel);
            Assert.Equal(e.State == "ready" ? 0 : 1, e.Number("pri"));
            var cloudEvent = e.Json.GetProperty("data");
            Assert.Equal("1.0", cloudEvent.GetProperty("specversion").GetString());
            Assert.Equal(e.EventId, cloudEvent.GetProperty("id").GetString());
            Assert.Equal($"/api/videos/{id}", cloudEvent.GetProperty("source").GetString());
            previous = e.Cursor;
        }

        Assert.Equal(_types, events.Select(e => e.Json.GetProperty("data").GetProperty("type").GetString()));
        Assert.Equal([1, 2, 3, 4, 5], events.Select(e => e.Offset));
        Assert.Equal(5, events.Select(e => e.EventId).Distinct().Count());
    }
}
