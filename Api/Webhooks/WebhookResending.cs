using Ingestion.Api.Audit;
using Ingestion.Api.Auth;
using Ingestion.Api.Http;
using Ingestion.Api.Problems;
using Ingestion.Status;
using Ingestion.Webhooks;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ingestion.Api.Webhooks;

/// <summary>Sends by hand: tests, what waits, what was given up, and what was sent before.</summary>
internal static class WebhookResending
{
    private const int LongestEventId = 200;

    public static async Task<Results<Ok<WebhookTestJson>, ProblemResult>> TestAsync(HttpContext context, IGrainFactory grains, AuditLog audit, string id)
    {
        if (await WebhookAnswer.RefusePulledAsync(context, grains, id) is { } refusal)
            return refusal.ToResult();
        if (await WebhooksOf.Grain(context, grains).TestAsync(id) is not { } test)
            return Problem.NotFound.ToResult();
        if (test.EventId.Length == 0)
            return (Problem.RateLimited with { RetryAfter = TimeSpan.FromSeconds(1) }).ToResult("The test before is under way.");
        audit.Write(context, AuditAct.WebhookTested, id, $"status={test.Status}");
        WebhookAnswer.DontStore(context);
        return TypedResults.Ok(WebhookTestJson.Of(test));
    }

    public static async Task<Results<Accepted<RetriedJson>, ProblemResult>> RetryAsync(HttpContext context, IGrainFactory grains, AuditLog audit, string id)
    {
        if (await WebhookAnswer.RefusePulledAsync(context, grains, id) is { } pulled)
            return pulled.ToResult();
        var retry = await WebhooksOf.Grain(context, grains).RetryAsync(id);
        if (WebhookAnswer.RefusalOf(retry.Outcome) is { } refusal)
            return refusal.ToResult();
        audit.Write(context, AuditAct.WebhookReplayed, id, $"waiting={retry.Events}");
        WebhookAnswer.DontStore(context);
        return TypedResults.Accepted((string?)null, new RetriedJson(retry.Events));
    }

    public static async Task<Results<Accepted<ResentJson>, ProblemResult>> ResendAsync(
        HttpContext context, IGrainFactory grains, AuditLog audit, string id, string delivery)
    {
        if (await WebhookAnswer.RefusePulledAsync(context, grains, id) is { } pulled)
            return pulled.ToResult();
        if (delivery.Length > LongestEventId)
            return Problem.NotFound.ToResult();
        if (WebhookAnswer.RefusalOf(await WebhooksOf.Grain(context, grains).ResendAsync(id, delivery)) is { } refusal)
            return refusal.ToResult();
        audit.Write(context, AuditAct.WebhookReplayed, id, $"event={delivery}");
        WebhookAnswer.DontStore(context);
        return TypedResults.Accepted((string?)null, new ResentJson(delivery));
    }

    public static async Task<Results<Accepted<ReplayedJson>, ProblemResult>> ReplayAsync(HttpContext context, IGrainFactory grains, AuditLog audit, string id)
    {
        if (!MediaId.IsValid(id))
            return Problem.NotFound.ToResult();
        var (body, invalid, where) = await JsonBody.ReadAsync(context.Request, WebhookJsonContext.Default.ReplayJson, WebhookRequest.LongestBody);
        if (body is null)
            return invalid!.ToResult(where);
        if (body.DeadLetters == body.From is not null)
            return Problem.JsonInvalid.ToResult("Either from or dead_letters.");
        if (body.DeadLetters && await WebhookAnswer.RefusePulledAsync(context, grains, id) is { } pulled)
            return pulled.ToResult();
        // Cursors are places in the journal of one user.
        var isOfOwner = WebhooksOf.Request(context).IsShared && body.From is not null;
        if (isOfOwner ? !Subject.IsValid(body.Owner) : body.Owner is not null)
            return Problem.JsonInvalid.ToResult("$.owner");
        Cursor? from = null;
        if (body.From is not null)
        {
            if (!Cursor.TryParse(body.From, out var cursor))
                return Problem.CursorInvalid.ToResult();
            from = cursor;
        }

        var replay = await WebhooksOf.Grain(context, grains).ReplayAsync(id, from, body.Owner ?? "");
        if (replay.Outcome is ReplayOutcome.Ok)
            audit.Write(context, AuditAct.WebhookReplayed, id, body.From ?? "dead letters");
        WebhookAnswer.DontStore(context);
        return WebhookAnswer.RefusalOf(replay.Outcome) is { } refusal
            ? refusal.ToResult()
            : TypedResults.Accepted((string?)null, new ReplayedJson(body.From, replay.DeadLetters));
    }
}
