using Ingestion.Silo.Hosting;
using Ingestion.Videos;
using Microsoft.Extensions.Options;

namespace Ingestion.Silo.Worker;

/// <summary>The worker role: as many loops as videos may be processed at once, each taking one job at a time.</summary>
internal sealed partial class VideoWorker(
    IJobQueue queue, JobRunner runner, VideoProcessor processor, WorkerMetrics metrics, IHostApplicationLifetime host, IOptions<WorkerOptions> options, TimeProvider time, ILogger<VideoWorker> logger)
    : BackgroundService
{
    private static readonly TimeSpan _pauseAfterFault = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!await host.WaitForStartAsync(stoppingToken))
            return;
        if (processor.ToolPath is { } path)
            LogTools(path);
        else
            LogToolsMissing();
        await Task.WhenAll(Enumerable.Range(0, options.Value.Concurrency).Select(_ => TakeJobsAsync(stoppingToken)));
    }

    private async Task TakeJobsAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                metrics.QueueRead(await queue.CountAsync(stopping), await queue.OldestAsync(stopping));
                foreach (var job in await queue.ReceiveAsync(max: 1, JobRunner.Visibility, stopping))
                    await RunAsync(job, stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // The queue can't be asked; the loop must go on.
            catch (Exception e)
#pragma warning restore CA1031
            {
                LogReceiveFailed(e);
                await Task.Delay(_pauseAfterFault, time, CancellationToken.None);
            }
        }
    }

    /// <summary>A job that could not even be begun goes back at once, not only when its visibility ends.</summary>
    private async Task RunAsync(ReceivedJob job, CancellationToken stopping)
    {
        metrics.Received(job);
        try
        {
            await runner.RunAsync(job, stopping);
        }
#pragma warning disable CA1031 // Grains, queue and store fail in many ways; each is tried again, and counted by the queue.
        catch (Exception e) when (!stopping.IsCancellationRequested)
#pragma warning restore CA1031
        {
            LogJobFailed(e, job.Job.VideoId, job.Attempt);
            await queue.AbandonAsync(job, _pauseAfterFault, stopping);
        }
        finally
        {
            metrics.Released(job);
        }
    }

    [LoggerMessage(EventName = "MediaToolsFound", Level = LogLevel.Information, Message = "Videos are processed with {Path}")]
    private partial void LogTools(string path);

    [LoggerMessage(EventName = "MediaToolsMissing", Level = LogLevel.Warning, Message = "ffmpeg and ffprobe are not on PATH: videos become ready with their source only")]
    private partial void LogToolsMissing();

    [LoggerMessage(EventName = "JobFailed", Level = LogLevel.Error, Message = "The job of {VideoId} could not be done, attempt {Attempt}; it will be delivered again")]
    private partial void LogJobFailed(Exception exception, string videoId, int attempt);

    [LoggerMessage(EventName = "JobReceiveFailed", Level = LogLevel.Error, Message = "The queue could not be asked for jobs; it will be asked again")]
    private partial void LogReceiveFailed(Exception exception);
}
