namespace Ingestion.Grains.Silos.Recycling;

/// <summary>The stored lease. Immutable: a rule makes the next one.</summary>
internal sealed record RecycleLeaseState
{
    /// <summary>Null: no silo restarts itself.</summary>
    public RecycleHolder? Holder { get; init; }
}

/// <summary>The silo that may restart itself.</summary>
/// <param name="Seat">Its name in all of its lives.</param>
/// <param name="Silo">Its address in the life that took the lease.</param>
/// <param name="Reason">Why.</param>
/// <param name="Until">When the lease ends, if the silo is not back before.</param>
internal sealed record RecycleHolder(string Seat, string Silo, string Reason, DateTimeOffset Until);
