using Ingestion.Backends.Media;
using Ingestion.Uploads;
using Ingestion.Videos;

namespace Ingestion.Silo.Worker;

/// <summary>
/// Makes of a source what viewers need: measures it and takes a poster. Idempotent: everything goes to fixed names, so doing it again
/// replaces the same objects. Without tools the source is all there is.
/// </summary>
internal sealed class VideoProcessor(IObjectStore store, MediaTools? tools)
{
    /// <summary>Where ffmpeg is; null when videos are not measured at all.</summary>
    public string? ToolPath => tools?.FfmpegPath;

    /// <summary>Throws when the tools or the store break (try again); a source that is no video is a result.</summary>
    public async Task<ProcessingResult> ProcessAsync(VideoRecord video, Func<int, Task> progress, CancellationToken cancellationToken)
    {
        if (tools is null)
            return new ProcessingResult(ProcessingDepth.SourceOnly, null, HasPoster: false, null);

        var address = await store.GetReadAddressAsync(ObjectKey.Source(video.Id), cancellationToken);
        var (media, error) = await tools.ProbeAsync(address, cancellationToken);
        if (media is null)
            return new ProcessingResult(ProcessingDepth.Full, null, HasPoster: false, error);
        await progress(50);

        var poster = await tools.MakePosterAsync(address, media, cancellationToken);
        if (poster is not null)
            await store.PutAsync(ObjectKey.Poster(video.Id), new MemoryStream(poster), cancellationToken);
        await progress(100);
        return new ProcessingResult(ProcessingDepth.Full, media, poster is not null, null);
    }
}
