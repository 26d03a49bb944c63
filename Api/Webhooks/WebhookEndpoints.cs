using System.Text.Json;
using Ingestion.Api.Audit;
using Ingestion.Api.Auth;
using Ingestion.Api.Creations;
using Ingestion.Api.Http;
using Ingestion.Api.OpenApi;
using Ingestion.Api.Problems;
using Ingestion.Api.RateLimits;
using Ingestion.Creations;
using Ingestion.Status;
using Ingestion.Webhooks;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Hosting;

namespace Ingestion.Api.Webhooks;

/// <summary>Webhooks: one's own, those of all users, those of a tenant. They differ in whose events they are for.</summary>
internal static class WebhookEndpoints
{
    // With 8 fields of 1 KiB, and 100 videos.
    private const int LongestRequest = 32 * 1024;

    private const int LongestEventId = 200;

    public static void MapWebhooks(this IEndpointRouteBuilder routes)
    {
        foreach (var webhooks in new[] { WebhooksOf.Caller, WebhooksOf.Everybody, WebhooksOf.Tenant })
            Map(routes, webhooks);
    }

    private static void Map(IEndpointRouteBuilder routes, WebhooksOf of)
    {
        var read = routes.MapGroup(of.Path).RequireAuthorization(of.Read).WithMetadata(of).WithTags(Tags.Webhooks);
        read.MapGet("", ListAsync).Operation("listWebhooks" + of.Suffix, $"Lists the webhooks for {of.Whose}.");
        read.MapGet("/{id}", GetAsync).Operation("getWebhook" + of.Suffix, "One of them, without its secret.").Refuses(Problem.NotFound);
        read.MapGet("/{id}/deliveries", GetDeliveriesAsync)
            .Operation($"getWebhook{of.Suffix}Deliveries", "The last deliveries of a webhook, and what was given up.")
            .Refuses(Problem.NotFound);
        var change = routes.MapGroup(of.Path).RequireAuthorization(of.Change).LimitedBy(RateKind.Change).WithMetadata(of).WithTags(Tags.Webhooks);
        change.MapPost("", AddAsync)
            .Operation("addWebhook" + of.Suffix, $"Adds a webhook for {of.Whose}; its secret is in this answer only.")
            .TakesJson(typeof(NewWebhookJson))
            .TakesIdempotencyKey()
            .WithAnswerFields(new AnswerField("Location", "The webhook.", StatusCodes.Status201Created))
            .Refuses(Problem.WebhookUrlInvalid, Problem.WebhookAddressForbidden, Problem.WebhookHeaderInvalid, Problem.TooManyWebhooks);
        change.MapPatch("/{id}", ChangeAsync)
            .Operation("changeWebhook" + of.Suffix, "Changes a webhook, and enables or disables it. Its secret and its place in the journal stay.")
            .TakesJson(typeof(WebhookChangeJson))
            .Refuses(Problem.NotFound, Problem.WebhookUrlInvalid, Problem.WebhookAddressForbidden, Problem.WebhookHeaderInvalid);
        change.MapDelete("/{id}", RemoveAsync).Operation("removeWebhook" + of.Suffix, "Removes a webhook.").Refuses(Problem.NotFound);
        change.MapPost("/{id}/secret", RotateAsync)
            .Operation($"rotateWebhook{of.Suffix}Secret", "A new secret; the old one signs beside it for a while, or is revoked.")
            .TakesJson(typeof(SecretRotationJson), isRequired: false)
            .Refuses(Problem.NotFound);
        change.MapPost("/{id}/test", TestAsync)
            .Operation("testWebhook" + of.Suffix, "Sends an event of the type webhook.test now, and answers with what the receiver did.")
            .Refuses(Problem.NotFound);
        change.MapPost("/{id}/retry", RetryAsync)
            .Operation("retryWebhook" + of.Suffix, "Sends now what waits for its next attempt.")
            .Refuses(Problem.NotFound, Problem.WebhookDisabled);
        change.MapPost("/{id}/deliveries/{delivery}/resend", ResendAsync)
            .Operation($"resendWebhook{of.Suffix}Event", "Sends one event again, under its id.")
            .WithParameters(new Parameter("path", "delivery", "The event_id of a delivery or of a dead letter."))
            .Refuses(Problem.NotFound, Problem.WebhookDisabled);
        change.MapPost("/{id}/replay", ReplayAsync)
            .Operation("replayWebhook" + of.Suffix, "Sends again what came after a cursor, or what was given up.")
            .TakesJson(typeof(ReplayJson))
            .Refuses(Problem.NotFound, Problem.CursorInvalid, Problem.WebhookDisabled);
    }

