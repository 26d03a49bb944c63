namespace Ingestion.Videos;

/// <summary>A page of a list of videos.</summary>
/// <param name="Cursor">The place behind which it begins; null: at the list's beginning in that order.</param>
/// <param name="Limit">How many at most, 1–100.</param>
/// <param name="OldestFirst">The order; newest first otherwise.</param>
[GenerateSerializer, Immutable, Alias("ingestion.library-query")]
public sealed record LibraryQuery([property: Id(0)] long? Cursor, [property: Id(1)] int Limit, [property: Id(2)] bool OldestFirst);

/// <summary>One page of a list of videos.</summary>
/// <param name="Videos">In the order that was wanted.</param>
/// <param name="IsLast">Whether nothing follows for now.</param>
[GenerateSerializer, Immutable, Alias("ingestion.library-view")]
public sealed record LibraryView([property: Id(0)] IReadOnlyList<LibraryEntry> Videos, [property: Id(1)] bool IsLast);

/// <summary>A video at its place in a list.</summary>
/// <param name="Position">Its place; never given to another video.</param>
/// <param name="VideoId">Its id.</param>
[GenerateSerializer, Immutable, Alias("ingestion.library-entry")]
public sealed record LibraryEntry([property: Id(0)] long Position, [property: Id(1)] string VideoId);
