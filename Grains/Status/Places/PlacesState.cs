namespace Ingestion.Grains.Status.Places;

/// <summary>
/// Where a user's sockets and event streams were when the grain was deactivated. More than there are any more does no harm: the silos are asked.
/// </summary>
internal sealed record PlacesState
{
    /// <summary>By silo; none twice.</summary>
    public IReadOnlyList<PlacesOfSilo> Silos { get; init; } = [];
}

/// <summary>How many places there are in one silo.</summary>
/// <param name="Silo">Its address, parsable.</param>
/// <param name="Own">The user's own.</param>
/// <param name="Guests">Those of guests.</param>
internal sealed record PlacesOfSilo(string Silo, int Own, int Guests);
