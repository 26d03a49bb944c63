using Ingestion.Grains.Due;
using Ingestion.Webhooks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Storage;

namespace Ingestion.Grains.Webhooks;

/// <inheritdoc cref="IWebhookIndexGrain"/>
/// <remarks>Reentrant, so that users who are added at once share their writes, and are added while others are being checked.</remarks>
[Reentrant]
internal sealed partial class WebhookIndexGrain : Grain, IWebhookIndexGrain
{
    // A user who can't be checked (a silo or the storage is down) is tried again then.
    private static readonly TimeSpan _retryPeriod = TimeSpan.FromMinutes(1);

    private readonly DuePages _due;
    private readonly DueSweep _sweep;
    private readonly TimeProvider _time;
    private readonly ILogger<WebhookIndexGrain> _logger;

    public WebhookIndexGrain([FromKeyedServices(WireNames.Storage)] IGrainStorage storage, IGrainContext context, TimeProvider time, ILogger<WebhookIndexGrain> logger)
    {
        _due = new DuePages(storage, context.GrainId);
        _sweep = new DueSweep(_due, CheckAsync, time);
        _time = time;
        _logger = logger;
    }

    public override Task OnActivateAsync(CancellationToken cancellationToken) => _due.LoadAsync();

    public Task AddAsync(string userId, DateTimeOffset due) => _due.AddAsync(userId, due, _time.GetUtcNow());

    public Task<int> SweepAsync() => _sweep.RunAsync();

    private async Task<DateTimeOffset?> CheckAsync(string userId)
    {
        try
        {
            return await GrainFactory.GetGrain<IWebhookGrain>(userId).CheckAsync();
        }
#pragma warning disable CA1031 // Whatever fails for one user must not keep the others from their turn.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogUnchecked(e, userId);
            return _time.GetUtcNow() + _retryPeriod;
        }
    }

    [LoggerMessage(EventName = "WebhooksUnchecked", Level = LogLevel.Warning, Message = "The webhooks of user {UserId} could not be checked; they will be later")]
    private partial void LogUnchecked(Exception exception, string userId);
}
