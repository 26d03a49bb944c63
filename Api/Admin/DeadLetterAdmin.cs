using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Ingestion.Api.Audit;
using Ingestion.Api.Http;
using Ingestion.Api.OpenApi;
using Ingestion.Api.Problems;
using Ingestion.Videos;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ingestion.Api.Admin;

/// <summary>Jobs that are delivered no more: to read, to bring back, to remove.</summary>
internal static class DeadLetterAdmin
{
    private const int DefaultPage = 20;
    private const int LongestPage = 100;
    private const int LongestRequest = 1024;

    private static readonly Parameter _id = new("path", "id", "The id of the dead letter.");

    public static void MapDeadLetterAdmin(this RouteGroupBuilder admin)
    {
        admin.MapGet("/dead-letters", ListAsync)
            .Operation("listDeadLetters", "Jobs that are delivered no more. With SQS two lists at the same time share what there is.")
            .Refuses(Problem.LimitInvalid, Problem.JobQueueUnavailable)
            .WithParameters(Parameter.Number("limit", "How many at most.", 1, LongestPage, DefaultPage));
        admin.MapPost("/dead-letters/replay", ReplayManyAsync)
            .Operation("replayDeadLetters", "Brings back the jobs of the oldest dead letters.")
            .TakesJson(typeof(ReplayDeadJobsJson))
            .Refuses(Problem.LimitInvalid, Problem.JobQueueUnavailable);
        admin.MapPost("/dead-letters/{id}/replay", ReplayAsync)
            .Operation("replayDeadLetter", "Has the failed video of a dead letter processed once more; a job of another service goes back to the queue.")
            .Refuses(Problem.NotFound, Problem.DeadLetterUnreadable, Problem.DeadLetterOrphaned, Problem.JobQueueUnavailable)
            .WithParameters(_id);
        admin.MapDelete("/dead-letters/{id}", RemoveAsync)
            .Operation("removeDeadLetter", "Removes a dead letter for good. Its video stays as it is.")
            .Refuses(Problem.NotFound, Problem.JobQueueUnavailable)
            .WithParameters(_id);
    }

    private static async Task<Results<Ok<DeadJobsJson>, ProblemResult>> ListAsync(IDeadLetters letters, string? limit, CancellationToken cancellationToken)
    {
        var max = DefaultPage;
        if (limit is not null && !(int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out max) && max is >= 1 and <= LongestPage))
            return Problem.LimitInvalid.ToResult();
        var count = await letters.CountAsync(cancellationToken);
        var taken = await letters.TakeAsync(max, cancellationToken);
        await letters.ReturnAsync(taken, CancellationToken.None);
        return TypedResults.Ok(new DeadJobsJson([.. taken.Select(DeadJobJson.Of)], Math.Max(count, taken.Count)));
    }

    private static async Task<Results<Accepted<DeadJobJson>, ProblemResult>> ReplayAsync(
        HttpContext context, IDeadLetters letters, DeadLetterReplay replay, AuditLog audit, string id)
    {
        if (await letters.TakeAsync(id, context.RequestAborted) is not { } letter)
            return Problem.NotFound.ToResult();
        if (await replay.TryAsync(letter) is { } problem)
        {
            await letters.ReturnAsync([letter], CancellationToken.None);
            return problem.ToResult();
        }

        audit.Write(context, AuditAct.DeadLetterReplayed, letter.Job!.VideoId);
        return TypedResults.Accepted((string?)null, DeadJobJson.Of(letter));
    }

    private static async Task<Results<Ok<ReplayedDeadJobsJson>, ProblemResult>> ReplayManyAsync(
        HttpContext context, IDeadLetters letters, DeadLetterReplay replay, AuditLog audit)
    {
        var (body, invalid, where) = await JsonBody.ReadAsync(context.Request, DeadJobJsonContext.Default.ReplayDeadJobsJson, LongestRequest);
        if (body is null)
            return invalid!.ToResult(where);
        if (body.Limit is not (>= 1 and <= LongestPage and var max))
            return Problem.LimitInvalid.ToResult();
        var stay = new List<DeadLetter>();
        var left = new List<LeftDeadJobJson>();
        var replayed = 0;
        foreach (var letter in await letters.TakeAsync(max, context.RequestAborted))
        {
            if (await replay.TryAsync(letter) is { } problem)
            {
                stay.Add(letter);
                left.Add(new LeftDeadJobJson(letter.Id, problem.Code));
                continue;
            }

            replayed++;
            audit.Write(context, AuditAct.DeadLetterReplayed, letter.Job!.VideoId);
        }

        await letters.ReturnAsync(stay, CancellationToken.None);
        return TypedResults.Ok(new ReplayedDeadJobsJson(replayed, left));
    }

    private static async Task<Results<NoContent, ProblemResult>> RemoveAsync(HttpContext context, IDeadLetters letters, AuditLog audit, string id)
    {
        if (await letters.TakeAsync(id, context.RequestAborted) is not { } letter)
            return Problem.NotFound.ToResult();
        await letters.RemoveAsync(letter, CancellationToken.None);
        audit.Write(context, AuditAct.DeadLetterRemoved, letter.Job?.VideoId ?? letter.Id);
        return TypedResults.NoContent();
    }
}

/// <summary>The dead letters of the queue that the answering silo uses.</summary>
/// <param name="Items">The oldest first, where the queue has an order.</param>
/// <param name="Count">How many there are, as far as the queue knows.</param>
internal sealed record DeadJobsJson(IReadOnlyList<DeadJobJson> Items, long Count);

/// <summary>A job that is delivered no more, or a message that is no job.</summary>
/// <param name="Id">Names it.</param>
/// <param name="VideoId">Of the job; absent where the message is none.</param>
/// <param name="ServiceId">The service that made the job; absent where it names none.</param>
/// <param name="Foreign">Another service made the job, or this one with another state.</param>
/// <param name="Attempts">Deliveries it had.</param>
/// <param name="Reason">Why it is here.</param>
/// <param name="At">Since when.</param>
/// <param name="Body">How a message that is no job begins.</param>
internal sealed record DeadJobJson(
    string Id,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? VideoId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ServiceId,
    bool Foreign,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Attempts,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Reason,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? At,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Body)
{
    public static DeadJobJson Of(DeadLetter letter) => new(
        letter.Id, letter.Job?.VideoId, letter.Job?.ServiceId, letter.IsForeign, letter.Attempts, letter.Reason, letter.At, letter.Body);
}

/// <summary>How many to bring back.</summary>
/// <param name="Limit">From 1 to 100.</param>
internal sealed record ReplayDeadJobsJson(int? Limit);

/// <summary>What was brought back.</summary>
/// <param name="Replayed">How many.</param>
/// <param name="Left">Those that stay, each with the code of the reason.</param>
internal sealed record ReplayedDeadJobsJson(int Replayed, IReadOnlyList<LeftDeadJobJson> Left);

/// <summary>A dead letter that stays.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Code">Why.</param>
internal sealed record LeftDeadJobJson(string Id, string Code);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(WireTimeConverter)])]
[JsonSerializable(typeof(DeadJobsJson))]
[JsonSerializable(typeof(DeadJobJson))]
[JsonSerializable(typeof(ReplayDeadJobsJson))]
[JsonSerializable(typeof(ReplayedDeadJobsJson))]
internal sealed partial class DeadJobJsonContext : JsonSerializerContext;
