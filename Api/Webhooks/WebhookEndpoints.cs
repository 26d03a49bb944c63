using Ingestion.Api.Audit;
using Ingestion.Api.Auth;
using Ingestion.Api.Http;
using Ingestion.Api.OpenApi;
using Ingestion.Api.Problems;
using Ingestion.Status;
using Ingestion.Webhooks;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ingestion.Api.Webhooks;

/// <summary>One's own webhooks.</summary>
internal static class WebhookEndpoints
{
    private const int LongestRequest = 8 * 1024;

    private static readonly Problem[] _body = [Problem.JsonExpected, Problem.JsonInvalid, Problem.BodyTooLarge];

    public static void MapWebhooks(this IEndpointRouteBuilder routes)
    {
        var read = routes.MapGroup("/api/webhooks").RequireAuthorization(Scopes.Read).WithTags(Tags.Webhooks);
        read.MapGet("", ListAsync).Operation("listWebhooks", "Lists your webhooks.");
        read.MapGet("/{id}/deliveries", GetDeliveriesAsync)
            .Operation("getWebhookDeliveries", "The last deliveries of a webhook, and what was given up.")
            .Refuses(Problem.NotFound);
        var change = routes.MapGroup("/api/webhooks").RequireAuthorization(Scopes.Webhooks).WithTags(Tags.Webhooks);
        change.MapPost("", AddAsync)
            .Operation("addWebhook", "Adds a webhook; its secret is in this answer only.")
            .TakesJson(typeof(NewWebhookJson))
            .Refuses(_body)
            .Refuses(Problem.WebhookUrlInvalid, Problem.WebhookAddressForbidden, Problem.TooManyWebhooks);
        change.MapPatch("/{id}", ChangeAsync)
            .Operation("changeWebhook", "Enables or disables a webhook.")
            .TakesJson(typeof(WebhookChangeJson))
            .Refuses(_body)
            .Refuses(Problem.NotFound);
        change.MapDelete("/{id}", RemoveAsync).Operation("removeWebhook", "Removes a webhook.").Refuses(Problem.NotFound);
        change.MapPost("/{id}/secret", RotateAsync)
            .Operation("rotateWebhookSecret", "A new secret; the old one signs beside it for a while.")
            .Refuses(Problem.NotFound);
        change.MapPost("/{id}/replay", ReplayAsync)
            .Operation("replayWebhook", "Sends again what came after a cursor, or what was given up.")
            .TakesJson(typeof(ReplayJson))
            .Refuses(_body)
            .Refuses(Problem.NotFound, Problem.CursorInvalid, Problem.WebhookDisabled);
    }

    private static async Task<Ok<WebhooksJson>> ListAsync(HttpContext context, IGrainFactory grains)
    {
        var webhooks = await Of(context, grains).ListAsync();
        DontStore(context);
        return TypedResults.Ok(new WebhooksJson([.. webhooks.Select(info => WebhookJson.Of(info))]));
    }

    private static async Task<Results<Created<WebhookJson>, ProblemResult>> AddAsync(HttpContext context, IGrainFactory grains, IWebhookSender sender, AuditLog audit)
    {
        var (wish, invalid, where) = await JsonBody.ReadAsync(context.Request, WebhookJsonContext.Default.NewWebhookJson, LongestRequest);
        if (wish is null)
            return invalid!.ToResult(where);
        if (!WebhookWish.TryRead(wish, out var webhook, out where))
            return Problem.JsonInvalid.ToResult(where);
        switch (await sender.CheckAsync(webhook.Url, context.RequestAborted))
        {
            case WebhookAddressVerdict.Invalid:
                return Problem.WebhookUrlInvalid.ToResult();
            case WebhookAddressVerdict.Unresolved:
                return Problem.WebhookUrlInvalid.ToResult("The host does not resolve.");
            case WebhookAddressVerdict.Forbidden:
                return Problem.WebhookAddressForbidden.ToResult();
        }

        if (await Of(context, grains).AddAsync(webhook with { MadeBy = context.User.FindFirst(TokenService.IdClaim)?.Value }) is not { } added)
            return Problem.TooManyWebhooks.ToResult();
        audit.Write(context, AuditAct.WebhookAdded, added.Webhook.Id);
        DontStore(context);
        return TypedResults.Created((string?)null, WebhookJson.Of(added.Webhook, added.Secret));
    }

