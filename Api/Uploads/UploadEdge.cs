using Ingestion.Api.Uploads.Limits;
using Ingestion.Api.Uploads.Sessions;
using Ingestion.Uploads;
using Microsoft.Extensions.Hosting;

namespace Ingestion.Api.Uploads;

/// <summary>What every upload endpoint needs.</summary>
internal sealed record UploadEdge(
    IGrainFactory Grains,
    IObjectStore Store,
    IContainerSniffer Sniffer,
    TimeProvider Time,
    IOptions<UploadOptions> Options,
    UploadMetrics Metrics,
    UploadAdmission Admission,
    IHostApplicationLifetime Host,
    ILogger<UploadSession> Logger)
{
    public IUploadGrain Upload(string id) => Grains.GetGrain<IUploadGrain>(id);
}
