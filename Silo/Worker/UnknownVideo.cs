using Ingestion.Uploads;
using Ingestion.Videos;

namespace Ingestion.Silo.Worker;

/// <summary>
/// A job whose video does not exist. That proves nothing about its bytes: the upload may be completing, its silo may be frozen just before it
/// creates the video, and the record may be in the database of another cluster, or in a database that was restored from an older backup. So no byte is
/// deleted here. The upload is finished according to its own record. A job without any record is put back, and at last its id is closed, so that
/// nothing can be acknowledged whose job is gone; then the dead letter names it.
/// </summary>
internal sealed partial class UnknownVideo(IGrainFactory grains, IJobQueue queue, WorkerMetrics metrics, TimeProvider time, ILogger<UnknownVideo> logger)
{
    /// <summary>A silo that was frozen for less continues as if nothing had happened.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan _pendingDelay = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _longestDelay = TimeSpan.FromMinutes(1);

    // With the delays between them as long as the patience; for a queue that does not know how old a job is.
    private const int MostAttempts = 13;

    /// <summary>One delivery of the job.</summary>
    public async Task HandleAsync(ReceivedJob job, CancellationToken stopping)
    {
        var (id, video) = (job.Job.VideoId, grains.GetGrain<IVideoGrain>(job.Job.VideoId));
        // Waits for a completion under way, or does it.
        var upload = await grains.GetGrain<IUploadGrain>(id).FinishForJobAsync();
        if (await video.ExistsAsync())
            await queue.AbandonAsync(job, TimeSpan.Zero, stopping);
        else if (upload is UploadState.None)
            await HandleUnknownAsync(job, video, stopping);
        else if (upload is UploadState.Completing or UploadState.Ending)
            await queue.AbandonAsync(job, _pendingDelay, stopping);
        else
            // Open: it sends another job when it completes. Otherwise its record is marked as ended, and its grain has done what follows.
            await queue.CompleteAsync(job, stopping);
    }

    private async Task HandleUnknownAsync(ReceivedJob job, IVideoGrain video, CancellationToken stopping)
    {
        var waited = job.EnqueuedAt is { } enqueued ? time.GetUtcNow() - enqueued >= Patience : job.Attempt >= MostAttempts;
        // A video that appears at the last moment needs the job.
        if (!waited || !await video.CloseAsync())
        {
            LogPutBack(job.Job.VideoId, job.Attempt);
            await queue.AbandonAsync(job, DelayAfter(job.Attempt), stopping);
            return;
        }

        await queue.DeadLetterAsync(job, "there is no record of this video or of its upload; its bytes, if any, are where they were", stopping);
        metrics.DeadLettered();
        LogDeadLettered(job.Job.VideoId);
    }

    private static TimeSpan DelayAfter(int attempt) => TimeSpan.FromSeconds(Math.Min(_longestDelay.TotalSeconds, 4 << Math.Clamp(attempt, 0, 8)));

    [LoggerMessage(EventName = "JobOfUnknownVideo", Level = LogLevel.Warning,
        Message = "There is a job of video {VideoId}, but no record of it or of its upload, attempt {Attempt}; nothing is deleted, and the job is put back")]
    private partial void LogPutBack(string videoId, int attempt);

    [LoggerMessage(EventName = "JobOfUnknownVideoDeadLettered", Level = LogLevel.Error,
        Message = "There is still no record of video {VideoId} or of its upload; its job is in the dead letters, and nothing is deleted")]
    private partial void LogDeadLettered(string videoId);
}
