using Amazon;
using Amazon.Runtime;
using Amazon.S3;

namespace Ingestion.Backends.ObjectStore.S3;

/// <summary>Makes the two clients: the SDK's for what controls, and a plain one for bytes, which go to presigned addresses.</summary>
internal static class S3Client
{
    private static readonly TimeSpan _connectTimeout = TimeSpan.FromSeconds(5);

    public static AmazonS3Config Configure(S3ObjectStoreOptions options)
    {
        var config = new AmazonS3Config
        {
            ForcePathStyle = options.PathStyle,
            // Checksums that were not requested break many servers beside Amazon's.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
            // Tries are ours to count and to time, the same for all requests.
            MaxErrorRetry = 0,
            Timeout = Timeout.InfiniteTimeSpan,
        };
        // Setting the one clears the other in the SDK, so the region of a given endpoint is only what is signed for.
        if (options.ServiceUrl is { } url)
            (config.ServiceURL, config.AuthenticationRegion) = (url, options.Region ?? "us-east-1");
        else if (options.Region is { } region)
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(region);
        return config;
    }

    public static HttpClient CreateTransfer(int connections)
    {
        var handler = new SocketsHttpHandler
        {
            MaxConnectionsPerServer = connections,
            ConnectTimeout = _connectTimeout,
            // Stores close idle connections after a while, and their addresses change.
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(15),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            AllowAutoRedirect = false,
            UseCookies = false,
            ActivityHeadersPropagator = null,
        };
        return new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }
}
