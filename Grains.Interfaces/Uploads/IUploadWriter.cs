using Orleans.Concurrency;

namespace Ingestion.Uploads;

/// <summary>The request that writes, as the grain of its upload sees it.</summary>
[Alias("ingestion.upload-writer"), GrainInterfaceType("ingestion.upload-writer")]
public interface IUploadWriter : IGrainObserver
{
    /// <summary>Stop now. With <paramref name="storeRest"/> store and commit the rest first; without, another writer has the lease already.</summary>
    [Alias("on-end"), OneWay]
    Task OnEndAsync(long epoch, bool storeRest);
}
