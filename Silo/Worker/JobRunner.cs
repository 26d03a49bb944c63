using System.Diagnostics;
using Ingestion.Telemetry;
using Ingestion.Videos;
using Microsoft.Extensions.Options;

namespace Ingestion.Silo.Worker;

/// <summary>
/// Does one delivered job. The video's grain decides whether there is anything to do; this only claims, works, and reports. Delivered twice,
/// the second does nothing. A job whose video does not exist is <see cref="UnknownVideo"/>'s.
/// </summary>
internal sealed partial class JobRunner(
    IGrainFactory grains,
    IJobQueue queue,
    UnknownVideo unknown,
    VideoProcessor processor,
    ILocalSiloDetails silo,
    IOptions<WorkerOptions> options,
    WorkerMetrics metrics,
    TimeProvider time,
    ILogger<JobRunner> logger)
{
    /// <summary>Longer than the claim's lease, so that a job never comes back to a worker that would find it claimed.</summary>
    public static readonly TimeSpan Visibility = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan _lease = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan _heartbeat = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _report = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _busyDelay = TimeSpan.FromSeconds(5);

    public async Task RunAsync(ReceivedJob job, CancellationToken stopping)
    {
        var id = job.Job.VideoId;
        var video = grains.GetGrain<IVideoGrain>(id);
        var claim = await video.ClaimAsync(WorkerName.Of(silo.SiloAddress), _lease);
        switch (claim.Outcome)
        {
            case ClaimOutcome.Granted when AttemptOf(claim) is var attempt && attempt > options.Value.MaxAttempts:
                await GiveUpAsync(job, video, attempt - 1, stopping);
                break;
            case ClaimOutcome.Granted:
                await WorkAsync(job, video, claim, stopping);
                break;
            case ClaimOutcome.Busy:
                await queue.AbandonAsync(job, _busyDelay, stopping);
                break;
            case ClaimOutcome.Unknown:
                await unknown.HandleAsync(job, stopping);
                break;
            default:
                await queue.CompleteAsync(job, stopping);
                break;
        }
    }

    private static long AttemptOf(ClaimResult claim) => claim.Attempt > 0 ? claim.Attempt : claim.Epoch;

    /// <summary>
    /// Claims are counted and not deliveries: a duplicate of a job under way is delivered again and again, and so is a job that is looked at while other
    /// owners have their turn, or while the grain's storage is unavailable. None of that shows anything about the video.
    /// </summary>
    private async Task GiveUpAsync(ReceivedJob job, IVideoGrain video, long attempts, CancellationToken stopping)
    {
        await video.GiveUpAsync(new VideoError("processing_failed", "The video could not be processed after several tries."));
        await queue.DeadLetterAsync(job, "too many attempts", stopping);
        metrics.DeadLettered();
        LogDeadLettered(job.Job.VideoId, attempts);
    }

    private async Task WorkAsync(ReceivedJob job, IVideoGrain video, ClaimResult claim, CancellationToken stopping)
    {
        using var lost = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var progress = new JobProgress();
        var started = time.GetTimestamp();
        var heart = BeatAsync(job, video, claim.Epoch, progress, lost);
        try
        {
            var result = await processor.ProcessAsync(claim.Record!, progress, lost.Token);
            NoteChange(claim.Record!, result);
            await video.FinishAsync(claim.Epoch, result);
            metrics.Finished(result, time.GetElapsedTime(started));
            if (await video.IsPublishedAsync())
                await queue.CompleteAsync(job, CancellationToken.None);
            else
                await queue.AbandonAsync(job, _busyDelay, CancellationToken.None);
        }
        catch (OperationCanceledException) when (lost.IsCancellationRequested)
        {
            // Stopping, or the claim is gone: the next worker may start at once.
            await video.ReleaseAsync(claim.Epoch);
            await queue.AbandonAsync(job, TimeSpan.Zero, CancellationToken.None);
        }
#pragma warning disable CA1031 // Tools and stores break in many ways; each is retried, and at last becomes the video's error.
        catch (Exception e) when (e is not JobQueueUnavailableException)
#pragma warning restore CA1031
        {
            metrics.Retried();
            Activity.Current.Fail(e.GetType().Name);
            LogAttemptFailed(e, job.Job.VideoId, AttemptOf(claim));
            var pause = TimeSpan.FromSeconds(Math.Min(60, Math.Pow(2, AttemptOf(claim))));
            await video.ReleaseAsync(claim.Epoch, time.GetUtcNow() + pause);
            await queue.AbandonAsync(job, pause, CancellationToken.None);
        }
        finally
        {
            await lost.CancelAsync();
            await heart;
        }
    }

    /// <summary>
    /// Processed once more, the source must be what it was: nothing writes to it. Before the record shows the new digest, so that a crash in between makes
    /// two lines and never none.
    /// </summary>
    private void NoteChange(VideoRecord before, ProcessingResult result)
    {
        if (before.Sha256 is not { } old || result.Sha256 is not { } now || now == old)
            return;
        metrics.SourceChanged();
        LogSourceChanged(before.Id, old, now);
    }

    /// <summary>
    /// While the work runs: reports what has changed once a second, and keeps the claim and the job's visibility; ends the work when the claim is lost.
    /// </summary>
    private async Task BeatAsync(ReceivedJob job, IVideoGrain video, long epoch, JobProgress progress, CancellationTokenSource lost)
    {
        // A beat a second is no part of the story of a job.
        Activity.Current = null;
        using var clock = new PeriodicTimer(_report, time);
        var (reported, kept) = (progress.Read(), time.GetTimestamp());
        try
        {
            while (await clock.WaitForNextTickAsync(lost.Token))
            {
                var (reached, isDue) = (progress.Read(), time.GetElapsedTime(kept) >= _heartbeat);
                if (reached == reported && !isDue)
                    continue;
                reported = reached;
                if (isDue)
                    kept = time.GetTimestamp();
                await TryReportAsync(job, video, epoch, reached, isDue, lost);
            }
        }
        catch (OperationCanceledException)
        {
            // The work has ended.
        }
    }

    private async Task TryReportAsync(
        ReceivedJob job, IVideoGrain video, long epoch, JobProgress.Point reached, bool extend, CancellationTokenSource lost)
    {
        try
        {
            if (!await video.ReportProgressAsync(epoch, reached.Percent, _lease, reached.Step))
                await lost.CancelAsync();
            if (extend)
                await queue.ExtendAsync(job, Visibility, lost.Token);
        }
#pragma warning disable CA1031 // A missed beat is not fatal: the lease outlives three of them, and then the claim's epoch keeps this worker out.
        catch (Exception e)
#pragma warning restore CA1031
        {
            if (e is not JobQueueUnavailableException && !lost.IsCancellationRequested)
                LogHeartbeatFailed(e, job.Job.VideoId);
        }
    }
}
