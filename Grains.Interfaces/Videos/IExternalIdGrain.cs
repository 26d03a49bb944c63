using System.Security.Cryptography;
using System.Text;

namespace Ingestion.Videos;

/// <summary>
/// The videos of one user that have one external id, as <see cref="ILibraryGrain"/> keeps all of them: a search costs as much as its videos, not as the
/// library. Key: <see cref="ExternalIds.KeyOf"/>. An entry may be of a video that has another external id by now.
/// </summary>
[Alias("ingestion.external-id"), GrainInterfaceType("ingestion.external-id")]
public interface IExternalIdGrain : IGrainWithStringKey
{
    /// <summary>Lists a video and returns its place. The same id again changes nothing as long as it is among the newest.</summary>
    [Alias("add")]
    Task<long> AddAsync(string videoId);

    /// <summary>Takes a video off the list; when it is not at that place, nothing changes. Nothing is left of a list without videos.</summary>
    [Alias("remove")]
    Task RemoveAsync(long position, string videoId);

    /// <summary>As <see cref="ILibraryGrain.ReadAsync"/>.</summary>
    [Alias("read")]
    Task<LibraryView> ReadAsync(LibraryQuery query);
}

/// <summary>Keys of external ids.</summary>
public static class ExternalIds
{
    /// <summary>Of fixed length, and without a trace of either: keys stand in the names of files and rows.</summary>
    public static string KeyOf(string owner, string externalId) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{owner}\0{externalId}")));
}
