using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using Ingestion.Videos;

namespace Ingestion.Backends.JobQueue;

/// <summary>
/// A job as the body of a message. A dead letter has the same shape with more fields, so that moving it back to the queue makes it a job again.
/// </summary>
/// <param name="V">Version of the shape. A reader refuses what is newer than it knows: that goes to the dead letters, nothing is guessed.</param>
/// <param name="VideoId">The video.</param>
/// <param name="Attempt">Dead letters: deliveries it had.</param>
/// <param name="Reason">Dead letters: why.</param>
/// <param name="At">Dead letters: when.</param>
internal sealed record JobMessage(int V, string VideoId, int? Attempt = null, string? Reason = null, DateTimeOffset? At = null)
{
    private const int CurrentVersion = 1;

    // A message holds 256 KiB with all that is in it; the rest of a long tool output is in the log of the worker.
    private const int LongestReason = 16 * 1024;

    public static string Write(VideoJob job) => Serialize(new JobMessage(CurrentVersion, job.VideoId));

    public static string WriteDeadLetter(ReceivedJob job, string reason, DateTimeOffset now) =>
        Serialize(new JobMessage(CurrentVersion, job.Job.VideoId, job.Attempt, reason.Length > LongestReason ? reason[..LongestReason] : reason, now));

    public static bool TryRead(string? body, [NotNullWhen(true)] out VideoJob? job)
    {
        job = null;
        try
        {
            if (JsonSerializer.Deserialize(body ?? "null", JobMessageJson.Default.JobMessage) is { V: CurrentVersion, VideoId.Length: > 0 } message)
                job = new VideoJob(message.VideoId);
        }
        catch (JsonException)
        {
            // Somebody else's message.
        }

        return job is not null;
    }

    private static string Serialize(JobMessage message) => JsonSerializer.Serialize(message, JobMessageJson.Default.JobMessage);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(JobMessage))]
internal sealed partial class JobMessageJson : JsonSerializerContext;
