using Ingestion.Grains.Due;
using Ingestion.Uploads;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Storage;

namespace Ingestion.Grains.Uploads;

/// <inheritdoc cref="IUploadIndexGrain"/>
/// <remarks>Reentrant, so that uploads that begin at once share their writes, and begin while others are being asked.</remarks>
[Reentrant]
internal sealed partial class UploadIndexGrain : Grain, IUploadIndexGrain
{
    // An upload that can't be asked (its silo or its store is down) is tried again then.
    private static readonly TimeSpan RetryPeriod = TimeSpan.FromMinutes(1);

    private readonly DuePages _due;
    private readonly DueSweep _sweep;
    private readonly TimeProvider _time;
    private readonly ILogger<UploadIndexGrain> _logger;

    public UploadIndexGrain([FromKeyedServices(WireNames.Storage)] IGrainStorage storage, IGrainContext context, TimeProvider time, ILogger<UploadIndexGrain> logger)
    {
        _due = new DuePages(storage, context.GrainId);
        _sweep = new DueSweep(_due, ExpireAsync, time);
        _time = time;
        _logger = logger;
    }

    public override Task OnActivateAsync(CancellationToken cancellationToken) => _due.LoadAsync();

    public Task AddAsync(string uploadId, DateTimeOffset due) => _due.AddAsync(uploadId, due, _time.GetUtcNow());

    public Task<int> SweepAsync() => _sweep.RunAsync();

    private async Task<DateTimeOffset?> ExpireAsync(string uploadId)
    {
        try
        {
            return await GrainFactory.GetGrain<IUploadGrain>(uploadId).ExpireAsync();
        }
#pragma warning disable CA1031 // Whatever fails in one upload must not keep the others from their turn.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogUnasked(e, uploadId);
            return _time.GetUtcNow() + RetryPeriod;
        }
    }

    [LoggerMessage(EventName = "UploadUnasked", Level = LogLevel.Warning, Message = "Upload {UploadId} is due and could not be asked; it will be later")]
    private partial void LogUnasked(Exception exception, string uploadId);
}
