using Ingestion.Calls;
using Orleans.CodeGeneration;

namespace Ingestion.Videos;

/// <summary>
/// The videos of one user, newest first. Key: the user id. It keeps ids only, in segments of bounded size, so that one more video costs one
/// small write and a user with 100,000 videos costs no more memory than one with ten.
/// </summary>
[Alias("ingestion.library"), GrainInterfaceType("ingestion.library"), Version(1)]
public interface ILibraryGrain : IGrainWithStringKey
{
    /// <summary>Lists a video and returns its place. The same id again changes nothing as long as it is among the newest.</summary>
    [Alias("add"), Repeatable]
    Task<long> AddAsync(string videoId);

    /// <summary>Takes a video off the list; when it is not at that place, nothing changes.</summary>
    [Alias("remove")]
    Task RemoveAsync(long position, string videoId);

    /// <summary>The user is erased: the list goes as a whole.</summary>
    [Alias("erase")]
    Task EraseAsync();

    /// <summary>At most <paramref name="limit"/> (1–100) ids older than <paramref name="cursor"/>; from the newest when it is null.</summary>
    [Alias("list"), Repeatable]
    Task<LibraryPage> ListAsync(long? cursor, int limit);

    /// <summary>A page in either order, with the place of each video. Videos that are added meanwhile stand at the list's end.</summary>
    [Alias("read"), Repeatable]
    Task<LibraryView> ReadAsync(LibraryQuery query);
}

/// <summary>One page of a library.</summary>
/// <param name="VideoIds">Newest first.</param>
/// <param name="Next">The cursor of the next page; null on the last one.</param>
[GenerateSerializer, Immutable, Alias("ingestion.library-page")]
public sealed record LibraryPage([property: Id(0)] IReadOnlyList<string> VideoIds, [property: Id(1)] long? Next);
