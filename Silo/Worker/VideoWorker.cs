using Ingestion.Api.Stopping;
using Ingestion.Backends.JobQueue;
using Ingestion.Silo.Hosting;
using Ingestion.Silos;
using Ingestion.Telemetry;
using Ingestion.Videos;
using Microsoft.Extensions.Options;

namespace Ingestion.Silo.Worker;

/// <summary>
/// The worker role: as many loops as videos may be processed at once, each taking one job at a time. When memory is short only the first takes jobs, or none.
/// </summary>
internal sealed partial class VideoWorker(
    IJobQueue queue,
    JobRunner runner,
    ForeignJobs foreign,
    VideoProcessor processor,
    WorkerMetrics metrics,
    IHostApplicationLifetime host,
    SiloStop stop,
    IMemoryPressure pressure,
    IOptions<WorkerOptions> options,
    TimeProvider time,
    ILogger<VideoWorker> logger)
    : BackgroundService
{
    private static readonly TimeSpan _firstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _longestPause = TimeSpan.FromSeconds(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!await host.WaitForStartAsync(stoppingToken))
            return;
        if (processor.ToolPath is { } path)
            LogTools(path);
        else
            LogToolsMissing();
        // Hosted services stop one after the other, and the web server waits for its clients before this one: jobs need not.
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, host.ApplicationStopping);
        await Task.WhenAll(Enumerable.Range(0, options.Value.Concurrency).Select(loop => TakeJobsAsync(loop, stopping.Token)));
    }

    /// <summary>Runs for as long as the silo does, whatever fails: a loop that ended would be a worker that looks alive and takes nothing.</summary>
    private async Task TakeJobsAsync(int loop, CancellationToken stopping)
    {
        var (failures, logged) = (0, false);
        // A job that is under way when the stop is announced may end; one that is not done when the silo stops is given back.
        using var taking = CancellationTokenSource.CreateLinkedTokenSource(stopping, stop.Announced);
        while (!taking.IsCancellationRequested)
        {
            try
            {
                await WaitForMemoryAsync(loop, taking.Token);
                metrics.QueueRead(await queue.CountAsync(taking.Token), await queue.OldestAsync(taking.Token));
                var jobs = await queue.ReceiveAsync(max: 1, JobRunner.Visibility, taking.Token);
                if (logged)
                    LogRecovered(failures);
                (failures, logged) = (0, false);
                foreach (var job in jobs)
                    await RunAsync(job, stopping);
            }
#pragma warning disable CA1031 // Queues, grains, stores and disks fail in many ways; the loop must continue.
            catch (Exception e)
#pragma warning restore CA1031
            {
                if (taking.IsCancellationRequested)
                    return;
                // The queue logs its own outages. Of anything else, a row of failures is one line.
                failures++;
                if (!logged && e is not JobQueueUnavailableException)
                {
                    LogReceiveFailed(e);
                    logged = true;
                }

                await PauseAsync(failures, taking.Token);
            }
        }
    }

    /// <summary>A silo that is short of memory leaves jobs to others: a tool takes hundreds of megabytes.</summary>
    private async Task WaitForMemoryAsync(int loop, CancellationToken stopping)
    {
        while (pressure.Level >= (loop == 0 ? MemoryLevel.Critical : MemoryLevel.High))
            await Task.Delay(_firstPause, time, stopping);
    }

    private async Task PauseAsync(int failures, CancellationToken stopping) =>
        await Task.Delay(Backoff.After(failures, _firstPause, _longestPause), time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    /// <summary>A job that could not even be begun goes back with a delay, not only when its visibility ends.</summary>
    private async Task RunAsync(ReceivedJob job, CancellationToken stopping)
    {
        metrics.Received(job);
        using var span = JobSpans.Process(job);
        try
        {
            if (foreign.Has(job))
                await foreign.ReturnAsync(job, stopping);
            else
                await runner.RunAsync(job, stopping);
        }
#pragma warning disable CA1031 // Grains, queue and store fail in many ways; each is retried.
        catch (Exception e) when (!stopping.IsCancellationRequested && e is not JobQueueUnavailableException)
#pragma warning restore CA1031
        {
            span.Fail(e.GetType().Name);
            LogJobFailed(e, job.Job.VideoId, job.Attempt);
            await queue.AbandonAsync(job, Backoff.After(job.Attempt, _firstPause, _longestPause), stopping);
        }
        finally
        {
            metrics.Released(job);
        }
    }

    [LoggerMessage(EventName = "MediaToolsFound", Level = LogLevel.Information, Message = "Videos are processed with {Path}")]
    private partial void LogTools(string path);

    [LoggerMessage(EventName = "MediaToolsMissing", Level = LogLevel.Warning,
        Message = "ffmpeg and ffprobe are not on PATH: videos become ready with their source only")]
    private partial void LogToolsMissing();

    [LoggerMessage(EventName = "JobFailed", Level = LogLevel.Error,
        Message = "The job of {VideoId} could not be done, delivery {Attempt}; it will be delivered again")]
    private partial void LogJobFailed(Exception exception, string videoId, int attempt);

    [LoggerMessage(EventName = "JobReceiveFailed", Level = LogLevel.Error, Message = "No job could be taken; the worker retries with growing pauses")]
    private partial void LogReceiveFailed(Exception exception);

    [LoggerMessage(EventName = "JobReceiveRecovered", Level = LogLevel.Information, Message = "Jobs can be taken again, after {Failures} failures")]
    private partial void LogRecovered(int failures);
}
