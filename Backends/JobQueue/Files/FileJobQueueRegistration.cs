using Ingestion.Backends.JobQueue.Watch;
using Ingestion.Videos;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Ingestion.Backends.JobQueue.Files;

/// <summary>Registers the queue that needs no server.</summary>
public static class FileJobQueueRegistration
{
    /// <summary>Keeps jobs in a journal on disk, in this process, each marked with <paramref name="serviceId"/>.</summary>
    public static IServiceCollection AddFileJobQueue(this IServiceCollection services, string serviceId, Action<FileJobQueueOptions> configure)
    {
        services.AddSingleton(new JobSource(serviceId));
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<FileJobQueueOptions>().Configure(configure).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<FileJobQueue>();
        services.AddSingleton<IJobQueue>(provider => provider.GetRequiredService<FileJobQueue>());
        services.AddSingleton<IQueueHealth>(provider => provider.GetRequiredService<FileJobQueue>());
        services.AddSingleton<IDeadLetters>(provider => provider.GetRequiredService<FileJobQueue>());
        services.AddHealthChecks().AddCheck<JobQueueCheck>("queue");
        services.AddHostedService<Opening>();
        return services;
    }

    /// <summary>Opens the queue when the host starts, so that a locked folder or a damaged journal stops the start and not the first upload.</summary>
    private sealed class Opening(IServiceProvider services) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            services.GetRequiredService<FileJobQueue>();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