    private static async Task<Results<NoContent, ProblemResult>> RemoveAsync(HttpContext context, IGrainFactory grains, AuditLog audit, string id)
    {
        if (!MediaId.IsValid(id) || !await Of(context, grains).RemoveAsync(id))
            return Problem.NotFound.ToResult();
        audit.Write(context, AuditAct.WebhookRemoved, id);
        return TypedResults.NoContent();
    }

    private static async Task<Results<Ok<WebhookJson>, ProblemResult>> ChangeAsync(HttpContext context, IGrainFactory grains, AuditLog audit, string id)
    {
        if (!MediaId.IsValid(id))
            return Problem.NotFound.ToResult();
        var (wish, invalid, where) = await JsonBody.ReadAsync(context.Request, WebhookJsonContext.Default.WebhookChangeJson, LongestRequest);
        if (wish is null)
            return invalid!.ToResult(where);
        if (await Of(context, grains).SetEnabledAsync(id, wish.Enabled) is not { } webhook)
            return Problem.NotFound.ToResult();
        audit.Write(context, AuditAct.WebhookChanged, id, wish.Enabled ? "enabled" : "disabled");
        DontStore(context);
        return TypedResults.Ok(WebhookJson.Of(webhook));
    }

    private static async Task<Results<Ok<WebhookSecretJson>, ProblemResult>> RotateAsync(HttpContext context, IGrainFactory grains, AuditLog audit, string id)
    {
        if (!MediaId.IsValid(id) || await Of(context, grains).RotateAsync(id) is not { } secret)
            return Problem.NotFound.ToResult();
        audit.Write(context, AuditAct.WebhookSecretRotated, id);
        DontStore(context);
        return TypedResults.Ok(new WebhookSecretJson(secret.Secret, secret.OldSecretUntil));
    }

    private static async Task<Results<Ok<DeliveriesJson>, ProblemResult>> GetDeliveriesAsync(HttpContext context, IGrainFactory grains, string id)
    {
        if (!MediaId.IsValid(id) || await Of(context, grains).GetDeliveriesAsync(id) is not { } deliveries)
            return Problem.NotFound.ToResult();
        var answer = new DeliveriesJson([.. deliveries.Attempts.Select(AttemptJson.Of)], [.. deliveries.DeadLetters.Select(DeadLetterJson.Of)]);
        DontStore(context);
        return TypedResults.Ok(answer);
    }

    private static async Task<Results<Accepted<ReplayedJson>, ProblemResult>> ReplayAsync(HttpContext context, IGrainFactory grains, AuditLog audit, string id)
    {
        if (!MediaId.IsValid(id))
            return Problem.NotFound.ToResult();
        var (wish, invalid, where) = await JsonBody.ReadAsync(context.Request, WebhookJsonContext.Default.ReplayJson, LongestRequest);
        if (wish is null)
            return invalid!.ToResult(where);
        if (wish.DeadLetters == wish.From is not null)
            return Problem.JsonInvalid.ToResult("Either from or dead_letters.");
        Cursor? from = null;
        if (wish.From is not null)
        {
            if (!Cursor.TryParse(wish.From, out var cursor))
                return Problem.CursorInvalid.ToResult();
            from = cursor;
        }

        var replay = await Of(context, grains).ReplayAsync(id, from);
        if (replay.Outcome is ReplayOutcome.Ok)
            audit.Write(context, AuditAct.WebhookReplayed, id, wish.From ?? "dead letters");
        DontStore(context);
        return replay.Outcome switch
        {
            ReplayOutcome.Ok => TypedResults.Accepted((string?)null, new ReplayedJson(wish.From, replay.DeadLetters)),
            ReplayOutcome.Disabled => Problem.WebhookDisabled.ToResult(),
            ReplayOutcome.CursorInvalid => Problem.CursorInvalid.ToResult(),
            _ => Problem.NotFound.ToResult(),
        };
    }

    private static IWebhookGrain Of(HttpContext context, IGrainFactory grains) => grains.GetGrain<IWebhookGrain>(context.User.UserId());

    /// <summary>Some of it is secret, and the rest old in a moment.</summary>
    private static void DontStore(HttpContext context) => context.Response.Headers.CacheControl = "no-store";
}
