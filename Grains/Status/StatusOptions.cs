using System.ComponentModel.DataAnnotations;
using Ingestion.Grains.Storage;
using Ingestion.Status;

namespace Ingestion.Grains.Status;

/// <summary>What is kept of a user's journal. Section <c>Ingestion:Status</c>.</summary>
public sealed class StatusOptions
{
    /// <summary>Events of one user that are kept at least, unless they are older than <see cref="RetainedDays"/>; up to two segments of 32 more are.</summary>
    [Range(1, 100_000)]
    public int RetainedEvents { get; set; } = 1_000;

    /// <summary>Days for which events are kept. They go by segments of 32, each with its newest event, and the last segment stays.</summary>
    [Range(1, 3_650)]
    public int RetainedDays { get; set; } = 7;

    /// <summary>Both, for the logs of all users.</summary>
    internal LogRetention<StatusEvent> Retention(TimeProvider time) =>
        new(StatusRules.KeptSegments(RetainedEvents), TimeSpan.FromDays(RetainedDays), e => e.At, time, StatusRules.HeldSegments);
}
