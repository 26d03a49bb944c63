namespace Ingestion.Grains.Silos.Deciding;

/// <summary>After what a silo restarts itself.</summary>
/// <param name="Requests">So many requests; 0: never for that.</param>
/// <param name="Age">So long; zero: never for that.</param>
internal readonly record struct RecycleLimits(long Requests, TimeSpan Age)
{
    // Silos that started together and share their load would go one behind the other.
    private const double Jitter = 0.1;

    /// <summary>The limits of one life of a silo.</summary>
    /// <param name="requests">As they are set.</param>
    /// <param name="hours">As they are set.</param>
    /// <param name="chance">From 0 to 1, another one at each start: by how much of a tenth the limits are later.</param>
    public static RecycleLimits Of(long requests, int hours, double chance)
    {
        var share = 1 + (Jitter * chance);
        return new RecycleLimits((long)(requests * share), TimeSpan.FromHours(hours) * share);
    }
}
