namespace Ingestion.Status;

/// <summary>What a client has acknowledged.</summary>
/// <param name="Cursor">The place that it acknowledged.</param>
/// <param name="Events">
/// Offsets up to there of the terminal events that it received, as it listens to some videos only; null when it received every event up to there.
/// </param>
[GenerateSerializer, Immutable, Alias("ingestion.acknowledgement")]
public sealed record Acknowledgement([property: Id(0)] Cursor Cursor, [property: Id(1)] IReadOnlyList<long>? Events = null);
