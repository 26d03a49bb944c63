using System.Diagnostics;
using Ingestion.Telemetry;
using Ingestion.Videos;

namespace Ingestion.Backends.JobQueue;

/// <summary>Spans of jobs, by the conventions for messaging: one where a job is sent, one below it where a worker does it.</summary>
public static class JobSpans
{
    /// <summary>The attribute of a message that has the context of its trace, as W3C Trace Context names it.</summary>
    internal const string TraceParent = "traceparent";

    /// <summary>Around the sending of a job. What is sent within takes it along (<see cref="JobSource.Sign"/>).</summary>
    internal static Activity? Send(string system, string? destination, VideoJob job) =>
        Describe(Spans.Start("send job", ActivityKind.Producer), job)
            ?.SetTag("messaging.system", system).SetTag("messaging.destination.name", destination)
            .SetTag("messaging.operation.type", "send").SetTag("messaging.operation.name", "send");

    /// <summary>Around the work of one delivery, below the span that sent the job.</summary>
    public static Activity? Process(ReceivedJob job) =>
        Describe(Spans.StartBelow(job.Job.TraceParent, "process job", ActivityKind.Consumer), job.Job)
            ?.SetTag("messaging.operation.type", "process").SetTag("messaging.operation.name", "process")
            .SetTag("ingestion.job.delivery", job.Attempt);

    private static Activity? Describe(Activity? span, VideoJob job) => span?.SetTag("ingestion.video.id", job.VideoId);
}
