using Ingestion.Grains.Expiry;
using Ingestion.Uploads;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Storage;

namespace Ingestion.Grains.Uploads;

/// <inheritdoc cref="IUploadIndexGrain"/>
[Reentrant]
internal sealed partial class UploadIndexGrain(
    [FromKeyedServices(WireNames.Storage)] IGrainStorage storage, IGrainContext context, TimeProvider time, ILogger<UploadIndexGrain> logger)
    : DueIndexGrain(storage, context, "", time), IUploadIndexGrain
{
    protected override Task<DateTimeOffset?> AskAsync(string id) => GrainFactory.GetGrain<IUploadGrain>(id).ExpireAsync();

    protected override void LogUnasked(Exception exception, string id) => LogUploadUnasked(exception, id);

    [LoggerMessage(EventName = "UploadUnasked", Level = LogLevel.Warning, Message = "Upload {UploadId} is due and could not be asked; it will be later")]
    private partial void LogUploadUnasked(Exception exception, string uploadId);
}
