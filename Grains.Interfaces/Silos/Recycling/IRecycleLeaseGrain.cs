namespace Ingestion.Silos.Recycling;

/// <summary>
/// Which silo of the cluster restarts itself now: one at a time. One lease for the cluster, key <see cref="RecycleLease.Key"/>. It is stored before a call
/// returns.
/// </summary>
[Alias("ingestion.recycle-lease"), GrainInterfaceType("ingestion.recycle-lease")]
public interface IRecycleLeaseGrain : IGrainWithStringKey
{
    /// <summary>Takes the lease, if no other silo has it. A silo that has it already gets it again.</summary>
    /// <returns>The lease as it stands then: granted when its silo is that of the claim.</returns>
    [Alias("take")]
    Task<RecycleLease> TakeAsync(RecycleClaim claim);

    /// <summary>The silo goes on without a restart. Without effect when another silo has the lease.</summary>
    [Alias("release")]
    Task ReleaseAsync(SiloAddress silo);

    /// <summary>A silo has started and takes requests. The lease that its predecessor in the same seat took ends.</summary>
    /// <returns>Why the predecessor restarted itself; null when it did not have the lease.</returns>
    [Alias("return")]
    Task<string?> ReturnAsync(string seat, SiloAddress silo);
}

/// <summary>A silo that is to restart itself.</summary>
/// <param name="Seat">Names the silo in all of its lives: its successor has the same.</param>
/// <param name="Silo">The silo in this life.</param>
/// <param name="Reason">A name of <see cref="RecycleReason"/>.</param>
/// <param name="Stop">How long its stop takes at most.</param>
[GenerateSerializer, Immutable, Alias("ingestion.recycle-claim")]
public sealed record RecycleClaim(
    [property: Id(0)] string Seat, [property: Id(1)] SiloAddress Silo, [property: Id(2)] string Reason, [property: Id(3)] TimeSpan Stop);

/// <summary>Which silo may restart itself.</summary>
/// <param name="Silo">It, in the life that took the lease.</param>
/// <param name="Until">When the lease ends, if the silo is not back before.</param>
[GenerateSerializer, Immutable, Alias("ingestion.recycle-lease-copy")]
public sealed record RecycleLease([property: Id(0)] SiloAddress Silo, [property: Id(1)] DateTimeOffset Until)
{
    /// <summary>Key of the only lease.</summary>
    public const string Key = "silos";
}
