using System.Security.Cryptography;
using Ingestion.Tests.Support.Servers;

namespace Ingestion.Tests.EndToEnd.Uploads.Tus;

/// <summary>The client that browsers and Node use: tus-js-client from npm.</summary>
[Collection(DefaultSilo.OfUploads)]
public sealed class JsClientTests(DefaultSilo shared)
{
    private const string Package = "tus-js-client";
    private const string Version = "4.3.1";

    [NodeTheory]
    [InlineData("{}", "POST 201, PATCH 204")]
    [InlineData("""{"chunkSize":8000}""", "POST 201, PATCH 204, PATCH 204, PATCH 204, PATCH 204")]
    [InlineData("""{"uploadDataDuringCreation":true}""", "POST 201")]
    [InlineData("""{"uploadDataDuringCreation":true,"chunkSize":10000}""", "POST 201, PATCH 204, PATCH 204")]
    [InlineData("""{"uploadLengthDeferred":true,"chunkSize":20000}""", "POST 201, PATCH 204, PATCH 204")]
    [InlineData("""{"overridePatchMethod":true,"chunkSize":20000}""", "POST 201, PATCH 204, PATCH 204")]
    public async Task VideoIsReadyAndTheFile_WhenUploadedWith(string options, string requests)
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var run = await RunAsync(api, JsonSerializer.Deserialize<JsonElement>(options));
        Assert.Equal(requests, Requests(run));
        await IsReadyAsync(api, run);
    }

    [NodeFact]
    public async Task VideoIsReadyAndTheFile_WhenUploadedInParallel()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var run = await RunAsync(api, new { parallelUploads = 2 });
        Assert.Equal(["PATCH 204", "PATCH 204", "POST 201", "POST 201", "POST 201"], Requests(run).Split(", ").Order());
        await IsReadyAsync(api, run);
        Assert.StartsWith("final;", (await new TusClient(api).HeadAsync(PathOf(run))).Is(200).Header("Upload-Concat"), StringComparison.Ordinal);
    }

    /// <summary>The connection breaks in the middle of the only PATCH: the client looks where it was and sends the rest.</summary>
    [NodeTheory]
    [InlineData(5_000)]
    [InlineData(20_000)]
    public async Task VideoIsReadyAndTheFile_WhenTheConnectionIsTornAfterBytes(int cutAfter)
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var run = await RunAsync(api, cutAfter: cutAfter);
        Assert.Equal("POST 201, HEAD 200, PATCH 204", Requests(run));
        await IsReadyAsync(api, run);
    }

    /// <summary>The page is closed in the middle; another day it finds the upload's address and continues.</summary>
    [NodeFact]
    public async Task VideoIsReadyAndTheFile_WhenTheClientDiesAndAnotherOneContinues()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        using var folder = new TempFolder();
        var storage = Path.Combine(folder.Path, "uploads.json");
        var first = await RunAsync(api, new { chunkSize = 10_000, storeFingerprintForResuming = true }, storage: storage, dieAfter: 2);
        Assert.Equal("POST 201, PATCH 204, PATCH 204", Requests(first));
        Assert.Equal(20_000, await new TusClient(api).OffsetAsync(PathOf(first)));
        Assert.Empty(await api.ListAsync());

        var second = await RunAsync(api, new { }, storage: storage);
        Assert.Equal("HEAD 200, PATCH 204", Requests(second));
        Assert.Equal(PathOf(first), PathOf(second));
        await IsReadyAsync(api, second);
    }

    [NodeFact]
    public async Task UploadIsGone_WhenTheClientGivesItUp()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        var run = await RunAsync(api, new { chunkSize = 10_000 }, terminate: true);
        Assert.Contains("DELETE 204", Requests(run), StringComparison.Ordinal);
        (await new TusClient(api).HeadAsync(PathOf(run))).Is(410);
        Assert.Empty(await api.ListAsync());
    }

    internal async Task<JsonElement> RunAsync(ApiClient api, object? options = null, string? storage = null, int? cutAfter = null, int? dieAfter = null,
        bool terminate = false)
    {
        var start = new System.Diagnostics.ProcessStartInfo("node")
        {
            WorkingDirectory = await NpmServer.InstallAsync(Package, Version),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Uploads", "Tus", "tus-js-client.mjs"));
        start.ArgumentList.Add(JsonSerializer.Serialize(new
        {
            endpoint = new Uri(shared.Silo.Address, TusClient.Uploads),
            token = api.Token,
            file = Samples.PathOf("sample.mp4"),
            storage,
            options,
            cutAfter,
            dieAfter,
            terminate,
        }));
        var run = await Executable.RunAsync(start);
        Assert.True(run.ExitCode == 0, run.Error);
        return JsonSerializer.Deserialize<JsonElement>(run.Output);
    }

    private static async Task IsReadyAsync(ApiClient api, JsonElement run)
    {
        var id = TusClient.IdOf(PathOf(run));
        var record = await api.UntilAsync(id, "ready");
        Assert.Equal("from-js видео 🎬.mp4", record.GetProperty("file_name").GetString());
        var source = (await api.GetAsync($"/api/videos/{id}/source")).Is(200);
        Assert.Equal(SHA256.HashData(Samples.Mp4), SHA256.HashData(source.Body));
        Assert.Equal([id], await api.ListAsync());
    }

    internal static string PathOf(JsonElement run) => new Uri(run.GetProperty("url").GetString()!).AbsolutePath;

    internal static string Requests(JsonElement run) =>
        string.Join(", ", run.GetProperty("requests").EnumerateArray()
            .Select(request => $"{request.GetProperty("method").GetString()} {request.GetProperty("status").GetInt32()}"));
}
