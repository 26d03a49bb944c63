using Amazon.Runtime;
using Amazon.S3;
using Ingestion.Tests.Support.Servers;

namespace Ingestion.Tests.EndToEnd.Infrastructure;

/// <summary>
/// A bucket of an emulator of its own, behind a server whose answers a test may spoil. Null where Node is missing, and the tests are skipped.
/// </summary>
internal sealed class S3Bucket : IAsyncDisposable
{
    private readonly NpmServer _store;

    private S3Bucket(NpmServer store, FaultyServer front) => (_store, Front) = (store, front);

    public FaultyServer Front { get; }

    public string Name { get; } = Guid.NewGuid().ToString("N");

    public (string Name, string Value)[] Settings => S3Settings.Of(Front.Url, Name);

    public static async Task<S3Bucket> CreateAsync()
    {
        var store = await NpmServer.TryStartFauxqsAsync() ?? throw new InvalidOperationException("Node is missing.");
        var bucket = new S3Bucket(store, await FaultyServer.StartAsync(store.Url));
        using var client = new AmazonS3Client(new BasicAWSCredentials("test", "test"), new AmazonS3Config { ServiceURL = store.Url, ForcePathStyle = true });
        await client.PutBucketAsync(bucket.Name);
        return bucket;
    }

    /// <summary>The source of a video is read.</summary>
    public static bool IsSourceRead(Microsoft.AspNetCore.Http.HttpRequest request) =>
        request.Method == "GET" && request.Path.Value!.EndsWith("/source", StringComparison.Ordinal);

    public async ValueTask DisposeAsync()
    {
        await Front.DisposeAsync();
        await _store.DisposeAsync();
    }
}
