namespace Ingestion.Tests.EndToEnd.Uploads.Ietf;

/// <summary>PATCH, right and wrong. A refused one changes nothing.</summary>
[Collection(DefaultSilo.OfUploads)]
public sealed class AppendTests(DefaultSilo shared)
{
    [Fact]
    public async Task VideoIsTheFile_WhenItComesInManyPieces()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var client = new IetfClient(api);
        var path = await client.CreateAsync(Samples.Mp4[..1]);
        var offset = 1;
        foreach (var piece in new[] { 2, 7, 4_086, 0, 10_000, 1_000 })
        {
            var answer = (await client.PatchAsync(path, offset, Samples.Mp4[offset..(offset + piece)], last: false)).Is(204);
            offset += piece;
            Assert.Equal(("?0", offset), (answer.Header("Upload-Complete"), IetfClient.OffsetOf(answer)));
            Assert.Empty(answer.Body);
            Assert.Equal(offset, await client.OffsetAsync(path));
        }

        var id = await IetfClient.IsVideoAsync(api, await client.PatchAsync(path, offset, Samples.Mp4[offset..], last: true), Samples.Mp4);
        Assert.Equal(IetfClient.IdOf(path), id);
        var head = (await client.HeadAsync(path)).Is(204);
        Assert.Equal(("?1", Samples.Mp4.Length, $"{Samples.Mp4.Length}"),
            (head.Header("Upload-Complete"), IetfClient.OffsetOf(head), head.Header("Upload-Length")));
    }

    /// <summary>Only the client knows when it is done.</summary>
    [Fact]
    public async Task UploadStaysOpen_WhenItReachesItsLength()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var client = new IetfClient(api);
        var path = await client.CreateAsync(Samples.Mp4, ("Upload-Length", $"{Samples.Mp4.Length}"));
        var head = (await client.HeadAsync(path)).Is(204);
        Assert.Equal(("?0", Samples.Mp4.Length), (head.Header("Upload-Complete"), IetfClient.OffsetOf(head)));
        Assert.Empty(await api.ListAsync());

        await IetfClient.IsVideoAsync(api, await client.PatchAsync(path, Samples.Mp4.Length, [], last: true), Samples.Mp4);
    }

    [Theory]
    [InlineData("Content-Type", "", 412, "tus_version_unsupported")]
    [InlineData("Content-Type", "application/octet-stream", 415, "partial_upload_expected")]
    [InlineData("Content-Type", "application/partial-uploads", 415, "partial_upload_expected")]
    [InlineData("Content-Type", "application/offset+octet-stream", 415, "partial_upload_expected")]
    [InlineData("Upload-Offset", "", 400, "upload_offset_invalid")]
    [InlineData("Upload-Offset", "-1000", 400, "upload_offset_invalid")]
    [InlineData("Upload-Offset", "1000.0", 400, "upload_offset_invalid")]
    [InlineData("Upload-Offset", "1000, 1000", 400, "upload_offset_invalid")]
    [InlineData("Upload-Offset", "x1000", 400, "upload_offset_invalid")]
    [InlineData("Upload-Offset", "1000000000000000", 400, "upload_offset_invalid")]
    [InlineData("Upload-Complete", "", 400, "upload_complete_invalid")]
    [InlineData("Upload-Complete", "?x", 400, "upload_complete_invalid")]
    [InlineData("Upload-Complete", "0", 400, "upload_complete_invalid")]
    [InlineData("Upload-Length", "ten", 400, "upload_length_invalid")]
    [InlineData("Content-Digest", "sha-256=::", 400, "digest_invalid")]
    [InlineData("Repr-Digest", "unixsum=:AAAA:", 400, "digest_unsupported")]
    public async Task IsRefused_WhenAFieldIsWrong(string field, string value, int status, string code)
    {
        (string, string)[] fields = status == 412 ? [("Upload-Draft-Interop-Version", ""), ("Upload-Complete", ""), (field, value)] : [(field, value)];
        await IsRefusedAsync(status, code, code is "digest_unsupported" ? IetfClient.ProblemTypes + "digest-unsupported-algorithms" : null, fields);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("999")]
    [InlineData("1001")]
    [InlineData("999999999999999")]
    public async Task AnswerHasTheRightOffset_WhenTheClientsIs(string offset)
    {
        var answer = await IsRefusedAsync(409, "offset_mismatch", IetfClient.ProblemTypes + "mismatching-upload-offset", ("Upload-Offset", offset),
            ("Upload-Complete", "?0"), ("Upload-Length", ""));
        Assert.Equal(("?0", 1000), (answer.Header("Upload-Complete"), IetfClient.OffsetOf(answer)));
        Assert.Equal(1000, answer.Json.GetProperty("expected-offset").GetInt64());
        Assert.Equal(offset, answer.Json.GetProperty("provided-offset").GetRawText());
    }

    /// <summary>The upload was created with the file's length.</summary>
    [Theory]
    [InlineData(0, "?0", "30000")] // Another length than before.
    [InlineData(0, "?1", "")] // The last request, and too short.
    [InlineData(28_985, "?1", "")] // By one byte.
    [InlineData(28_987, "?1", "")] // Too long by one byte.
    [InlineData(28_987, "?0", "")]
    [InlineData(28_986, "?1", "29985")] // Two length fields with different lengths.
    public async Task IsRefused_WhenLengthsContradictEachOther(int count, string complete, string length)
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var client = new IetfClient(api);
        var path = await client.CreateAsync(Samples.Mp4[..1000], ("Upload-Length", $"{Samples.Mp4.Length}"));
        var answer = await client.PatchAsync(path, 1000, new byte[count], last: false, ("Upload-Complete", complete), ("Upload-Length", length));
        answer.IsProblem(400, "upload_length_inconsistent", IetfClient.ProblemTypes + "inconsistent-upload-length");
        Assert.Equal("?0", answer.Header("Upload-Complete"));

        var head = (await client.HeadAsync(path)).Is(204);
        Assert.Equal(("?0", 1000, $"{Samples.Mp4.Length}"), (head.Header("Upload-Complete"), IetfClient.OffsetOf(head), head.Header("Upload-Length")));
        await IetfClient.IsVideoAsync(api, await client.PatchAsync(path, 1000, Samples.Mp4[1000..], last: true), Samples.Mp4);
    }

    /// <summary>The length is unknown before the end; what came counts, and it is not complete.</summary>
    [Fact]
    public async Task UploadStaysOpen_WhenTheLastRequestComesInChunksAndIsTooShort()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var client = new IetfClient(api);
        var path = await client.CreateAsync(Samples.Mp4[..1000], ("Upload-Length", $"{Samples.Mp4.Length}"));
        using var body = new StreamContent(new UnknownLengthStream(Samples.Mp4[1000..2000]));
        (await client.PatchAsync(path, 1000, body, last: true))
            .IsProblem(400, "upload_length_inconsistent", IetfClient.ProblemTypes + "inconsistent-upload-length");

        Assert.Equal(2000, await client.OffsetAsync(path));
        Assert.Empty(await api.ListAsync());
        await IetfClient.IsVideoAsync(api, await client.PatchAsync(path, 2000, Samples.Mp4[2000..], last: true), Samples.Mp4);
    }

    /// <summary>It is another file than the announced one: the draft requires the upload to become unusable.</summary>
    [Fact]
    public async Task UploadFails_WhenABodyInChunksGoesBeyondTheLength()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        await using var socket = await StatusClient.SubscribedAsync(api);
        var client = new IetfClient(api);
        var path = await client.CreateAsync(Samples.Mp4[..1000], ("Upload-Length", "2000"));
        using var body = new StreamContent(new UnknownLengthStream(Samples.Mp4[1000..2001]));
        var answer = await client.PatchAsync(path, 1000, body, last: false);
        answer.IsProblem(400, "upload_length_inconsistent", IetfClient.ProblemTypes + "inconsistent-upload-length");
        Assert.Equal("?1", answer.Header("Upload-Complete"));

        (await client.HeadAsync(path)).Is(410);
        (await client.PatchAsync(path, 1000, Samples.Mp4[1000..2000], last: true)).IsProblem(410, "upload_gone");
        Assert.Equal(["receiving", "failed"], (await socket.SoFarAsync()).Select(e => e.State));
        Assert.Empty(await api.ListAsync());
    }

    /// <summary>The answer to the last request was lost: the same request gets it again, and so does an empty one at the end.</summary>
    [Fact]
    public async Task AnswerIsRepeated_WhenTheLastRequestIsRepeated()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var client = new IetfClient(api);
        var path = await client.CreateAsync(Samples.Mp4[..1000]);
        await IetfClient.IsVideoAsync(api, await client.PatchAsync(path, 1000, Samples.Mp4[1000..], last: true), Samples.Mp4);

        await IetfClient.IsVideoAsync(api, await client.PatchAsync(path, 1000, Samples.Mp4[1000..], last: true), Samples.Mp4);
        await IetfClient.IsVideoAsync(api, await client.PatchAsync(path, Samples.Mp4.Length, [], last: true), Samples.Mp4);
    }

    [Fact]
    public async Task NothingIsAdded_WhenTheUploadIsComplete()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var client = new IetfClient(api);
        var path = await client.CreateAsync(Samples.Mp4[..1000]);
        var done = await client.PatchAsync(path, 1000, Samples.Mp4[1000..], last: true);

        foreach (var (body, last) in new[] { (new byte[] { 1 }, true), ([1], false), ([], false) })
        {
            var answer = (await client.PatchAsync(path, Samples.Mp4.Length, body, last))
                .IsProblem(400, "upload_completed", IetfClient.ProblemTypes + "completed-upload");
            Assert.Equal("?0", answer.Header("Upload-Complete"));
        }

        var mismatch = (await client.PatchAsync(path, 0, [1], last: true))
            .IsProblem(409, "offset_mismatch", IetfClient.ProblemTypes + "mismatching-upload-offset");
        Assert.Equal(("?0", Samples.Mp4.Length), (mismatch.Header("Upload-Complete"), IetfClient.OffsetOf(mismatch)));
        await IetfClient.IsVideoAsync(api, done, Samples.Mp4);
    }

    [Fact]
    public async Task UploadIsGone_WhenCancelled()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        await using var socket = await StatusClient.SubscribedAsync(api);
        var client = new IetfClient(api);
        var path = await client.CreateAsync(Samples.Mp4[..1000]);
        Assert.Empty((await client.SendAsync("DELETE", path)).Is(204).Body);

        Assert.Null((await client.HeadAsync(path)).Is(410).Header("Upload-Offset"));
        (await client.PatchAsync(path, 1000, Samples.Mp4[1000..], last: true)).IsProblem(410, "upload_gone");
        (await client.SendAsync("DELETE", path)).IsProblem(410, "upload_gone");
        Assert.Equal(["receiving", "cancelled"], (await socket.SoFarAsync()).Select(e => e.State));
        Assert.DoesNotContain(shared.Data.Uploads, file => file.Contains(IetfClient.IdOf(path), StringComparison.Ordinal));
    }

    [Fact]
    public async Task VideoGoesToo_WhenACompleteUploadIsCancelled()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var client = new IetfClient(api);
        var path = await client.CreateAsync(Samples.Mp4);
        (await client.PatchAsync(path, Samples.Mp4.Length, [], last: true)).Is(201);
        (await client.SendAsync("DELETE", path)).Is(204);
        Assert.Empty(await api.ListAsync());
        (await client.PatchAsync(path, Samples.Mp4.Length, [], last: true)).IsProblem(410, "upload_gone");
    }

    [Fact]
    public async Task GetReturnsTheSameFieldsAsHead()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var client = new IetfClient(api);
        var path = await client.CreateAsync(Samples.Mp4[..1000]);
        foreach (var method in new[] { "GET", "HEAD" })
        {
            var answer = (await client.SendAsync(method, path)).Is(204);
            Assert.Equal(("?0", 1000, "no-store"), (answer.Header("Upload-Complete"), IetfClient.OffsetOf(answer), answer.Header("Cache-Control")));
            Assert.Matches(@"^max-size=\d+, max-age=\d+$", answer.Header("Upload-Limit"));
            Assert.Null(answer.Header("Upload-Length"));
        }
    }

    /// <summary>Refuses a PATCH of an upload that has 1,000 of its bytes; the answer.</summary>
    private async Task<Answer> IsRefusedAsync(int status, string code, string? type, params (string Name, string Value)[] headers)
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var client = new IetfClient(api);
        var path = await client.CreateAsync(Samples.Mp4[..1000], ("Upload-Length", $"{Samples.Mp4.Length}"));
        var answer = (await client.PatchAsync(path, 1000, Samples.Mp4[1000..], last: true, headers)).IsProblem(status, code, type);

        var head = (await client.HeadAsync(path)).Is(204);
        Assert.Equal(("?0", 1000, $"{Samples.Mp4.Length}"), (head.Header("Upload-Complete"), IetfClient.OffsetOf(head), head.Header("Upload-Length")));
        await IetfClient.IsVideoAsync(api, await client.PatchAsync(path, 1000, Samples.Mp4[1000..], last: true), Samples.Mp4);
        return answer;
    }
}
