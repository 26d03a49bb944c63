using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Ingestion.Grains.Uploads;

/// <summary>What one user's uploads take. Immutable: a rule makes the next one.</summary>
internal sealed record QuotaState
{
    /// <summary>Bytes of the user's finished videos.</summary>
    public long TotalBytes { get; init; }

    /// <summary>The day, in UTC, that <see cref="DayBytes"/> counts.</summary>
    public DateOnly Day { get; init; }

    /// <summary>Bytes that became videos on that day, removed again or not.</summary>
    public long DayBytes { get; init; }

    /// <summary>What uploads under way hold that survive their silo, by upload id.</summary>
    public ImmutableDictionary<string, QuotaReservation> Reservations { get; init; } = ImmutableDictionary<string, QuotaReservation>.Empty;

    /// <summary>Uploads whose reservation was committed last, so that a repeated commit counts once. Newest last.</summary>
    [JsonPropertyName("settled")]
    public IReadOnlyList<string> Committed { get; init; } = [];

    /// <summary>Videos whose bytes were returned last. Newest last.</summary>
    public IReadOnlyList<string> Returned { get; init; } = [];

    /// <summary>
    /// What uploads hold that die with their request. Never stored, as nothing would release them after a crash; internal, so that no
    /// serialiser sees them.
    /// </summary>
    internal ImmutableDictionary<string, QuotaReservation> Fleeting { get; init; } = ImmutableDictionary<string, QuotaReservation>.Empty;
}

/// <summary>What one upload under way holds.</summary>
/// <param name="Bytes">How many it may have.</param>
/// <param name="Until">When that lapses.</param>
internal sealed record QuotaReservation(long Bytes, DateTimeOffset Until);
