using Ingestion.Telemetry;
using Ingestion.Videos;

namespace Ingestion.Backends.JobQueue;

/// <summary>Where the jobs of this silo come from, as its queue writes it into each of them.</summary>
/// <param name="serviceId">The service, as its settings name it.</param>
public sealed class JobSource(string serviceId)
{
    private volatile string? _stateId;

    /// <summary>The service, as its settings name it.</summary>
    public string ServiceId => serviceId;

    /// <summary>The stored state of the service, which has a name of its own; null until it was read, which is before a grain is active.</summary>
    public string? StateId
    {
        get => _stateId;
        internal set => _stateId = value;
    }

    /// <summary>Whether another service made the job, or this one with another state. What a job does not name counts as own.</summary>
    public bool IsForeign(VideoJob job) => Differs(job.ServiceId, ServiceId) || Differs(job.StateId, StateId);

    /// <summary>Marks a job that has no mark, and takes the current trace along.</summary>
    internal VideoJob Sign(VideoJob job)
    {
        var traced = Spans.CurrentParent is { } span ? job with { TraceParent = span } : job;
        return traced.ServiceId is null ? traced with { ServiceId = ServiceId, StateId = StateId } : traced;
    }

    private static bool Differs(string? madeBy, string? own) => madeBy is not null && own is not null && madeBy != own;
}
