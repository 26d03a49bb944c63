using Ingestion.Grains.Silos.Recycling;
using Ingestion.Silos.Recycling;

namespace Ingestion.Grains.Silos.Deciding;

/// <summary>Which silo has the lease to restart itself: one at a time, and none for longer than its stop and <see cref="Absence"/>.</summary>
internal static class RecycleLeaseRules
{
    /// <summary>How long a silo may be away: its supervisor starts it within seconds, and a start takes seconds too.</summary>
    public static readonly TimeSpan Absence = TimeSpan.FromMinutes(2);

    /// <summary>What a claim makes of the lease. It is granted when the holder is the silo of the claim then.</summary>
    /// <param name="holder">The silo that has the lease.</param>
    /// <param name="claim">The silo that wants it.</param>
    /// <param name="holderRuns">Whether the cluster has the silo of <paramref name="holder"/> still.</param>
    /// <param name="now">The time.</param>
    public static RecycleHolder Take(RecycleHolder? holder, RecycleClaim claim, bool holderRuns, DateTimeOffset now)
    {
        // In one seat there is one silo at a time: the one before has gone.
        if (holder is null || holder.Until <= now || holder.Seat == claim.Seat)
            return new RecycleHolder(claim.Seat, claim.Silo.ToParsableString(), claim.Reason, now + claim.Stop + Absence);
        // It needs no more time for its stop. Seen again later, this is no later time.
        return !holderRuns && holder.Until > now + Absence ? holder with { Until = now + Absence } : holder;
    }

    /// <summary>The lease when the silo of this address gives it back.</summary>
    public static RecycleHolder? Release(RecycleHolder? holder, SiloAddress silo) => holder?.Silo == silo.ToParsableString() ? null : holder;

    /// <summary>The lease when a silo in this seat takes requests: ended if an earlier silo in it had the lease.</summary>
    public static RecycleHolder? Return(RecycleHolder? holder, string seat, SiloAddress silo) =>
        holder?.Seat == seat && holder.Silo != silo.ToParsableString() ? null : holder;
}
