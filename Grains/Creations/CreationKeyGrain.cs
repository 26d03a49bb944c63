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
        var now = time.GetUtcNow();
        if (State.Id.Length > 0 && State.ExpiresAt > now)
        {
            if (State.Fingerprint != fingerprint)
                return new CreationStart(CreationOutcome.Reused, 0, "");
            if (State.IsMade)
                return new CreationStart(CreationOutcome.Made, Hold(now), State.Id);
            return _heldUntil > now
                ? new CreationStart(CreationOutcome.Running, 0, "")
                : new CreationStart(CreationOutcome.Unknown, Hold(now), State.Id);
        }

        var key = this.GetPrimaryKeyString();
        var expires = now + CreationKey.Lasts;
        // Listed before it is stored: the index may name a key that a crash kept from being born, never miss an existing one.
        await GrainFactory.GetGrain<ICreationKeyIndexGrain>(CreationKey.ShardOf(key)).AddAsync(key, expires);
        await SaveAsync(new CreationKeyState { Fingerprint = fingerprint, Id = id, ExpiresAt = expires });
        return new CreationStart(CreationOutcome.First, Hold(now), id);
    }

    public Task HoldAsync(long attempt)
    {
        // The activation that let it begin may be gone.
        if (_attempt == 0)
            _attempt = attempt;
        if (_attempt == attempt && State is { Id.Length: > 0, IsMade: false })
            _heldUntil = time.GetUtcNow() + CreationKey.HoldLasts;
        return Task.CompletedTask;
    }

    public async Task<bool> RestartAsync(long attempt, string id)
    {
        if (!Runs(attempt) || State.Id.Length == 0)
            return false;
        await SaveAsync(State with { Id = id, IsMade = false });
        return true;
    }

    public async Task EndAsync(long attempt, CreationEnd end)
    {
        if (!Runs(attempt))
            return;
        (_attempt, _heldUntil) = (0, default);
        if (end is CreationEnd.Refused)
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

    private bool Runs(long attempt) => _attempt == attempt || _attempt == 0;

    private long Hold(DateTimeOffset now)
    {
        _attempt = Math.Max(_attempt + 1, now.UtcTicks);
        _heldUntil = now + CreationKey.HoldLasts;
        return _attempt;
    }

    private Task SaveAsync(CreationKeyState next) => stored.SaveAsync(next, _ => DeactivateOnIdle());
}
