using System.Security.Cryptography;
using Ingestion.Tests.Support.Servers;

namespace Ingestion.Tests.EndToEnd.Uploads.Resumable;

/// <summary>The object store is real and its answers are not always: that costs time and nothing else.</summary>
public sealed class StoreFaultTests(StoreFaultTests.FaultySilo shared) : IClassFixture<StoreFaultTests.FaultySilo>
{
    private const int EachKind = 10;

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
        await using var bucket = await S3Bucket.CreateAsync();
        await using var silo = await SiloProcess.StartAsync(data: null, [.. bucket.Settings, ("S3__RetrySeconds", "1"), ("Roles", "api")]);
        using var api = silo.As("alice");
        bucket.Front.Decide = request => request.Method == "PUT" ? Fault.Unavailable : Fault.None;

        Assert.NotNull((await api.PostAsync(FormBody.Of(Samples.Mp4))).IsProblem(503, "storage_unavailable").Header("Retry-After"));
        Assert.Empty(await api.ListAsync());
        bucket.Front.Decide = _ => Fault.None;
        await api.UploadAsync(Samples.Mp4);
    }

    private async Task RunAsync(Func<Microsoft.AspNetCore.Http.HttpRequest, Fault> decide)
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        shared.Store.Decide = decide;

        await Task.WhenAll(Enumerable.Range(0, EachKind).Select(i => i % 2 == 0 ? FormAsync(api, 6_000_000) : FormAsync(api, 400_000)));
        await Task.WhenAll(Enumerable.Range(0, EachKind).Select(_ => ResumableAsync(api)));
        shared.Store.Decide = _ => Fault.None;
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

    /// <summary>A silo that takes bytes of any kind, on a store that fails as a test decides.</summary>
    public sealed class FaultySilo : IAsyncLifetime
    {
        private S3Bucket? _bucket;
        private SiloProcess? _silo;

        internal SiloProcess Silo => _silo!;

        internal FaultyServer Store => _bucket!.Front;

        public async Task InitializeAsync()
        {
            // It is made even when all of the tests are skipped.
            if (ProgramPath.Missing(NpmServer.Node, NpmServer.Npm) is not null)
                return;
            _bucket = await S3Bucket.CreateAsync();
            _silo = await SiloProcess.StartAsync(data: null,
                [.. _bucket.Settings, ("S3__AttemptSeconds", "2"), ("Uploads__RequireKnownContainer", "false"), ("Roles", "api")]);
        }

        public async Task DisposeAsync()
        {
            if (_silo is not null)
                await _silo.DisposeAsync();
            if (_bucket is not null)
                await _bucket.DisposeAsync();
        }
    }
}
