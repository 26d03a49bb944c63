namespace Ingestion.Videos;

/// <summary>The videos of all users, as they are stored: for operators and for back ends that act for all users.</summary>
public interface IVideoDirectory
{
    /// <summary>Some of them, in an order that stays, behind the one of an id; from the beginning where that is null.</summary>
    Task<VideoPage> ReadAsync(string? after, CancellationToken cancellationToken);
}

/// <summary>Some videos of all.</summary>
/// <param name="Videos">Those that are not being removed.</param>
/// <param name="Looked">How many were looked at for them.</param>
/// <param name="Last">The id of the last one that was looked at; null: there are no more.</param>
public sealed record VideoPage(IReadOnlyList<VideoRecord> Videos, int Looked, string? Last);
