using Ingestion.Creations;
using Ingestion.Grains.Silos.Shedding;
using Ingestion.Grains.Storage;

namespace Ingestion.Grains.Creations;

/// <inheritdoc cref="ICreationKeyGrain"/>
/// <remarks>Which request runs is not stored: it dies with its silo, or is forgotten when it no longer says that it runs.</remarks>
[CollectionAgeLimit(Minutes = 2)]
[Reclaimable(bytes: 2400, reads: 1)]
internal sealed class CreationKeyGrain(
    [PersistentState("creation-key", WireNames.Storage)] IPersistentState<CreationKeyState> stored, TimeProvider time)
    : Grain, ICreationKeyGrain, IPinned
{
    private long _attempt;
    private DateTimeOffset _heldUntil;

    // Which request runs is nowhere else.
    bool IPinned.IsPinned => _heldUntil > time.GetUtcNow();

    private CreationKeyState State => stored.State;

    public async Task<CreationStart> BeginAsync(string fingerprint, string id)
    {
        var (now, attempt) = (time.GetUtcNow(), NextAttempt());
        if (State.Id.Length > 0 && State.ExpiresAt > now)
        {
            if (State.Fingerprint != fingerprint)
                return new CreationStart(CreationOutcome.Reused, 0, "");
            if (State.IsMade)
                return new CreationStart(CreationOutcome.Made, Hold(attempt), State.Id);
            return _heldUntil > now
                ? new CreationStart(CreationOutcome.Running, 0, "")
                : new CreationStart(CreationOutcome.Unknown, Hold(attempt), State.Id);
        }

        var key = this.GetPrimaryKeyString();
        var expires = now + CreationKey.Lasts;
        // Listed before it is stored: the index may name a key that a crash kept from being born, never miss an existing one.
        await GrainFactory.GetGrain<ICreationKeyIndexGrain>(CreationKey.ShardOf(key)).AddAsync(key, expires);
        await SaveAsync(new CreationKeyState { Fingerprint = fingerprint, Id = id, Attempt = attempt, ExpiresAt = expires });
        return new CreationStart(CreationOutcome.First, Hold(attempt), id);
    }

    public Task HoldAsync(long attempt)
    {
        if (Runs(attempt) && State is { Id.Length: > 0, IsMade: false })
            Hold(attempt);
        return Task.CompletedTask;
    }

    public async Task<bool> RestartAsync(long attempt, string id)
    {
        if (!Runs(attempt) || State.Id.Length == 0)
            return false;
        await SaveAsync(State with { Id = id, Attempt = attempt, IsMade = false });
        return true;
    }

    public async Task EndAsync(long attempt, CreationEnd end)
    {
        if (!Runs(attempt))
            return;
        (_attempt, _heldUntil) = (0, default);
        // One that took the key over, and was refused before it named a resource, leaves the earlier one's: that may exist.
        if (end is CreationEnd.Refused && State.Attempt == attempt)
            await stored.ClearStateAsync();
        else if (end is CreationEnd.Made && State is { Id.Length: > 0, IsMade: false })
            await SaveAsync(State with { IsMade = true });
    }

    public async Task<DateTimeOffset?> ExpireAsync()
    {
        if (State.Id.Length == 0)
            return null;
        if (State.ExpiresAt > time.GetUtcNow())
            return State.ExpiresAt;
        await stored.ClearStateAsync();
        return null;
    }

    /// <summary>Unknown to an activation that has not let it begin; but never an earlier one than the resource's: attempts only rise.</summary>
    private bool Runs(long attempt) => _attempt == 0 ? attempt >= State.Attempt : _attempt == attempt;

    private long NextAttempt() => Math.Max(Math.Max(_attempt, State.Attempt) + 1, time.GetUtcNow().UtcTicks);

    private long Hold(long attempt)
    {
        (_attempt, _heldUntil) = (attempt, time.GetUtcNow() + CreationKey.HoldLasts);
        return attempt;
    }

    private Task SaveAsync(CreationKeyState next) => stored.SaveAsync(next, _ => DeactivateOnIdle());
}
