using System.Security.Cryptography;
using Amazon.Runtime;
using Amazon.S3;
using Ingestion.Tests.EndToEnd.Uploads.Ietf;
using Ingestion.Tests.Support.Servers;

namespace Ingestion.Tests.EndToEnd.Uploads.Direct;

/// <summary>The same client against S3: its parts go to the store itself, by the store's own signed addresses.</summary>
public sealed class DirectS3Tests(DirectS3Tests.S3Silo shared) : IClassFixture<DirectS3Tests.S3Silo>
{
    // Three parts of 5 MiB, the last one shorter.
    private static readonly byte[] _file = DirectTests.MakeFile(12_000_000);

    [NodeFact]
    public async Task VideoIsTheFile_WhenItsPartsWentToTheStore()
    {
        using var api = shared.Api();
        using var client = new DirectClient(api);
        await using var socket = await StatusClient.SubscribedAsync(api);
        var upload = await client.BeginAsync(_file);
        Assert.Equal(3, upload.Count);
        Assert.All(upload.Parts, part => Assert.StartsWith(shared.StoreUrl, part.GetProperty("url").GetString(), StringComparison.Ordinal));

        var sent = new List<SentPart> { new(3, await client.PutAsync(upload, 3)) };
        Assert.Equal([3], await client.StoredAsync(upload));
        sent.AddRange(await Task.WhenAll(new[] { 2, 1 }.Select(async number => new SentPart(number, await client.PutAsync(upload, number)))));
        var answers = await Task.WhenAll(client.CompleteAsync(upload, [.. sent]), client.CompleteAsync(upload, [.. sent]));
        Assert.All(answers, answer => Assert.Equal(upload.Id, answer.Is(201).Json.GetProperty("video_id").GetString()));
        Assert.Equal("video/mp4", answers[0].Json.GetProperty("content_type").GetString());
        await DirectTests.IsVideoAsync(api, upload.Id, _file);
        await socket.UntilAsync(upload.Id, "queued");
        (await client.CompleteAsync(upload, [.. sent])).Is(201);
    }

    [NodeFact]
    public async Task UploadStaysOpen_WhenThePartsAreNotTheOnesThatWereMeant()
    {
        using var api = shared.Api();
        using var client = new DirectClient(api);
        var upload = await client.BeginAsync(_file);
        var (first, second) = (await client.PutAsync(upload, 1), await client.PutAsync(upload, 2));
        // This store checks no signature, and so no size: what is wrong with a part is seen at the end.
        var wrong = (await client.PutAsync(upload.UrlOf(3), upload.BytesOf(3)[1..])).Is(200).Header("ETag")!;
        (await client.CompleteAsync(upload, new(1, first), new(2, second))).IsProblem(409, "upload_incomplete");
        (await client.CompleteAsync(upload, new(1, first), new(2, first), new(3, wrong))).IsProblem(409, "part_mismatch");
        (await client.CompleteAsync(upload, new(1, first), new(2, second), new(3, wrong))).IsProblem(409, "part_mismatch");

        var fresh = (await client.IssueAsync(upload, 3)).Is(200).Json.GetProperty("parts")[0].GetProperty("url").GetString()!;
        var third = (await client.PutAsync(fresh, upload.BytesOf(3))).Is(200).Header("ETag")!;
        (await client.CompleteAsync(upload, new(1, first), new(2, second), new(3, third))).Is(201);
        await DirectTests.IsVideoAsync(api, upload.Id, _file);
    }

    [NodeFact]
    public async Task NothingIsLeftInTheStore_WhenTheBytesAreNoVideoOrGivenUp()
    {
        using var api = shared.Api();
        using var client = new DirectClient(api);
        var upload = await client.BeginAsync(new byte[6_000_000]);
        (await client.CompleteAsync(upload, await client.PutAllAsync(upload))).IsProblem(415, "not_a_video");
        Assert.Empty(await api.ListAsync());

        var other = await client.BeginAsync(_file);
        await client.PutAsync(other, 1);
        (await api.DeleteAsync(other.Path)).Is(204);
        (await client.PartsAsync(other)).IsProblem(410, "upload_gone");
        await Eventually.TrueAsync(async () => !(await shared.KeysAsync())
            .Any(key => key.Contains(upload.Id, StringComparison.Ordinal) || key.Contains(other.Id, StringComparison.Ordinal)),
            "the store has nothing of them");
    }

    /// <summary>What came in several requests is read back from the store.</summary>
    [NodeTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task DigestOfTheWholeIsChecked_WhenTheBytesAreInTheStore(bool right)
    {
        using var api = shared.Api();
        var client = new IetfClient(api);
        var path = await client.CreateAsync(_file[..7_000_000],
            ("Repr-Digest", $"sha-256=:{Convert.ToBase64String(SHA256.HashData(right ? _file : _file[1..]))}:"));
        var answer = await client.PatchAsync(path, 7_000_000, _file[7_000_000..], last: true);
        if (right)
            await IetfClient.IsVideoAsync(api, answer, _file);
        else
            answer.IsProblem(400, "digest_mismatch", IetfClient.ProblemTypes + "digest-mismatched-values");
    }

    /// <summary>A silo whose objects are in an emulator of S3.</summary>
    public sealed class S3Silo : IAsyncLifetime
    {
        private readonly string _bucket = Guid.NewGuid().ToString("N");
        private NpmServer? _store;
        private SiloProcess? _silo;

        internal string StoreUrl => _store!.Url;

        public async Task InitializeAsync()
        {
            _store = await NpmServer.TryStartFauxqsAsync();
            if (_store is null)
                return;
            using (var store = CreateClient())
                await store.PutBucketAsync(_bucket);
            _silo = await SiloProcess.StartAsync(data: null, S3Settings.Of(_store.Url, _bucket));
        }

        public async Task DisposeAsync()
        {
            if (_silo is not null)
                await _silo.DisposeAsync();
            if (_store is not null)
                await _store.DisposeAsync();
        }

        internal SiloProcess Silo => _silo!;

        internal ApiClient Api() => _silo!.As(SiloFixture.NewUser());

        /// <summary>Of objects, and of uploads that are not complete.</summary>
        internal async Task<string[]> KeysAsync()
        {
            using var store = CreateClient();
            var objects = (await store.ListObjectsV2Async(new() { BucketName = _bucket })).S3Objects ?? [];
            var uploads = (await store.ListMultipartUploadsAsync(
                new Amazon.S3.Model.ListMultipartUploadsRequest { BucketName = _bucket })).MultipartUploads ?? [];
            return [.. objects.Select(stored => stored.Key), .. uploads.Select(upload => upload.Key)];
        }

        private AmazonS3Client CreateClient() => new(
            new BasicAWSCredentials("test", "test"), new AmazonS3Config { ServiceURL = StoreUrl, ForcePathStyle = true });
    }
}
