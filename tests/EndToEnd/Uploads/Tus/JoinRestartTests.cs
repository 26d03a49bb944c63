using Amazon.Runtime;
using Amazon.S3;
using Ingestion.Tests.EndToEnd.Uploads.Direct;
using Ingestion.Tests.Support.Servers;

namespace Ingestion.Tests.EndToEnd.Uploads.Tus;

/// <summary>A join whose silo dies, or whose store fails, in the middle.</summary>
public sealed class JoinRestartTests
{
    // Six parts of 5 MiB. Four are copied side by side.
    private static readonly byte[] _file = DirectTests.MakeFile(28_000_000);

    /// <summary>What is committed is not copied again.</summary>
    [NodeFact]
    public async Task JoinContinuesAfterTheCopiedParts_WhenItsSiloIsKilled()
    {
        await using var fauxqs = await NpmServer.TryStartFauxqsAsync();
        await using var store = await FaultyServer.StartAsync(fauxqs!.Url);
        await using var silo = await StartAsync(fauxqs.Url, store);
        using var api = silo.As("ann");
        var tus = new TusClient(api);
        var pieces = await Task.WhenAll(tus.UploadPartialAsync(_file[..12_000_000]), tus.UploadPartialAsync(_file[12_000_000..]));
        store.Requests.Clear();
        store.Decide = request => FaultyServer.IsPart(request) && request.Query["partNumber"] == "5" ? Fault.Hang : Fault.None;
        using var http = new RawHttp(silo.Address);
        await http.SendHeadAsync("POST /api/uploads HTTP/1.1", tus.Fields($"Upload-Concat: final;{string.Join(' ', pieces)}", "Content-Length: 0"));
        await Eventually.TrueAsync(() => Puts(store, 5) > 0, "four parts are copied, and committed");
        await silo.KillAsync();
        store.Decide = _ => Fault.None;

        await silo.StartAgainAsync();
        var final = TusClient.PathOf(await tus.PostAsync(null, ("Upload-Concat", $"final;{string.Join(' ', pieces)}")));
        await CreationTests.IsVideoAsync(api, final, _file);
        Assert.Equal([1, 1, 1, 1], Enumerable.Range(1, 4).Select(number => Puts(store, number)));
        Assert.Equal([TusClient.IdOf(final)], await api.ListAsync());
    }

    [NodeFact]
    public async Task VideoIsTheFile_WhenTheStoreFailsForAWhile()
    {
        await using var fauxqs = await NpmServer.TryStartFauxqsAsync();
        await using var store = await FaultyServer.StartAsync(fauxqs!.Url);
        await using var silo = await StartAsync(fauxqs.Url, store);
        using var api = silo.As("ann");
        var tus = new TusClient(api);
        var pieces = await Task.WhenAll(tus.UploadPartialAsync(_file[..12_000_000]), tus.UploadPartialAsync(_file[12_000_000..]));
        store.Next(FaultyServer.IsPart, [.. Enumerable.Repeat(Fault.Unavailable, 12)]);
        var final = TusClient.PathOf(await tus.PostAsync(null, ("Upload-Concat", $"final;{string.Join(' ', pieces)}")));
        await CreationTests.IsVideoAsync(api, final, _file);
    }

    /// <summary>Clients like tus-js-client do not repeat this request: they are answered, and the copy continues.</summary>
    [NodeFact]
    public async Task ClientIsAnswered_WhenTheCopyTakesLongerThanProxiesWait()
    {
        await using var fauxqs = await NpmServer.TryStartFauxqsAsync();
        await using var store = await FaultyServer.StartAsync(fauxqs!.Url);
        await using var silo = await StartAsync(fauxqs.Url, store);
        using var api = silo.As("ann");
        var tus = new TusClient(api);
        var pieces = await Task.WhenAll(tus.UploadPartialAsync(_file[..12_000_000]), tus.UploadPartialAsync(_file[12_000_000..]));
        store.Decide = request => FaultyServer.IsPart(request) ? Fault.Unavailable : Fault.None;
        var final = TusClient.PathOf(await tus.PostAsync(null, ("Upload-Concat", $"final;{string.Join(' ', pieces)}")));
        var head = (await tus.HeadAsync(final)).Is(200);
        Assert.Equal((null, $"{_file.Length}", null), (head.Header("Upload-Offset"), head.Header("Upload-Length"), head.Header("Upload-Expires")));
        (await tus.PatchAsync(final, 0, [1])).IsProblem(403, "upload_ended");
        Assert.Empty(await api.ListAsync());

        store.Decide = _ => Fault.None;
        await Eventually.TrueAsync(async () => (await tus.HeadAsync(final)).Header("Upload-Offset") == $"{_file.Length}", "it is whole");
        await CreationTests.IsVideoAsync(api, final, _file);
    }

    private static int Puts(FaultyServer store, int number) => store.Requests.Count(request =>
        request.StartsWith("PUT", StringComparison.Ordinal) && request.Contains($"partNumber={number}", StringComparison.OrdinalIgnoreCase));

    private static async Task<SiloProcess> StartAsync(string url, FaultyServer store)
    {
        var bucket = Guid.NewGuid().ToString("N");
        using (var client = new AmazonS3Client(new BasicAWSCredentials("test", "test"), new AmazonS3Config { ServiceURL = url, ForcePathStyle = true }))
            await client.PutBucketAsync(bucket);
        return await SiloProcess.StartAsync(data: null, [.. S3Settings.Of(store.Url, bucket), ("S3__RetrySeconds", "1")]);
    }
}
