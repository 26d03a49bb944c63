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
    // One call asks at most about so many, so that it ends long before it would time out; the janitor comes again at once.
    private const int MostAsked = 512;

    private const int AskedAtOnce = 16;

    // An upload that can't be asked (its silo or its store is down) is tried again then.
    private static readonly TimeSpan RetryPeriod = TimeSpan.FromMinutes(1);

    private readonly DuePages _due;
    private readonly TimeProvider _time;
    private readonly ILogger<UploadIndexGrain> _logger;
    private Task<int> _sweeping = Task.FromResult(0);

    public UploadIndexGrain([FromKeyedServices(WireNames.Storage)] IGrainStorage storage, IGrainContext context, TimeProvider time, ILogger<UploadIndexGrain> logger)
    {
        _due = new DuePages(storage, context.GrainId);
        _time = time;
        _logger = logger;
    }

    public override Task OnActivateAsync(CancellationToken cancellationToken) => _due.LoadAsync();

    public Task AddAsync(string uploadId, DateTimeOffset due) => _due.AddAsync(uploadId, due, _time.GetUtcNow());

    /// <summary>Sweeps that meet are one.</summary>
    public Task<int> SweepAsync()
    {
        if (_sweeping.IsCompleted)
            _sweeping = AskDueAsync();
        return _sweeping;
    }

    /// <summary>A page goes when those of it that still live are listed again: a crash before that asks some of them twice, which is harmless.</summary>
    private async Task<int> AskDueAsync()
    {
        var asked = 0;
        while (asked < MostAsked && await _due.NextAsync(_time.GetUtcNow()) is { } page)
        {
            foreach (var some in page.UploadIds.Chunk(AskedAtOnce))
                await Task.WhenAll(some.Select(AskAsync));
            await _due.RemoveAsync(page);
            asked += page.UploadIds.Count;
        }

        return asked;
    }

    private async Task AskAsync(string uploadId)
    {
        if (await ExpireAsync(uploadId) is { } again)
            await _due.AddAsync(uploadId, again, _time.GetUtcNow());
    }

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
