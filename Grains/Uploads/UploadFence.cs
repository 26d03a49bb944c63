using Ingestion.Uploads;
using Microsoft.Extensions.Logging;

namespace Ingestion.Grains.Uploads;

/// <inheritdoc cref="IUploadFence"/>
internal sealed class UploadFence(GrainId id, Orleans.Runtime.Silo silo, ILoggerFactory loggers, IObjectStore store) : GrainService(id, silo, loggers),
    IUploadFence
{
    public Task FenceAsync(string uploadId, long epoch) => store.FenceAsync(ObjectKey.Source(uploadId), epoch);
}
