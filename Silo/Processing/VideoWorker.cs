using Ingestion.Backends.Hosting;
using Ingestion.Videos;
using Microsoft.Extensions.Options;

namespace Ingestion.Silo.Processing;

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
        if (!processor.HasTools)
            LogToolsMissing();
        await Task.WhenAll(Enumerable.Range(0, options.Value.Concurrency).Select(_ => TakeJobsAsync(stoppingToken)));
    }

    private async Task TakeJobsAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                metrics.QueueSize.Record(await queue.CountAsync(stopping));
                foreach (var job in await queue.ReceiveAsync(max: 1, JobRunner.Visibility, stopping))
                    await runner.RunAsync(job, stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // The job comes back by its visibility; the loop must go on.
            catch (Exception e)
#pragma warning restore CA1031
            {
                LogJobFailed(e);
                await Task.Delay(_pauseAfterFault, time, CancellationToken.None);
            }
        }
    }

    [LoggerMessage(EventName = "MediaToolsMissing", Level = LogLevel.Warning, Message = "ffmpeg and ffprobe are not on PATH: videos become ready with their source only")]
    private partial void LogToolsMissing();

    [LoggerMessage(EventName = "JobFailed", Level = LogLevel.Error, Message = "A job could not be taken or brought to an end; it will be delivered again")]
    private partial void LogJobFailed(Exception exception);
}
