using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Ingestion.Api.Auth;
using Ingestion.Api.Http;
using Ingestion.Api.Problems;
using Ingestion.Status;
using Ingestion.Webhooks;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ingestion.Api.Webhooks;

/// <summary>One's own webhooks.</summary>
internal static class WebhookEndpoints
{
    private const int LongestRequest = 8 * 1024;

    // A URL is no HTML: its ampersands stay.
    private static readonly WebhookJsonContext _answers = new(new JsonSerializerOptions(WebhookJsonContext.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    public static void MapWebhooks(this IEndpointRouteBuilder routes)
    {
        var read = routes.MapGroup("/api/webhooks").RequireAuthorization(Scopes.Read);
        read.MapGet("", ListAsync);
        read.MapGet("/{id}/deliveries", GetDeliveriesAsync);
        var change = routes.MapGroup("/api/webhooks").RequireAuthorization(Scopes.Upload);
        change.MapPost("", AddAsync);
        change.MapPatch("/{id}", ChangeAsync);
        change.MapDelete("/{id}", RemoveAsync);
        change.MapPost("/{id}/secret", RotateAsync);
        change.MapPost("/{id}/replay", ReplayAsync);
    }

    private static async Task<IResult> ListAsync(HttpContext context, IGrainFactory grains)
    {
        var webhooks = await Of(context, grains).ListAsync();
        return Json(context, new WebhooksJson([.. webhooks.Select(info => WebhookJson.Of(info))]), _answers.WebhooksJson);
    }

    private static async Task<IResult> AddAsync(HttpContext context, IGrainFactory grains, IWebhookSender sender)
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

        return await Of(context, grains).AddAsync(webhook) is { } added
            ? Json(context, WebhookJson.Of(added.Webhook, added.Secret), _answers.WebhookJson, StatusCodes.Status201Created)
            : Problem.TooManyWebhooks.ToResult();
    }

    private static async Task<IResult> RemoveAsync(HttpContext context, IGrainFactory grains, string id) =>
        MediaId.IsValid(id) && await Of(context, grains).RemoveAsync(id) ? TypedResults.NoContent() : Problem.NotFound.ToResult();

    private static async Task<IResult> ChangeAsync(HttpContext context, IGrainFactory grains, string id)
    {
        if (!MediaId.IsValid(id))
            return Problem.NotFound.ToResult();
        var (wish, invalid, where) = await JsonBody.ReadAsync(context.Request, WebhookJsonContext.Default.WebhookChangeJson, LongestRequest);
        if (wish is null)
            return invalid!.ToResult(where);
        return await Of(context, grains).SetEnabledAsync(id, wish.Enabled) is { } webhook
            ? Json(context, WebhookJson.Of(webhook), _answers.WebhookJson)
            : Problem.NotFound.ToResult();
    }

    private static async Task<IResult> RotateAsync(HttpContext context, IGrainFactory grains, string id) =>
        MediaId.IsValid(id) && await Of(context, grains).RotateAsync(id) is { } secret
            ? Json(context, new WebhookSecretJson(secret.Secret, secret.OldSecretUntil), _answers.WebhookSecretJson)
            : Problem.NotFound.ToResult();

    private static async Task<IResult> GetDeliveriesAsync(HttpContext context, IGrainFactory grains, string id)
    {
        if (!MediaId.IsValid(id) || await Of(context, grains).GetDeliveriesAsync(id) is not { } deliveries)
            return Problem.NotFound.ToResult();
        var answer = new DeliveriesJson([.. deliveries.Attempts.Select(AttemptJson.Of)], [.. deliveries.DeadLetters.Select(DeadLetterJson.Of)]);
        return Json(context, answer, _answers.DeliveriesJson);
    }

    private static async Task<IResult> ReplayAsync(HttpContext context, IGrainFactory grains, string id)
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
        return replay.Outcome switch
        {
            ReplayOutcome.Ok => Json(context, new ReplayedJson(wish.From, replay.DeadLetters), _answers.ReplayedJson, StatusCodes.Status202Accepted),
            ReplayOutcome.Disabled => Problem.WebhookDisabled.ToResult(),
            ReplayOutcome.CursorInvalid => Problem.CursorInvalid.ToResult(),
            _ => Problem.NotFound.ToResult(),
        };
    }

    private static IWebhookGrain Of(HttpContext context, IGrainFactory grains) => grains.GetGrain<IWebhookGrain>(context.User.UserId());

    private static JsonHttpResult<T> Json<T>(HttpContext context, T document, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK)
    {
        // Some of it is secret, and the rest old in a moment.
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Json(document, type, contentType: null, status);
    }
}
