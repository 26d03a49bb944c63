using System.Security.Cryptography;
using Amazon.Runtime;
using Amazon.S3;
using Ingestion.Tests.Support.Servers;

namespace Ingestion.Tests.EndToEnd.Uploads.Resumable;

/// <summary>The object store is real and its answers are not always: that costs time and nothing else.</summary>
public sealed class StoreFaultTests : IAsyncLifetime
{
    private const int EachKind = 10;

    private NpmServer? _fauxqs;

    public async Task InitializeAsync() => _fauxqs = await NpmServer.TryStartFauxqsAsync();

    public async Task DisposeAsync()
    {
        if (_fauxqs is not null)
            await _fauxqs.DisposeAsync();
    }

    [NodeFact]
    public Task EveryUploadIsWhole_WhenTheStoreAnswers503ToATenthOfTheRequests() => RunAsync(_ => Random.Shared.Next(10) == 0 ? Fault.Unavailable : Fault.None);

    [NodeFact]
    public Task EveryUploadIsWhole_WhenTheStoreHangsNowAndThen() => RunAsync(_ => Random.Shared.Next(25) == 0 ? Fault.Hang : Fault.None);

    [NodeFact]
    public Task EveryUploadIsWhole_WhenConnectionsToTheStoreBreak() =>
        RunAsync(request => request.Method != "PUT"
            ? Fault.None
            : Random.Shared.Next(8) switch { 0 => Fault.ResetInRequest, 1 => Fault.AnswerLost, _ => Fault.None });

    [NodeFact]
    public async Task FormIsAnswered503AndLeavesNoVideo_WhenTheStoreStaysAway()
    {
        await using var server = await FaultyServer.StartAsync(_fauxqs!.Url);
        var bucket = Guid.NewGuid().ToString("N");
        await CreateBucketAsync(bucket);
        await using var silo = await SiloProcess.StartAsync(data: null, [.. S3Settings.Of(server.Url, bucket), ("S3__RetrySeconds", "1"), ("Roles", "api")]);
        using var api = silo.As("alice");
        server.Decide = request => request.Method == "PUT" ? Fault.Unavailable : Fault.None;

        Assert.NotNull((await api.PostAsync(FormBody.Of(Samples.Mp4))).IsProblem(503, "storage_unavailable").Header("Retry-After"));
        Assert.Empty(await api.ListAsync());
        server.Decide = _ => Fault.None;
        await api.UploadAsync(Samples.Mp4);
    }

    private async Task RunAsync(Func<Microsoft.AspNetCore.Http.HttpRequest, Fault> decide)
    {
        await using var server = await FaultyServer.StartAsync(_fauxqs!.Url);
        var bucket = Guid.NewGuid().ToString("N");
        await CreateBucketAsync(bucket);
        await using var silo = await SiloProcess.StartAsync(data: null,
            [.. S3Settings.Of(server.Url, bucket), ("S3__AttemptSeconds", "2"), ("Uploads__RequireKnownContainer", "false"), ("Roles", "api")]);
        using var api = silo.As("alice");
        server.Decide = decide;

        await Task.WhenAll(Enumerable.Range(0, EachKind).Select(i => i % 2 == 0 ? FormAsync(api, 6_000_000) : FormAsync(api, 400_000)));
        await Task.WhenAll(Enumerable.Range(0, EachKind).Select(_ => ResumableAsync(api)));
        server.Decide = _ => Fault.None;
    }

    private static async Task FormAsync(ApiClient api, int length)
    {
        var content = RandomNumberGenerator.GetBytes(length);
        var id = await api.UploadAsync(content);
        var source = (await api.GetAsync($"/api/videos/{id}/source")).Is(200);
        Assert.Equal(SHA256.HashData(content), SHA256.HashData(source.Body));
    }

    private static async Task ResumableAsync(ApiClient api)
    {
        var upload = new ResumingUpload(api, length: 7_000_000, chunk: 3_000_000);
        await upload.AssertWholeAsync(await upload.RunAsync(() => Task.CompletedTask));
    }

    private async Task CreateBucketAsync(string bucket)
    {
        using var client = new AmazonS3Client(new BasicAWSCredentials("test", "test"), new AmazonS3Config { ServiceURL = _fauxqs!.Url, ForcePathStyle = true });
        await client.PutBucketAsync(bucket);
    }
}
