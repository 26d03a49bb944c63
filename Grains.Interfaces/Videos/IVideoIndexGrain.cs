using Ingestion.Calls;
using Ingestion.Uploads;

namespace Ingestion.Videos;

/// <summary>
/// Which videos have work pending that no job in the queue stands for (a job that the queue did not take, events that could not be published, a
/// deletion), and which ids are closed, so that each is found again after any restart. Key: a shard, see <see cref="UploadShards"/>.
/// A video is listed before that is stored; only its own grain knows its state.
/// </summary>
[Alias("ingestion.video-index"), GrainInterfaceType("ingestion.video-index")]
public interface IVideoIndexGrain : IGrainWithStringKey
{
    /// <summary>Lists a video to be checked at <paramref name="due"/>. Returns once that is durable.</summary>
    [Alias("add"), Repeatable]
    Task AddAsync(string videoId, DateTimeOffset due);

    /// <summary>Checks videos that are due (<see cref="IVideoGrain.CheckAsync"/>); not all of them when there are very many.</summary>
    /// <returns>How many were checked. The sweep calls again until the answer is 0.</returns>
    [Alias("sweep"), ResponseTimeout("00:00:30")]
    Task<int> SweepAsync();
}
