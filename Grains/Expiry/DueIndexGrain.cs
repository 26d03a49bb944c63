using Microsoft.Extensions.Logging;
using Orleans.Storage;

namespace Ingestion.Grains.Expiry;

/// <summary>
/// A shard of an index of grains to be checked when they are due. The derived grain calls them, and must be reentrant, so that grains that are
/// listed at once share their writes, and are listed while others are being checked.
/// </summary>
internal abstract partial class DueIndexGrain : Grain
{
    // A grain that can't be checked (a silo or a store is down) is checked again then.
    private static readonly TimeSpan _retryPeriod = TimeSpan.FromMinutes(1);

    private readonly DuePages _due;
    private readonly DueSweep _sweep;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    protected DueIndexGrain(IGrainStorage storage, IGrainContext context, string prefix, TimeProvider time, ILogger logger)
    {
        _due = new DuePages(storage, context.GrainId, prefix);
        _sweep = new DueSweep(_due, TryCheckAsync, time);
        (_time, _logger) = (time, logger);
    }

    public override Task OnActivateAsync(CancellationToken cancellationToken) => _due.LoadAsync();

    public Task AddAsync(string id, DateTimeOffset due) => _due.AddAsync(id, due, _time.GetUtcNow());

    public Task<IReadOnlyList<string>> ListAsync() => _due.ListAsync();

    public Task RemoveAsync(IReadOnlyList<string> ids) => _due.RemoveAsync(ids.ToHashSet(StringComparer.Ordinal));

    public Task<int> SweepAsync() => _sweep.RunAsync();

    /// <summary>Checks one: when to check it again, or null when it is to be forgotten.</summary>
    protected abstract Task<DateTimeOffset?> CheckAsync(string id);

    private async Task<DateTimeOffset?> TryCheckAsync(string id)
    {
        try
        {
            return await CheckAsync(id);
        }
#pragma warning disable CA1031 // A failure of one must not keep the others from their turn.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogCheckFailed(e, id);
            return _time.GetUtcNow() + _retryPeriod;
        }
    }

    [LoggerMessage(EventName = "DueCheckFailed", Level = LogLevel.Warning, Message = "{Id} is due and could not be checked; it is retried in a minute")]
    private partial void LogCheckFailed(Exception exception, string id);
}
