using Amazon.Runtime;
using Amazon.S3;
using Ingestion.Backends.ObjectStore.S3;
using Ingestion.Tests.Support.Servers;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ingestion.Tests.Integration.Uploads.Late;

/// <summary>A bucket.</summary>
[NeedsPrograms(NpmServer.Node, NpmServer.Npm)]
public sealed class S3LateWriterTests(S3LateWriterTests.Emulator emulator) : LateWriterTests, IClassFixture<S3LateWriterTests.Emulator>
{
    private protected override bool CanRun => emulator.Url is not null;

    /// <summary>S3 takes no smaller parts, but for the last.</summary>
    private protected override int PartSize => 5 << 20;

    private protected override async Task<ServiceCluster> StartAsync()
    {
        var options = new S3ObjectStoreOptions { ServiceUrl = emulator.Url, PathStyle = true, Bucket = Guid.NewGuid().ToString("N"), PartMebibytes = 5,
            RetrySeconds = 30 };
        var client = new AmazonS3Client(new BasicAWSCredentials("test", "test"), S3Client.Configure(options));
        await client.PutBucketAsync(options.Bucket);
        return await ServiceCluster.StartAsync(PartSize,
            buffers => new S3ObjectStore(client, options, 1L << 40, buffers, metrics: null, NullLogger<S3ObjectStore>.Instance));
    }

    /// <summary>For all tests of the class.</summary>
    public sealed class Emulator : IAsyncLifetime
    {
        private NpmServer? _fauxqs;

        /// <summary>Null where it can't run.</summary>
        public string? Url => _fauxqs?.Url;

        public async Task InitializeAsync() => _fauxqs = await NpmServer.TryStartFauxqsAsync();

        public async Task DisposeAsync()
        {
            if (_fauxqs is not null)
                await _fauxqs.DisposeAsync();
        }
    }
}
