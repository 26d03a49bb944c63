using System.Globalization;

namespace Ingestion.Tests.EndToEnd.Uploads.Ietf;

/// <summary>104 Upload Resumption Supported, over sockets of our own: client libraries hide what is interim.</summary>
[Collection(DefaultSilo.OfUploads)]
public sealed class InterimResponseTests(DefaultSilo shared)
{
    // More than one part of the file store: bytes are acknowledged part by part while a body comes.
    private const int Size = 70 * 1024 * 1024;

    private static readonly string[] _version = ["Upload-Draft-Interop-Version: 8"];

    [Theory]
    [InlineData("?0")]
    [InlineData("?1")]
    public async Task UploadIsAnnouncedBeforeItsBytes_WhenTheClientSpeaksOurVersion(string complete)
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        using var http = await CreateAsync(api, complete, Samples.Mp4.Length, _version);
        var interim = await http.ReadAsync();
        Assert.Equal((104, "8"), (interim.Status, interim.Header("Upload-Draft-Interop-Version")));
        Assert.Matches(@"^max-size=\d+, max-age=\d+$", interim.Header("Upload-Limit"));
        var path = new Uri(interim.Header("Location")!).AbsolutePath;

        // Only now do the bytes come; the answer is as ever.
        await http.SendAsync(Samples.Mp4);
        var answer = await http.ReadAsync();
        if (complete == "?1")
            Assert.Equal(IetfClient.IdOf(path), await IetfClient.IsVideoAsync(api, answer, Samples.Mp4));
        else
            Assert.Equal(interim.Header("Location"), answer.Is(201).Header("Location"));
    }

    /// <summary>What it is there for: the first request breaks off, and the client knows where to continue.</summary>
    [Fact]
    public async Task UploadContinues_WhenItsCreationBreaksOff()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        string path;
        using (var http = await CreateAsync(api, "?1", Samples.Mp4.Length, _version))
        {
            path = new Uri((await http.ReadAsync()).Header("Location")!).AbsolutePath;
            await http.SendAsync(Samples.Mp4.AsMemory(0, 20_000));
            http.Reset();
        }

        var client = new IetfClient(api);
        var offset = (int)await client.OffsetAsync(path);
        Assert.InRange(offset, 0, 20_000);
        await IetfClient.IsVideoAsync(api, await client.PatchAsync(path, offset, Samples.Mp4[offset..], last: true), Samples.Mp4);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Upload-Draft-Interop-Version: 7")]
    [InlineData("Upload-Draft-Interop-Version: 9")]
    [InlineData("Upload-Draft-Interop-Version: 8, 8")]
    [InlineData("Upload-Draft-Interop-Version: \"8\"")]
    public async Task NoneIsSent_WhenTheClientSpeaksNoneOrAnotherVersion(string field)
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        using var http = await CreateAsync(api, "?1", Samples.Mp4.Length, field is "" ? [] : [field]);
        await http.SendAsync(Samples.Mp4);
        await IetfClient.IsVideoAsync(api, await http.ReadAsync(), Samples.Mp4);
    }

    [Fact]
    public async Task NoneIsSent_WhenTheClientSpeaksHttp10()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        using var http = new RawHttp(shared.Silo.Address);
        await http.SendHeadAsync($"POST {IetfClient.Uploads} HTTP/1.0", new IetfClient(api)
            .Fields([.. _version, "Upload-Complete: ?1", $"Content-Length: {Samples.Mp4.Length}"]));
        await http.SendAsync(Samples.Mp4);
        Assert.Equal(201, (await http.ReadAsync()).Status);
    }

    [Fact]
    public async Task NoneIsSent_WhenTheCreationIsRefused()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        using var http = await CreateAsync(api, "?x", 0, _version);
        (await http.ReadAsync()).IsProblem(400, "upload_complete_invalid");
    }

    /// <summary>The server's own interim response comes too, and in its own time.</summary>
    [Fact]
    public async Task ContinueFollows_WhenTheClientExpectsIt()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        using var http = await CreateAsync(api, "?1", Samples.Mp4.Length, [.. _version, "Expect: 100-continue"]);
        Assert.Equal(104, (await http.ReadAsync()).Status);
        Assert.Equal(100, (await http.ReadAsync()).Status);
        await http.SendAsync(Samples.Mp4);
        await IetfClient.IsVideoAsync(api, await http.ReadAsync(), Samples.Mp4);
    }

    [Fact]
    public async Task ConnectionServesOn_WhenSeveralRequestsComeOverIt()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var client = new IetfClient(api);
        using var http = new RawHttp(shared.Silo.Address);
        string[] fields = client.Fields([.. _version, "Upload-Complete: ?0", "Content-Length: 1000"]);
        await http.SendHeadAsync($"POST {IetfClient.Uploads} HTTP/1.1", fields);
        await http.SendAsync(Samples.Mp4.AsMemory(0, 1000));
        // The next request is on its way before the first is answered.
        for (var i = 0; i < 3; i++)
        {
            await http.SendRequestAsync($"POST {IetfClient.Uploads} HTTP/1.1", fields);
            await http.SendAsync(Samples.Mp4.AsMemory(0, 1000));
            Assert.Equal(104, (await http.ReadAsync()).Status);
            Assert.Equal(1000, IetfClient.OffsetOf((await http.ReadAsync()).Is(201)));
        }

        Assert.Equal(104, (await http.ReadAsync()).Status);
        (await http.ReadAsync()).Is(201);
        await http.SendRequestAsync("GET /api/videos HTTP/1.1", client.Fields());
        (await http.ReadAsync()).Is(200);
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PATCH")]
    public async Task OffsetIsReportedWithoutLocation_WhileBytesAreAcknowledged(string method)
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var client = new IetfClient(api);
        var path = method == "POST" ? IetfClient.Uploads : await client.CreateAsync([]);
        using var http = new RawHttp(shared.Silo.Address);
        await http.SendHeadAsync(
            $"{method} {path} HTTP/1.1", client.Fields([.. _version, "Upload-Complete: ?0", "Upload-Offset: 0", "Content-Type: application/partial-upload",
            $"Content-Length: {Size}"]));
        if (method == "POST")
            path = new Uri((await http.ReadAsync()).Header("Location")!).AbsolutePath;

        var file = Samples.Padded(Size);
        const int Part = 64 * 1024 * 1024;
        await http.SendAsync(file.AsMemory(0, Part));
        var reading = http.ReadAsync();
        // It is sent between two reads of the body, so some of that must come; a byte at a time, and never the last one.
        var sent = Part;
        await Eventually.TrueAsync(
            async () =>
            {
                await http.SendAsync(file.AsMemory(sent++, 1));
                return reading.IsCompleted;
            },
            "progress is reported");
        var progress = await reading;
        Assert.Equal((104, "8", null), (progress.Status, progress.Header("Upload-Draft-Interop-Version"), progress.Header("Location")));
        Assert.Equal(Part, long.Parse(progress.Header("Upload-Offset")!, CultureInfo.InvariantCulture));
        http.Reset();

        // A reported offset is a promise.
        Assert.InRange(await client.OffsetAsync(path), Part, sent);
        (await client.SendAsync("DELETE", path)).Is(204);
    }

    private async Task<RawHttp> CreateAsync(ApiClient api, string complete, int length, string[] fields)
    {
        var http = new RawHttp(shared.Silo.Address);
        await http.SendHeadAsync($"POST {IetfClient.Uploads} HTTP/1.1", new IetfClient(api)
            .Fields([.. fields, $"Upload-Complete: {complete}", $"Content-Length: {length}"]));
        return http;
    }
}
