using Amazon;
using Amazon.SQS;
using Ingestion.Backends.JobQueue.Watch;
using Ingestion.Doctor;
using Ingestion.Videos;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Ingestion.Backends.JobQueue.Sqs;

/// <summary>Registers the queue on SQS, for silos on several machines.</summary>
public static class SqsJobQueueRegistration
{
    // The longest poll and a bit: a connection that died unseen must not hold a worker for the SDK's 100 s.
    private static readonly TimeSpan _longestRequest = TimeSpan.FromSeconds(30);

    /// <summary>Keeps jobs in SQS, each marked with <paramref name="serviceId"/>.</summary>
    public static IServiceCollection AddSqsJobQueue(this IServiceCollection services, string serviceId, Action<SqsJobQueueOptions> configure)
    {
        services.AddSingleton(new JobSource(serviceId));
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<SqsJobQueueOptions>().Configure(configure).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton<IAmazonSQS>(provider => new AmazonSQSClient(Configure(provider.GetRequiredService<IOptions<SqsJobQueueOptions>>().Value)));
        services.AddMetrics();
        services.AddSingleton<JobQueueMetrics>();
        services.AddSingleton<QueueOutage>();
        services.AddSingleton<IQueueHealth>(provider => provider.GetRequiredService<QueueOutage>());
        services.AddSingleton<SqsJobQueue>();
        services.AddSingleton<IProbedQueue>(provider => provider.GetRequiredService<SqsJobQueue>());
        services.AddSingleton<IJobQueue>(provider => new WatchedJobQueue(
            provider.GetRequiredService<SqsJobQueue>(), provider.GetRequiredService<QueueOutage>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IDeadLetters, SqsDeadLetters>();
        services.AddSingleton<IExamination, SqsExamination>();
        services.AddHostedService<JobQueueProbe>();
        services.AddHealthChecks().AddCheck<JobQueueCheck>("queue");
        return services;
    }

    private static AmazonSQSConfig Configure(SqsJobQueueOptions options)
    {
        var config = new AmazonSQSConfig { Timeout = _longestRequest };
        // Setting the one clears the other in the SDK, so the region of a given endpoint is only what is signed for.
        if (options.ServiceUrl is { } url)
            (config.ServiceURL, config.AuthenticationRegion) = (url, options.Region ?? "us-east-1");
        else if (options.Region is { } region)
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(region);
        return config;
    }
}
