using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using Ingestion.Videos;

namespace Ingestion.Backends.JobQueue;

/// <summary>
/// A job as the body of a message; docs/inside/processing.md has the shape. A dead letter has the same shape with more fields, so that moving it back
/// to the queue makes it a job again.
/// </summary>
/// <param name="V">
/// Version of the shape: 1 without a service, 2 with one. A reader refuses what is newer than it knows: that goes to the dead letters, nothing is guessed.
/// </param>
/// <param name="VideoId">The video.</param>
/// <param name="ServiceId">The service that made the job.</param>
/// <param name="StateId">The state of that service.</param>
/// <param name="Owner">Digest of the video's owner; null where the job names none.</param>
/// <param name="Attempt">Dead letters: deliveries it had.</param>
/// <param name="Reason">Dead letters: why.</param>
/// <param name="At">Dead letters: when.</param>
internal sealed record JobMessage(
    int V,
    string VideoId,
    string? ServiceId = null,
    string? StateId = null,
    string? Owner = null,
    int? Attempt = null,
    string? Reason = null,
    DateTimeOffset? At = null)
{
    private const int WithoutService = 1;
    private const int CurrentVersion = 2;

    // A message holds 256 KiB with all that is in it; the rest of a long tool output is in the log of the worker.
    private const int LongestReason = 16 * 1024;

    public static string Write(VideoJob job) => Serialize(Of(job));

    public static string WriteDeadLetter(ReceivedJob job, string reason, DateTimeOffset now) =>
        Serialize(Of(job.Job) with { Attempt = job.Attempt, Reason = reason.Length > LongestReason ? reason[..LongestReason] : reason, At = now });

    public static bool TryRead(string? body, [NotNullWhen(true)] out VideoJob? job)
    {
        job = null;
        try
        {
            if (JsonSerializer.Deserialize(body ?? "null", JobMessageJson.Default.JobMessage) is { VideoId.Length: > 0 } message && message.IsWhole)
                job = new VideoJob(message.VideoId, message.Owner, message.ServiceId, message.StateId);
        }
        catch (JsonException)
        {
            // A foreign message.
        }

        return job is not null;
    }

    /// <summary>A dead letter, with its job where the message is one; null for what is no JSON of this shape.</summary>
    public static JobLetter? ReadLetter(string? body)
    {
        try
        {
            if (JsonSerializer.Deserialize(body ?? "null", JobMessageJson.Default.JobMessage) is { } message)
                return new JobLetter(TryRead(body, out var job) ? job : null, message.Attempt, message.Reason, message.At);
        }
        catch (JsonException)
        {
            // A foreign message.
        }

        return null;
    }

    private bool IsWhole => V == WithoutService || (V == CurrentVersion && ServiceId is { Length: > 0 });

    /// <summary>A job that came without a service keeps none: its service is unknown.</summary>
    private static JobMessage Of(VideoJob job) =>
        new(job.ServiceId is null ? WithoutService : CurrentVersion, job.VideoId, job.ServiceId, job.StateId, job.Owner);

    private static string Serialize(JobMessage message) => JsonSerializer.Serialize(message, JobMessageJson.Default.JobMessage);
}

/// <summary>What a dead letter says.</summary>
internal sealed record JobLetter(VideoJob? Job, int? Attempt, string? Reason, DateTimeOffset? At);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(JobMessage))]
internal sealed partial class JobMessageJson : JsonSerializerContext;
