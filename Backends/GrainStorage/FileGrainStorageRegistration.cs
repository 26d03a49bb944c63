using Orleans.Runtime.Hosting;

namespace Ingestion.Backends.GrainStorage;

/// <summary>Registers file storage as the grain storage provider.</summary>
public static class FileGrainStorageRegistration
{
    /// <summary>Keeps all grain state under <paramref name="folder"/>.</summary>
    public static ISiloBuilder AddFileGrainStorage(this ISiloBuilder silo, string folder)
    {
        silo.Services.AddGrainStorage(WireNames.Storage, (_, _) => new GuardedStorage(new FileGrainStorage(folder)));
        return silo;
    }
}
