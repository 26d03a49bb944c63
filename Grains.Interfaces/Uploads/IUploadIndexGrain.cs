using Ingestion.Calls;

namespace Ingestion.Uploads;

/// <summary>
/// Which uploads lie unfinished, so that they can be found again after any restart. Key: a shard, see <see cref="UploadShards"/>.
/// An upload is listed before it exists and checked when it is due; only its own grain knows its state.
/// </summary>
[Alias("ingestion.upload-index"), GrainInterfaceType("ingestion.upload-index")]
public interface IUploadIndexGrain : IGrainWithStringKey
{
    /// <summary>Lists an upload to be checked at <paramref name="due"/>. Returns once that is durable.</summary>
    [Alias("add"), Repeatable]
    Task AddAsync(string uploadId, DateTimeOffset due);

    /// <summary>All uploads of the shard, finished ones whose record is kept among them. Some may be listed twice, or have no record.</summary>
    [Alias("list")]
    Task<IReadOnlyList<string>> ListAsync();

    /// <summary>Takes uploads off the index, because nothing is left of them.</summary>
    [Alias("remove"), Repeatable]
    Task RemoveAsync(IReadOnlyList<string> uploadIds);

    /// <summary>
    /// Checks uploads that are due (<see cref="IUploadGrain.ExpireAsync"/>); not all of them when there are very many.
    /// </summary>
    /// <returns>How many were checked. The sweep calls again until the answer is 0.</returns>
    [Alias("sweep"), ResponseTimeout("00:00:30")]
    Task<int> SweepAsync();
}

/// <summary>Which shard of an index an upload is in, and the video that it becomes.</summary>
public static class UploadShards
{
    /// <summary>All shards.</summary>
    public static IReadOnlyList<string> All { get; } =
        [.. Enumerable.Range(0, 16).Select(i => i.ToString("x", System.Globalization.CultureInfo.InvariantCulture))];

    /// <summary>By its last digit, which is random.</summary>
    public static string Of(string uploadId) => uploadId[^1..];
}
