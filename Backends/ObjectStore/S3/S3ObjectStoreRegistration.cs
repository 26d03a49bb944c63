using Amazon.S3;
using Ingestion.Backends.Buffers;
using Ingestion.Doctor;
using Ingestion.Uploads;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Ingestion.Backends.ObjectStore.S3;

/// <summary>Registers the object store on S3. Needs the buffers of <see cref="BuffersRegistration"/>.</summary>
public static class S3ObjectStoreRegistration
{
    /// <summary>Keeps objects in a bucket.</summary>
    /// <param name="services">The services.</param>
    /// <param name="maxFileBytes">The largest upload, which decides how one of unknown length is cut.</param>
    /// <param name="configure">Sets the options.</param>
    /// <param name="origins">Origins of pages whose scripts send parts to the bucket; none: it is not checked for them.</param>
    public static IServiceCollection AddS3ObjectStore(
        this IServiceCollection services, long maxFileBytes, Action<S3ObjectStoreOptions> configure, IReadOnlyList<string>? origins = null)
    {
        services.AddOptions<S3ObjectStoreOptions>().Configure(configure).ValidateDataAnnotations().ValidateOnStart();
        services.AddMetrics();
        services.AddSingleton<S3Metrics>();
        services.AddSingleton(provider =>
        {
            var options = provider.GetRequiredService<IOptions<S3ObjectStoreOptions>>().Value;
            var logger = provider.GetRequiredService<ILogger<S3ObjectStore>>();
            var buffers = provider.GetRequiredService<PartBufferSource>();
            buffers.Budget.LeastLimitBytes = options.PartMebibytes * 1024L * 1024;
            return new S3ObjectStore(new AmazonS3Client(S3Client.Configure(options)), options, maxFileBytes, buffers,
                provider.GetRequiredService<S3Metrics>(), logger);
        });
        services.AddSingleton<IObjectStore>(provider => provider.GetRequiredService<S3ObjectStore>());
        services.AddSingleton<IDirectUploads>(provider => provider.GetRequiredService<S3ObjectStore>());
        services.AddSingleton<IPresignedReads>(provider => provider.GetRequiredService<S3ObjectStore>());
        services.AddSingleton(new S3BucketCors(origins ?? []));
        services.AddSingleton<IExamination, S3Examination>();
        services.AddHealthChecks().AddCheck<S3Check>("object_store");
        services.AddHostedService<S3StartCheck>();
        return services;
    }
}
