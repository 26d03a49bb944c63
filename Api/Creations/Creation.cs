using Ingestion.Api.Problems;
using Ingestion.Creations;

namespace Ingestion.Api.Creations;

/// <summary>
/// A request with an <c>Idempotency-Key</c> that runs. Disposed without <see cref="EndAsync"/> it was broken off: the next request with the key looks for
/// the resource and makes it if it is not there.
/// </summary>
internal sealed class Creation : IAsyncDisposable
{
    private readonly ICreationKeyGrain _grain;
    private readonly long _attempt;
    private readonly ITimer _hold;
    private CreationEnd _end = CreationEnd.Unknown;
    private bool _ended;

    public Creation(ICreationKeyGrain grain, CreationStart start, TimeProvider time)
    {
        (_grain, _attempt, Id, MayExist, WasMade) =
            (grain, start.Attempt, start.Id, start.Outcome is not CreationOutcome.First, start.Outcome is CreationOutcome.Made);
        // Best effort: if no call arrives for a while, another request may run instead, as after a crash.
        _hold = time.CreateTimer(_ => _grain.HoldAsync(_attempt).Ignore(), null, CreationKey.HoldPeriod, CreationKey.HoldPeriod);
    }

    /// <summary>The resource.</summary>
    public string Id { get; private set; }

    /// <summary>Whether an earlier request may have made it.</summary>
    public bool MayExist { get; }

    /// <summary>Whether an earlier request has made it for sure: if it is not there, it was removed.</summary>
    public bool WasMade { get; }

    /// <summary>
    /// The earlier request has left nothing, and its id is closed: it may run on in a silo that was frozen. This one makes a resource of another id. False:
    /// a later request has taken over.
    /// </summary>
    public async Task<bool> RestartAsync(string id)
    {
        if (!await _grain.RestartAsync(_attempt, id))
            return false;
        Id = id;
        return true;
    }

    /// <summary>The request has ended so.</summary>
    public async Task EndAsync(CreationEnd end)
    {
        _ended = true;
        await _hold.DisposeAsync();
        await _grain.EndAsync(_attempt, end);
    }

    /// <summary>The request is refused. Unless that is our own fault, nothing is left of it.</summary>
    public void Refuse(Problem problem)
    {
        if (problem.Status < StatusCodes.Status500InternalServerError)
            _end = CreationEnd.Refused;
    }

    public async ValueTask DisposeAsync()
    {
        await _hold.DisposeAsync();
        if (_ended)
            return;
        _ended = true;
        // An outcome that can't be stored is not lost: the next request with this key looks for the resource itself.
        await _grain.EndAsync(_attempt, _end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
