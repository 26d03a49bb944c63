using Orleans.Concurrency;

namespace Ingestion.Uploads;

/// <summary>The request that writes, as the grain of its upload sees it.</summary>
[Alias("ingestion.upload-writer"), GrainInterfaceType("ingestion.upload-writer")]
public interface IUploadWriter : IGrainObserver
{
    /// <summary>Stop now. With <paramref name="storeRest"/> store and commit the rest first; without, another writer has the lease already.</summary>
    [Alias("on-end"), OneWay]
    Task OnEndAsync(long epoch, bool storeRest);

    /// <summary>Store and commit what has come, and go on: somebody looks at the upload.</summary>
    [Alias("on-commit-wanted"), OneWay]
    Task OnCommitWantedAsync(long epoch);
}
