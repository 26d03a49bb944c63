using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Ingestion.Grains.Silos.Shedding;

/// <summary>
/// Follows the activations of this silo and sheds those that are worth least. Nothing is done for a call: Orleans itself keeps when an activation was called
/// last, and its working set reports what has become idle or active. It looks every five seconds and counts an activation as idle after ten, so that idle
/// times are five seconds coarse.
/// </summary>
/// <param name="census">What is known of the activations.</param>
/// <param name="metrics">Counts those shed and back.</param>
/// <param name="options">Where Orleans' own shedding is compared, what it deactivates counts as shed, too.</param>
/// <param name="services">The working set observes through this, so that it can't be asked for before it exists.</param>
internal sealed class IdleGrains(ActivationCensus census, IdleGrainMetrics metrics, IOptions<MemoryOptions> options, IServiceProvider services)
    : IIdleGrains, IActivationWorkingSetObserver
{
    /// <summary>
    /// Activations shed by one call at most. Each takes a moment of CPU and some memory until it has ended, and the caller looks at what it has
    /// gained before it sheds more.
    /// </summary>
    public const int MostAtOnce = 16_384;

    // Pinned and busy ones cost time, too.
    private const int MostLooks = 2 * MostAtOnce;

    private static readonly DeactivationReason _reason = new(DeactivationReasonCode.HighMemoryPressure, "Idle, and the silo runs out of memory.");

    private readonly bool _orleansSheds = options.Value.OrleansSheds;

    public IdleGrainsSample Read() => census.Read();

    public Shed Shed(long bytes)
    {
        var (count, expected) = (0, 0L);
        for (var looks = 0; looks < MostLooks && count < MostAtOnce && expected < bytes && census.TryTake(out var member, out var size); looks++)
        {
            if (!TryShed((IActivationWorkingSetMember)member))
                continue;
            count++;
            expected += size;
        }

        return new Shed(count, expected);
    }

    void IActivationWorkingSetObserver.OnAdded(IActivationWorkingSetMember member)
    {
        if (member is not IGrainContext { GrainInstance: { } grain } context)
            return;
        if (census.Added(member, grain.GetType(), context.GrainId) is { } returned)
            metrics.Returned(returned.Name);
    }

    void IActivationWorkingSetObserver.OnIdle(IActivationWorkingSetMember member) =>
        census.Idled(member, ((member as IGrainContext)?.GrainInstance as ISized)?.EstimatedBytes);

    void IActivationWorkingSetObserver.OnActive(IActivationWorkingSetMember member) => census.Woke(member);

    void IActivationWorkingSetObserver.OnDeactivating(IActivationWorkingSetMember member)
    {
        // The reason is not to be seen here: within minutes hardly anything else deactivates.
        if (_orleansSheds && member is IGrainContext context && census.Shed(member, context.GrainId) is { } type)
            metrics.Shed(type.Name);
        census.Ended(member);
    }

    void IActivationWorkingSetObserver.OnDeactivated(IActivationWorkingSetMember member) => census.Ended(member);

    private bool TryShed(IActivationWorkingSetMember member)
    {
        // Nothing executes, nothing waits, and the last call is ten seconds ago. A call that comes between this and the deactivation is carried out
        // before it, or by the next activation; an upload keeps the lease that it grants in this moment.
        if (!member.IsCandidateForRemoval(wouldRemove: true))
        {
            // The question has marked it as being in the working set, where it may not be any more: nothing would report it as idle again.
            if (census.Has(member))
                services.GetRequiredService<IActivationWorkingSet>().OnActive(member);
            return false;
        }

        var context = (IGrainContext)member;
        if (context.GrainInstance is IPinned { IsPinned: true })
        {
            census.PutBack(member);
            return false;
        }

        // Before it is deactivated: it can be back at once.
        if (census.Shed(member, context.GrainId) is not { } type)
            return false;
        metrics.Shed(type.Name);
        context.Deactivate(_reason);
        return true;
    }
}
