namespace Ingestion.Tests.EndToEnd.Uploads.Tus;

/// <summary>Which version is spoken, and what it takes to be listened to.</summary>
[Collection(DefaultSilo.OfUploads)]
public sealed class VersionTests(DefaultSilo shared)
{
    public static TheoryData<string, string> WrongVersions()
    {
        var data = new TheoryData<string, string>();
        foreach (var method in new[] { "POST", "HEAD", "PATCH", "DELETE" })
        {
            foreach (var version in new[] { "", "0.2.2", "1.0.1", "2.0.0", "1.0.0, 1.0.0", "1", "one" })
                data.Add(method, version);
        }

        return data;
    }

    [Theory]
    [InlineData(TusClient.Uploads)]
    [InlineData(TusClient.Uploads + "/0123456789abcdef0123456789abcdef")]
    public async Task OptionsListVersionsAndExtensions_WithoutTokenAndVersion(string path)
    {
        using var anonymous = new ApiClient(shared.Silo.Address, token: null);
        var answer = (await anonymous.SendAsync(HttpMethod.Options, path)).Is(204);
        Assert.Equal("1.0.0", answer.Header("Tus-Version"));
        Assert.Equal($"{20L * 1024 * 1024 * 1024}", answer.Header("Tus-Max-Size"));
        Assert.Equal("sha1,sha256,sha512,crc32", answer.Header("Tus-Checksum-Algorithm"));
        Assert.Equal(
            ["creation", "creation-with-upload", "creation-defer-length", "termination", "expiration", "checksum", "checksum-trailer", "concatenation"],
            answer.Header("Tus-Extension")!.Split(','));
        Assert.Null(answer.Header("Tus-Resumable"));
        Assert.Empty(answer.Body);
    }

    [Theory]
    [MemberData(nameof(WrongVersions))]
    public async Task IsRefusedWithTheVersionAndNothingIsDone_WhenTheVersionIsNotSpoken(string method, string version)
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        await using var socket = await StatusClient.SubscribedAsync(api);
        var tus = new TusClient(api);
        var path = await tus.CreateAsync(Samples.Mp4.Length);
        var created = await socket.NextAsync("evt");
        Assert.Equal(TusClient.IdOf(path), created.VideoId);

        var answer = await tus.SendAsync(
            method, method == "POST" ? TusClient.Uploads : path, method is "PATCH" ? Samples.Mp4 : null,
            ("Tus-Resumable", version), ("Upload-Length", $"{Samples.Mp4.Length}"), ("Upload-Offset", "0"));
        answer.Is(412);
        if (method != "HEAD")
            answer.IsProblem(412, "tus_version_unsupported");
        Assert.Equal("1.0.0", answer.Header("Tus-Version"));
        Assert.Equal("1.0.0", answer.Header("Tus-Resumable"));

        Assert.Equal(0, await tus.OffsetAsync(path));
        Assert.Empty(await socket.SoFarAsync());
    }

    [Fact]
    public async Task EveryAnswerNamesTheVersion_WhateverItIs()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        using var reader = shared.Silo.As(SiloFixture.NewUser(), "read");
        using var anonymous = new ApiClient(shared.Silo.Address, token: null);
        using var liar = new ApiClient(shared.Silo.Address, "no.token.this");
        var tus = new TusClient(api);
        var path = await tus.CreateAsync(100);
        var unknown = $"{TusClient.Uploads}/{Guid.CreateVersion7():N}";

        Answer[] answers =
        [
            (await tus.PostAsync(null, ("Upload-Length", "5"))).Is(201),
            (await tus.HeadAsync(path)).Is(200),
            (await tus.PatchAsync(path, 0, new byte[5], ("Upload-Checksum", $"sha1 {Convert.ToBase64String(new byte[20])}")))
            .IsProblem(460, "checksum_mismatch"),
            (await tus.PatchAsync(path, 1, Samples.Mp4[..5])).IsProblem(409, "offset_mismatch"),
            (await tus.PatchAsync(path, 0, Samples.Mp4[..5])).Is(204),
            (await tus.PatchAsync(path, 5, Samples.Mp4[..96])).IsProblem(413, "upload_length_exceeded"),
            (await tus.PatchAsync(path, 5, [1], ("Content-Type", "text/plain"))).IsProblem(415, "piece_expected"),
            (await tus.SendAsync("PATCH", path, [1], ("Upload-Offset", "x"))).IsProblem(400, "upload_offset_invalid"),
            (await tus.SendAsync("PUT", path)).IsProblem(405, "method_not_allowed"),
            (await tus.HeadAsync(unknown)).Is(404),
            (await tus.DeleteAsync(path)).Is(204),
            (await tus.HeadAsync(path)).Is(410),
            (await tus.PatchAsync(path, 5, [1])).IsProblem(410, "upload_gone"),
            (await new TusClient(anonymous).HeadAsync(path)).Is(401),
            (await new TusClient(liar).PostAsync(null, ("Upload-Length", "5"))).IsProblem(401, "token_invalid"),
            (await new TusClient(reader).PatchAsync(path, 0, [1])).IsProblem(403, "scope_missing"),
            (await tus.SendAsync("DELETE", path, null, ("X-HTTP-Method-Override", "SHOUT"))).IsProblem(400, "method_override_invalid"),
        ];
        Assert.All(answers, answer => Assert.Equal("1.0.0", answer.Header("Tus-Resumable")));
    }
}
