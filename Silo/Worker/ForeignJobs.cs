using Ingestion.Backends.JobQueue;
using Ingestion.Videos;
using Microsoft.Extensions.Options;

namespace Ingestion.Silo.Worker;

/// <summary>
/// Jobs of another service that come by because two services share a queue. This service does not know their videos, and not knowing a video is no
/// reason to touch anything: no grain is called and no byte removed.
/// </summary>
internal sealed partial class ForeignJobs(
    IJobQueue queue, JobSource source, IOptions<WorkerOptions> options, WorkerMetrics metrics, TimeProvider time, ILogger<ForeignJobs> logger)
{
    private static readonly TimeSpan _betweenLines = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private DateTimeOffset _nextLine;

    /// <summary>Whether the job is one of them.</summary>
    public bool Has(ReceivedJob job) => source.IsForeign(job.Job);

    /// <summary>Puts it back for its own workers, or makes it a dead letter when they have not taken it for a day.</summary>
    public async Task ReturnAsync(ReceivedJob job, CancellationToken stopping)
    {
        metrics.Foreign();
        var age = time.GetUtcNow() - job.EnqueuedAt;
        if (ForeignJobRules.PutBackFor(age, job.Attempt, options.Value.MaxAttempts) is { } delay)
        {
            await queue.AbandonAsync(job, delay, stopping);
            if (MayLog())
                LogPutBack(job.Job.VideoId, Name(job.Job.ServiceId, job.Job.StateId), Name(source.ServiceId, source.StateId), delay);
            return;
        }

        await queue.DeadLetterAsync(job, $"made by the service {Name(job.Job.ServiceId, job.Job.StateId)}, whose workers did not take it", stopping);
        metrics.DeadLettered();
    }

    /// <summary>Service and the beginning of its state's name.</summary>
    private static string Name(string? serviceId, string? stateId) => $"{serviceId}/{stateId?[..Math.Min(8, stateId.Length)]}";

    /// <summary>A shared queue brings one after the other: the counter has all of them.</summary>
    private bool MayLog()
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            if (now < _nextLine)
                return false;
            _nextLine = now + _betweenLines;
            return true;
        }
    }

    [LoggerMessage(EventName = "JobForeign", Level = LogLevel.Warning,
        Message = "The job of video {VideoId} was made by the service {Maker} and this is {Own}: put back for {Delay}, nothing else is touched. "
            + "Give each service a queue and a bucket of its own. Further ones are counted, and logged once a minute")]
    private partial void LogPutBack(string videoId, string maker, string own, TimeSpan delay);
}
