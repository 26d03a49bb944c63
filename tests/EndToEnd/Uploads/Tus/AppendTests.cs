using System.Text;

namespace Ingestion.Tests.EndToEnd.Uploads.Tus;

/// <summary>PATCH, right and wrong. A refused one changes nothing.</summary>
[Collection(DefaultSilo.OfUploads)]
public sealed class AppendTests(DefaultSilo shared)
{
    [Fact]
    public async Task VideoIsTheFile_WhenItComesInManyPieces()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        await using var socket = await StatusClient.SubscribedAsync(api);
        var tus = new TusClient(api);
        var path = await tus.CreateAsync(Samples.Mp4.Length);
        var pieces = new[] { 1, 2, 7, 4_086, 1, 10_000, 0, 1_000, Samples.Mp4.Length - 15_097 };
        var offset = 0;
        foreach (var piece in pieces)
        {
            var answer = (await tus.PatchAsync(path, offset, Samples.Mp4[offset..(offset + piece)])).Is(204);
            offset += piece;
            Assert.Equal(offset, TusClient.OffsetOf(answer));
            Assert.Empty(answer.Body);
            if (offset < Samples.Mp4.Length)
                TusClient.ExpiryOf(answer);
            Assert.Equal(offset, await tus.OffsetAsync(path));
        }