    private static async Task<Ok<WebhooksJson>> ListAsync(HttpContext context, IGrainFactory grains)
    {
        var webhooks = await Of(context, grains).ListAsync();
        DontStore(context);
        return TypedResults.Ok(new WebhooksJson([.. webhooks.Select(info => WebhookJson.Of(info, WebhooksOf.Request(context)))]));
    }

    private static async Task<Results<Ok<WebhookJson>, ProblemResult>> GetAsync(HttpContext context, IGrainFactory grains, string id)
    {
        if (!MediaId.IsValid(id) || await Of(context, grains).GetAsync(id) is not { } webhook)
            return Problem.NotFound.ToResult();
        DontStore(context);
        return TypedResults.Ok(WebhookJson.Of(webhook, WebhooksOf.Request(context)));
    }

    private static async Task<Results<Created<WebhookJson>, ProblemResult>> AddAsync(
        HttpContext context, IGrainFactory grains, IWebhookSender sender, IHostEnvironment environment, CreationKeys keys, AuditLog audit, TimeProvider time)
    {
        var (body, invalid, where) = await JsonBody.ReadAsync(context.Request, WebhookJsonContext.Default.NewWebhookJson, LongestRequest);
        if (body is null)
            return invalid!.ToResult(where);
        var of = WebhooksOf.Request(context);
        var (webhook, refused, why) = WebhookRequest.Read(body, of.IsShared);
        if (webhook is null)
            return refused!.ToResult(why);
        if (WebhookAddressRefusal.Of(await sender.CheckAsync(webhook.Url, context.RequestAborted), environment) is { } refusal)
            return refusal;
        var declared = CreationKeys.Declare(JsonSerializer.Serialize(body, WebhookJsonContext.Default.NewWebhookJson));
        var (creation, reused) = await keys.BeginAsync(context, "POST " + of.Path, declared, MediaId.New(time.GetUtcNow()));
        if (reused is not null)
            return reused.ToResult();
        await using var running = creation;
        if (creation is { WasMade: true } && await Of(context, grains).GetAsync(creation.Id) is null)
            return Problem.NotFound.ToResult("The webhook of this Idempotency-Key has been removed.");
        webhook = webhook with { MadeBy = context.User.FindFirst(TokenService.IdClaim)?.Value };
        if (await Of(context, grains).AddOnceAsync(creation?.Id ?? MediaId.New(time.GetUtcNow()), webhook) is not { } added)
        {
            creation?.Refuse(Problem.TooManyWebhooks);
            return Problem.TooManyWebhooks.ToResult();
        }

        if (creation is not null)
            await creation.EndAsync(CreationEnd.Made);
        audit.Write(context, AuditAct.WebhookAdded, added.Webhook.Id);
        DontStore(context);
        return TypedResults.Created(context.PublicAddressOf($"{of.Path}/{added.Webhook.Id}"), WebhookJson.Of(added.Webhook, of, added.Secret));
    }

    private static async Task<Results<NoContent, ProblemResult>> RemoveAsync(HttpContext context, IGrainFactory grains, AuditLog audit, string id)
    {
        if (!MediaId.IsValid(id) || !await Of(context, grains).RemoveAsync(id))
            return Problem.NotFound.ToResult();
        audit.Write(context, AuditAct.WebhookRemoved, id);
        return TypedResults.NoContent();
    }

    private static async Task<Results<Ok<WebhookJson>, ProblemResult>> ChangeAsync(
        HttpContext context, IGrainFactory grains, IWebhookSender sender, IHostEnvironment environment, AuditLog audit, string id)
    {
        if (!MediaId.IsValid(id))
            return Problem.NotFound.ToResult();
        var (body, invalid, where) = await JsonBody.ReadAsync(context.Request, WebhookJsonContext.Default.WebhookChangeJson, LongestRequest);
        if (body is null)
            return invalid!.ToResult(where);
        if (await Of(context, grains).GetAsync(id) is not { } before)
            return Problem.NotFound.ToResult();
        var (change, refused, why) = WebhookRequest.Read(body, before.When);
        if (change is null)
            return refused!.ToResult(why);
        if (change.Url is { } url && WebhookAddressRefusal.Of(await sender.CheckAsync(url, context.RequestAborted), environment) is { } refusal)
            return refusal;
        var changed = await Of(context, grains).ChangeAsync(id, change);
        if (changed.Webhook is not { } webhook)
            return changed.HasTooManyHeaders
                ? Problem.WebhookHeaderInvalid.At("$.headers").ToResult($"$.headers: at most {WebhookChanged.MostHeaders}.")
                : Problem.NotFound.ToResult();
        audit.Write(context, AuditAct.WebhookChanged, id, DetailOf(body));
        DontStore(context);
        return TypedResults.Ok(WebhookJson.Of(webhook, WebhooksOf.Request(context)));
    }

