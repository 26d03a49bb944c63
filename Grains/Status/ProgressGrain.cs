using Ingestion.Grains.Silos.Shedding;
using Ingestion.Status;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;

namespace Ingestion.Grains.Status;

/// <inheritdoc cref="IProgressGrain"/>
/// <remarks>
/// Orleans keeps an object for each stream that something outside of a grain has published on, as long as the silo lives, and there is a stream for
/// each user. What a grain has published on goes with its activation, so this one makes way for a new one now and then. Reentrant: one message that
/// can't be delivered must not hold back those behind it.
/// </remarks>
[StatelessWorker(maxLocalWorkers: 1)]
[Reentrant]
[Reclaimable(bytes: 2500, reads: 0, Never = true)] // One a silo; makes way by itself.
internal sealed partial class ProgressGrain(ILogger<ProgressGrain> logger) : Grain, IProgressGrain
{
    // About 5 MB of streams.
    private const int MostPublished = 10_000;

    // When the queue of the streams can't be reached, messages wait for its answer as long as a call may take.
    private const int MostUnderWay = 1_000;

    private int _published;
    private int _underWay;
    private bool _fails;

    public async Task PublishAsync(string owner, StatusEvent progress)
    {
        if (_underWay >= MostUnderWay)
            return;
        if (++_published == MostPublished)
            DeactivateOnIdle();
        _underWay++;
        try
        {
            await this.PublishProgressAsync(owner, progress);
            _fails = false;
        }
#pragma warning disable CA1031 // Whatever fails, progress may be lost; the next one is newer.
        catch (Exception e)
#pragma warning restore CA1031
        {
            if (!_fails)
                LogLost(e);
            _fails = true;
        }
        finally
        {
            _underWay--;
        }
    }

    [LoggerMessage(EventName = "ProgressLost", Level = LogLevel.Warning,
        Message = "Progress can't be published and is lost until it can; states are not affected")]
    private partial void LogLost(Exception exception);
}