        await CreationTests.IsVideoAsync(api, path, Samples.Mp4);
        var events = await socket.UntilAsync(TusClient.IdOf(path), "ready");
        Assert.Equal(
            ["upload.created", "upload.completed", "video.queued", "video.processing", "video.ready"],
            events.Select(e => e.Json.GetProperty("data").GetProperty("type").GetString()));
    }

    [Theory]
    [InlineData("application/octet-stream", 415, "piece_expected")]
    [InlineData("application/offset+octet-streams", 415, "piece_expected")]
    [InlineData("", 415, "piece_expected")]
    public async Task IsRefused_WhenTheTypeIs(string type, int status, string code) =>
        await IsRefusedAsync(status, code, ("Upload-Offset", "1000"), ("Content-Type", type));

    [Theory]
    [InlineData("application/offset+octet-stream; charset=binary")]
    [InlineData("Application/Offset+Octet-Stream")]
    public async Task IsTaken_WhenTheTypeIs(string type)
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var tus = new TusClient(api);
        (await tus.PatchAsync(await tus.CreateAsync(100), 0, Samples.Mp4[..10], ("Content-Type", type))).Is(204);
    }

    [Theory]
    [InlineData("", 400, "upload_offset_invalid")]
    [InlineData("-1", 400, "upload_offset_invalid")]
    [InlineData("1e3", 400, "upload_offset_invalid")]
    [InlineData("ten", 400, "upload_offset_invalid")]
    [InlineData("1000,1000", 400, "upload_offset_invalid")]
    [InlineData("999", 409, "offset_mismatch")]
    [InlineData("1001", 409, "offset_mismatch")]
    [InlineData("0", 409, "offset_mismatch")]
    [InlineData("9223372036854775807", 409, "offset_mismatch")]
    [InlineData("9223372036854775808", 409, "offset_mismatch")]
    public async Task IsRefused_WhenTheOffsetIs(string offset, int status, string code) => await IsRefusedAsync(status, code, ("Upload-Offset", offset));

    [Theory]
    [InlineData("ten", 400, "upload_length_invalid")]
    [InlineData("-5", 400, "upload_length_invalid")]
    [InlineData("10", 400, "upload_length_inconsistent")]
    [InlineData("99999999999999999999", 413, "file_too_large")]
    public async Task IsRefused_WhenTheLengthIs(string length, int status, string code) =>
        await IsRefusedAsync(status, code, ("Upload-Offset", "1000"), ("Upload-Length", length));

    [Fact]
    public async Task NothingIsStoredBeyondTheLength_WhenTheBodyHasMore()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var tus = new TusClient(api);
        var path = await tus.CreateAsync(Samples.Mp4.Length);
        (await tus.PatchAsync(path, 0, Samples.Mp4[..1000])).Is(204);
        (await tus.PatchAsync(path, 1000, Samples.Mp4)).IsProblem(413, "upload_length_exceeded");
        Assert.Equal(1000, await tus.OffsetAsync(path));
        (await tus.PatchAsync(path, 1000, Samples.Mp4[1000..])).Is(204);
        await CreationTests.IsVideoAsync(api, path, Samples.Mp4);
    }

    /// <summary>The length is unknown before the end.</summary>
    [Fact]
    public async Task NothingIsStoredBeyondTheLength_WhenTheBodyComesInChunksAndHasMore()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var tus = new TusClient(api);
        var path = await tus.CreateAsync(1000);
        using (var http = new RawHttp(shared.Silo.Address))
        {
            await http.SendHeadAsync($"PATCH {path} HTTP/1.1",
                tus.Fields("Upload-Offset: 0", $"Content-Type: {TusClient.PieceType}", "Transfer-Encoding: chunked"));
            await http.SendAsync(Encoding.ASCII.GetBytes("3e8\r\n"));
            await http.SendAsync(Samples.Mp4.AsMemory(0, 1000));
            await http.SendAsync(Encoding.ASCII.GetBytes("\r\n1\r\nx\r\n0\r\n\r\n"));
            (await http.ReadAsync()).IsProblem(413, "upload_length_exceeded");
        }

        Assert.InRange(await tus.OffsetAsync(path), 0, 1000);
    }

    /// <summary>All bytes are safe, and the request that had to complete them is gone: the client sees its own length and sends nothing else.</summary>
    [Fact]
    public async Task LookCompletesTheUpload_WhenItsLastByteIsThereAlready()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var tus = new TusClient(api);
        var path = TusClient.PathOf(await tus.PostAsync(Samples.Mp4, ("Upload-Defer-Length", "1")));
        using (var http = new RawHttp(shared.Silo.Address))
        {
            await http.SendHeadAsync(
                $"PATCH {path} HTTP/1.1",
                tus.Fields($"Upload-Offset: {Samples.Mp4.Length}", $"Upload-Length: {Samples.Mp4.Length}", $"Content-Type: {TusClient.PieceType}",
                "Transfer-Encoding: chunked"));
            await http.SendAsync("1\r\nx\r\n0\r\n\r\n"u8.ToArray());
            (await http.ReadAsync()).IsProblem(413, "upload_length_exceeded");
        }

        Assert.Empty(await api.ListAsync());
        var head = (await tus.HeadAsync(path)).Is(200);
        Assert.Equal(($"{Samples.Mp4.Length}", $"{Samples.Mp4.Length}", null),
            (head.Header("Upload-Offset"), head.Header("Upload-Length"), head.Header("Upload-Expires")));
        await CreationTests.IsVideoAsync(api, path, Samples.Mp4);
    }

    [Fact]
    public async Task IsTakenOrRefused_WhenTheUploadIsComplete()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var tus = new TusClient(api);
        var path = TusClient.PathOf(await tus.PostAsync(Samples.Mp4, ("Upload-Length", $"{Samples.Mp4.Length}")));
        var again = (await tus.PatchAsync(path, Samples.Mp4.Length, [])).Is(204);
        Assert.Equal(Samples.Mp4.Length, TusClient.OffsetOf(again));
        Assert.Null(again.Header("Upload-Expires"));
        (await tus.PatchAsync(path, Samples.Mp4.Length, [1])).IsProblem(403, "upload_ended");
        (await tus.PatchAsync(path, 0, Samples.Mp4)).IsProblem(409, "offset_mismatch");
        Assert.Equal(Samples.Mp4.Length, await tus.OffsetAsync(path));
        await CreationTests.IsVideoAsync(api, path, Samples.Mp4);
    }

    [Fact]
    public async Task UploadFailsAndItsOwnerIsNotified_WhenTheFirstBytesAreNoVideo()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        await using var socket = await StatusClient.SubscribedAsync(api);
        var tus = new TusClient(api);
        var path = await tus.CreateAsync(1_000_000);
        (await tus.PatchAsync(path, 0, new byte[10_000])).IsProblem(415, "not_a_video");

        Assert.Null((await tus.HeadAsync(path)).Is(410).Header("Upload-Offset"));
        var last = (await socket.UntilAsync(TusClient.IdOf(path), "failed"))[^1].Json.GetProperty("data");
        Assert.Equal("upload.failed", last.GetProperty("type").GetString());
        Assert.Equal("not_a_video", last.GetProperty("data").GetProperty("error").GetProperty("code").GetString());
        Assert.Empty(await api.ListAsync());
        await Eventually.TrueAsync(() => !shared.Data.Objects.Concat(shared.Data.Uploads)
            .Any(file => file.Contains(TusClient.IdOf(path), StringComparison.Ordinal)), "its bytes are gone");
    }

    /// <summary>However short each request is.</summary>
    [Fact]
    public async Task ProgressIsPublished_WhenTheFileComesInManyPieces()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        await using var socket = await StatusClient.SubscribedAsync(api);
        var tus = new TusClient(api);
        var file = Samples.Padded(400_000);
        var path = await tus.CreateAsync(file.Length);
        await socket.NextAsync("evt");
        for (var offset = 0; offset < 300_000; offset += 100_000)
            (await tus.PatchAsync(path, offset, file[offset..(offset + 100_000)])).Is(204);
        var progress = await socket.NextAsync();
        Assert.Equal(("evt", false, TusClient.IdOf(path)), (progress.Op, progress.IsJournalled, progress.VideoId));
    }

    /// <summary>Refuses a PATCH of an upload that has 1,000 of its bytes.</summary>
    private async Task IsRefusedAsync(int status, string code, params (string Name, string Value)[] headers)
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var tus = new TusClient(api);
        var path = await tus.CreateAsync(Samples.Mp4.Length);
        (await tus.PatchAsync(path, 0, Samples.Mp4[..1000])).Is(204);

        Assert.Null((await tus.SendAsync("PATCH", path, Samples.Mp4[1000..], headers)).IsProblem(status, code).Header("Upload-Offset"));
        var head = (await tus.HeadAsync(path)).Is(200);
        Assert.Equal(("1000", $"{Samples.Mp4.Length}"), (head.Header("Upload-Offset"), head.Header("Upload-Length")));
        (await tus.PatchAsync(path, 1000, Samples.Mp4[1000..])).Is(204);
        await CreationTests.IsVideoAsync(api, path, Samples.Mp4);
    }
}