    private static async Task<Results<Ok<WebhookTestJson>, ProblemResult>> TestAsync(HttpContext context, IGrainFactory grains, AuditLog audit, string id)
    {
        if (!MediaId.IsValid(id) || await Of(context, grains).TestAsync(id) is not { } test)
            return Problem.NotFound.ToResult();
        if (test.EventId.Length == 0)
            return (Problem.RateLimited with { RetryAfter = TimeSpan.FromSeconds(1) }).ToResult("The test before is under way.");
        audit.Write(context, AuditAct.WebhookTested, id, $"status={test.Status}");
        DontStore(context);
        return TypedResults.Ok(WebhookTestJson.Of(test));
    }

    private static async Task<Results<Accepted<RetriedJson>, ProblemResult>> RetryAsync(HttpContext context, IGrainFactory grains, AuditLog audit, string id)
    {
        if (!MediaId.IsValid(id))
            return Problem.NotFound.ToResult();
        var retry = await Of(context, grains).RetryAsync(id);
        if (RefusalOf(retry.Outcome) is { } refusal)
            return refusal.ToResult();
        audit.Write(context, AuditAct.WebhookReplayed, id, $"waiting={retry.Events}");
        DontStore(context);
        return TypedResults.Accepted((string?)null, new RetriedJson(retry.Events));
    }

    private static async Task<Results<Accepted<ResentJson>, ProblemResult>> ResendAsync(
        HttpContext context, IGrainFactory grains, AuditLog audit, string id, string delivery)
    {
        if (!MediaId.IsValid(id) || delivery.Length > LongestEventId)
            return Problem.NotFound.ToResult();
        if (RefusalOf(await Of(context, grains).ResendAsync(id, delivery)) is { } refusal)
            return refusal.ToResult();
        audit.Write(context, AuditAct.WebhookReplayed, id, $"event={delivery}");
        DontStore(context);
        return TypedResults.Accepted((string?)null, new ResentJson(delivery));
    }

    private static async Task<Results<Ok<WebhookSecretJson>, ProblemResult>> RotateAsync(HttpContext context, IGrainFactory grains, AuditLog audit, string id)
    {
        if (!MediaId.IsValid(id))
            return Problem.NotFound.ToResult();
        var body = new SecretRotationJson();
        if (context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true })
        {
            var (read, invalid, where) = await JsonBody.ReadAsync(context.Request, WebhookJsonContext.Default.SecretRotationJson, LongestRequest);
            if (read is null)
                return invalid!.ToResult(where);
            body = read;
        }

        if (await Of(context, grains).RotateAsync(id, body.RevokeOld) is not { } secret)
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
        var (body, invalid, where) = await JsonBody.ReadAsync(context.Request, WebhookJsonContext.Default.ReplayJson, LongestRequest);
        if (body is null)
            return invalid!.ToResult(where);
        if (body.DeadLetters == body.From is not null)
            return Problem.JsonInvalid.ToResult("Either from or dead_letters.");
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

        var replay = await Of(context, grains).ReplayAsync(id, from, body.Owner ?? "");
        if (replay.Outcome is ReplayOutcome.Ok)
            audit.Write(context, AuditAct.WebhookReplayed, id, body.From ?? "dead letters");
        DontStore(context);
        return RefusalOf(replay.Outcome) is { } refusal
            ? refusal.ToResult()
            : TypedResults.Accepted((string?)null, new ReplayedJson(body.From, replay.DeadLetters));
    }

    private static Problem? RefusalOf(ReplayOutcome outcome) => outcome switch
    {
        ReplayOutcome.Ok => null,
        ReplayOutcome.Disabled => Problem.WebhookDisabled,
        ReplayOutcome.CursorInvalid => Problem.CursorInvalid,
        _ => Problem.NotFound,
    };

    /// <summary>What was changed, without what it was changed to: addresses and fields are as good as secrets.</summary>
    private static string DetailOf(WebhookChangeJson body)
    {
        var names = body.Names.Where(name => name != nameof(body.Enabled)).Select(name => name.ToLowerInvariant()).Order(StringComparer.Ordinal);
        return string.Join(' ', body.Names.Contains(nameof(body.Enabled)) ? names.Prepend(body.Enabled ? "enabled" : "disabled") : names);
    }

    private static IWebhookGrain Of(HttpContext context, IGrainFactory grains) => grains.GetGrain<IWebhookGrain>(WebhooksOf.Request(context).KeyOf(context));

    /// <summary>Some of it is secret, and the rest old in a moment.</summary>
    private static void DontStore(HttpContext context) => context.Response.Headers.CacheControl = "no-store";
}
