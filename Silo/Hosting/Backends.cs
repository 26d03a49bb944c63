using Ingestion.Backends.JobQueue;
using Ingestion.Backends.ObjectStore;

namespace Ingestion.Silo.Hosting;

internal static class Backends
{
    /// <summary>Object store and job queue, on this machine's disk.</summary>
    public static void AddBackends(this WebApplicationBuilder builder, SiloSettings settings)
    {
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddFileObjectStore(settings.Data);
        builder.Services.AddFileJobQueue(queue => queue.Path = settings.DataPath("queue"));
    }
}
