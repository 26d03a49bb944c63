using Ingestion.Backends.JobQueue;
using Ingestion.Backends.ObjectStore;

namespace Ingestion.Silo.Hosting;

internal static class Backends
{
    /// <summary>Object store and job queue.</summary>
    public static void AddBackends(this WebApplicationBuilder builder, SiloSettings settings)
    {
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddFileObjectStore(settings.Data);
        if (settings.Queue == "sqs")
            builder.Services.AddSqsJobQueue(queue => builder.Configuration.GetSection("Ingestion:Sqs").Bind(queue));
        else
            builder.Services.AddFileJobQueue(queue => queue.Path = settings.DataPath("queue"));
    }
}
