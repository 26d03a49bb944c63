using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Ingestion.Grains.Silos.Shedding;

/// <summary>
/// Follows the activations of this silo and sheds those that are worth least. Nothing is done for a call: Orleans itself keeps when an activation was called
/// last, and its working set reports what has become idle or active. It looks every five seconds and counts an activation as idle after ten, so that idle
/// times are five seconds coarse.
/// </summary>
internal sealed class IdleGrains : IIdleGrains, IActivationWorkingSetObserver
{
    /// <summary>
    /// Activations shed by one call at most: the caller looks at what it has gained before it sheds more.
    /// </summary>
    public const int MostAtOnce = 16_384;

    // Pinned and busy ones cost time, too.
    private const int MostLooks = 2 * MostAtOnce;

    private static readonly DeactivationReason _reason = new(DeactivationReasonCode.HighMemoryPressure, "Idle, and the silo runs out of memory.");

    private readonly ActivationCensus _census;
    private readonly IdleGrainMetrics _metrics;
    private readonly IServiceProvider _services;
    private readonly bool _orleansSheds;
    private readonly ShedPace _pace;

    /// <param name="census">What is known of the activations.</param>
    /// <param name="metrics">Counts those shed and back.</param>
    /// <param name="options">Where Orleans' own shedding is compared, what it deactivates counts as shed, too.</param>
    /// <param name="services">The working set observes through this, so that it can't be asked for before it exists.</param>
    /// <param name="time">For deactivations that do not end.</param>
    public IdleGrains(
        ActivationCensus census, IdleGrainMetrics metrics, IOptions<MemoryOptions> options, IServiceProvider services, TimeProvider time)
    {
        (_census, _metrics, _services) = (census, metrics, services);
        _orleansSheds = options.Value.OrleansSheds;
        _pace = new ShedPace(member => TryShed((IActivationWorkingSetMember)member), time);
    }

    public IdleGrainsSample Read() => _census.Read() with { Leaving = _pace.Waiting };

    public Shed Shed(long bytes)
    {
        var (count, expected) = (0, 0L);
        _pace.Go();
        for (var looks = 0; looks < MostLooks && count < MostAtOnce && expected < bytes && _census.TryTake(out var member, out var size); looks++)
        {
            if (!MayGo((IActivationWorkingSetMember)member))
                continue;
            _pace.Add(member);
            count++;
            expected += size;
        }

        return new Shed(count, expected);
    }

    void IActivationWorkingSetObserver.OnAdded(IActivationWorkingSetMember member)
    {
        if (member is not IGrainContext { GrainInstance: { } grain } context)
            return;
        if (_census.Added(member, grain.GetType(), context.GrainId) is { } returned)
            _metrics.Returned(returned.Name);
    }

    void IActivationWorkingSetObserver.OnIdle(IActivationWorkingSetMember member) =>
        _census.Idled(member, ((member as IGrainContext)?.GrainInstance as ISized)?.EstimatedBytes);

    void IActivationWorkingSetObserver.OnActive(IActivationWorkingSetMember member) => _census.Woke(member);

    void IActivationWorkingSetObserver.OnDeactivating(IActivationWorkingSetMember member)
    {
        // The reason is not to be seen here: within minutes hardly anything else deactivates.
        if (_orleansSheds && member is IGrainContext context && _census.Shed(member, context.GrainId) is { } type)
            _metrics.Shed(type.Name);
        _census.Ended(member);
    }

    void IActivationWorkingSetObserver.OnDeactivated(IActivationWorkingSetMember member)
    {
        _census.Ended(member);
        _pace.Ended(member);
    }

    /// <summary>Nothing executes, nothing waits, and the last call is ten seconds ago.</summary>
    private bool MayGo(IActivationWorkingSetMember member)
    {
        if (!member.IsCandidateForRemoval(wouldRemove: true))
        {
            // The question has marked it as being in the working set, where it may not be any more: nothing would report it as idle again.
            if (_census.Has(member))
                _services.GetRequiredService<IActivationWorkingSet>().OnActive(member);
            return false;
        }

        if (((IGrainContext)member).GrainInstance is not IPinned { IsPinned: true })
            return true;
        _census.PutBack(member);
        return false;
    }

    /// <summary>
    /// A call that comes between the question and the deactivation is carried out before it, or by the next activation; an upload keeps the lease that it
    /// grants in this moment.
    /// </summary>
    private bool TryShed(IActivationWorkingSetMember member)
    {
        // It may have waited for its turn.
        if (!MayGo(member))
            return false;
        var context = (IGrainContext)member;
        // Before it is deactivated: it can be back at once.
        if (_census.Shed(member, context.GrainId) is not { } type)
            return false;
        _metrics.Shed(type.Name);
        context.Deactivate(_reason);
        return true;
    }
}
