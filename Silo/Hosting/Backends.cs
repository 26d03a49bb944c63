using Ingestion.Api.Uploads;
using Ingestion.Backends.Buffers;
using Ingestion.Backends.JobQueue.Files;
using Ingestion.Backends.JobQueue.Sqs;
using Ingestion.Backends.Media;
using Ingestion.Backends.ObjectStore.Files;
using Ingestion.Backends.ObjectStore.S3;
using Ingestion.Backends.Webhooks;
using Ingestion.Silo.Janitor;

namespace Ingestion.Silo.Hosting;

internal static class Backends
{
    /// <summary>Object store, job queue, media tools and the sender of webhooks.</summary>
    public static void AddBackends(this WebApplicationBuilder builder, SiloSettings settings)
    {
        builder.AddStoreAndQueue(settings);
        builder.Services.AddContainerSniffer();
        builder.Services.AddWebhookSender(sender => builder.Configuration.GetSection("Ingestion:Webhooks").Bind(sender));
        builder.Services.AddWebhookSealer(SealingKeys.Load(builder.Configuration, mayCreate: builder.Environment.IsDevelopment()));
    }

    /// <summary>Where videos and jobs are.</summary>
    public static void AddStoreAndQueue(this WebApplicationBuilder builder, SiloSettings settings)
    {
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddUploadBuffers(settings.DataPath("staging"), buffers => builder.Configuration.GetSection("Ingestion:Buffers").Bind(buffers));
        if (settings.Store == "s3")
            builder.Services.AddS3ObjectStore(
                LargestFile(builder.Configuration), s3 => builder.Configuration.GetSection("Ingestion:S3").Bind(s3), Origins(builder.Configuration));
        else
            builder.Services.AddFileObjectStore(settings.Data).AddUnfinishedUploadSweep();
        if (settings.Queue == "sqs")
            builder.Services.AddSqsJobQueue(settings.Cluster.ServiceId, queue => builder.Configuration.GetSection("Ingestion:Sqs").Bind(queue));
        else
            builder.Services.AddFileJobQueue(settings.Cluster.ServiceId, queue => queue.Path = settings.DataPath("queue"));
    }

    /// <summary>Only those that an operator has named: by default any page may call the API, and most services have none.</summary>
    private static string[] Origins(ConfigurationManager configuration) =>
        (configuration["Ingestion:Http:CorsOrigins"] ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static long LargestFile(IConfiguration configuration) =>
        configuration.GetValue($"Ingestion:Uploads:{nameof(UploadOptions.MaxFileBytes)}", new UploadOptions().MaxFileBytes);
}
