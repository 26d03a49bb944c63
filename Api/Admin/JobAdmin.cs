using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Ingestion.Api.OpenApi;
using Ingestion.Api.Problems;
using Ingestion.Videos;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ingestion.Api.Admin;

/// <summary>The jobs that wait, run, or are dead.</summary>
internal static class JobAdmin
{
    private const int DefaultPage = 20;
    private const int LongestPage = 100;

    public static void MapJobAdmin(this RouteGroupBuilder admin) => admin.MapGet("/jobs", ReadAsync)
        .Operation("readJobs", "The jobs that wait, are worked on, or are dead, as far as the queue knows; and the oldest of them, where it shows them.")
        .Refuses(Problem.LimitInvalid, Problem.JobQueueUnavailable)
        .WithParameters(Parameter.Number("limit", "How many of the oldest at most.", 1, LongestPage, DefaultPage));

    private static async Task<Results<Ok<JobsJson>, ProblemResult>> ReadAsync(
        HttpContext context, IJobQueue queue, IDeadLetters letters, TimeProvider time, string? limit)
    {
        var max = DefaultPage;
        if (limit is not null && !(int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out max) && max is >= 1 and <= LongestPage))
            return Problem.LimitInvalid.ToResult();
        var figures = await queue.ReadFiguresAsync(max, context.RequestAborted);
        var dead = await letters.CountAsync(context.RequestAborted);
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(JobsJson.Of(figures, dead, time.GetUtcNow()));
    }
}

/// <summary>The jobs of the queue that the answering silo uses.</summary>
/// <param name="Queue">What it is kept in.</param>
/// <param name="Waiting">Jobs that a worker may take now.</param>
/// <param name="Delayed">Jobs that wait for their next attempt; absent where the queue counts them among those in flight.</param>
/// <param name="InFlight">Jobs in the hands of workers.</param>
/// <param name="Dead">Dead letters.</param>
/// <param name="OldestAge">How long the oldest job that is not dead has been in the queue, in seconds; absent where none is known.</param>
/// <param name="Items">The oldest of those that are not dead, the oldest first; absent where the queue shows a job only by delivering it.</param>
internal sealed record JobsJson(
    [property: AllowedValues("file", "sqs")] string Queue,
    long Waiting,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Delayed,
    long InFlight,
    long Dead,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? OldestAge,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<JobJson>? Items)
{
    public static JobsJson Of(JobFigures figures, long dead, DateTimeOffset now) => new(
        figures.Queue, figures.Waiting, figures.Delayed, figures.InFlight, dead,
        figures.OldestAt is { } oldest ? Math.Max(0, Math.Round((now - oldest).TotalSeconds, 3)) : null,
        figures.Oldest is { } items ? [.. items.Select(JobJson.Of)] : null);
}

/// <summary>A job.</summary>
/// <param name="VideoId">Of the video.</param>
/// <param name="ServiceId">The service that made the job; absent where it names none.</param>
/// <param name="State">Where it is.</param>
/// <param name="Attempts">Deliveries so far.</param>
/// <param name="EnqueuedAt">When it came.</param>
/// <param name="NextAttemptAt">Of a delayed one: when it is delivered again.</param>
internal sealed record JobJson(
    string VideoId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ServiceId,
    [property: AllowedValues("waiting", "delayed", "in_flight")] string State,
    int Attempts,
    DateTimeOffset EnqueuedAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? NextAttemptAt)
{
    public static JobJson Of(ListedJob listed) => new(
        listed.Job.VideoId, listed.Job.ServiceId,
        listed.State switch { JobPlace.Delayed => "delayed", JobPlace.InFlight => "in_flight", _ => "waiting" },
        listed.Attempts, listed.EnqueuedAt, listed.NextAt);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(WireTimeConverter)])]
[JsonSerializable(typeof(JobsJson))]
internal sealed partial class JobJsonContext : JsonSerializerContext;
