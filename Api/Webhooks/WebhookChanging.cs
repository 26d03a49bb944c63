using Ingestion.Api.Audit;
using Ingestion.Api.Http;
using Ingestion.Api.Problems;
using Ingestion.Webhooks;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Hosting;

namespace Ingestion.Api.Webhooks;

/// <summary>Changes webhooks, gives them new secrets, and removes them.</summary>
internal static class WebhookChanging
{
    public static async Task<Results<Ok<WebhookJson>, ProblemResult>> ChangeAsync(
        HttpContext context, IGrainFactory grains, IWebhookSender sender, IHostEnvironment environment, AuditLog audit, string id)
    {
        if (!MediaId.IsValid(id))
            return Problem.NotFound.ToResult();
        var (body, invalid, where) = await JsonBody.ReadAsync(context.Request, WebhookJsonContext.Default.WebhookChangeJson, WebhookRequest.LongestBody);
        if (body is null)
            return invalid!.ToResult(where);
        if (await WebhooksOf.Grain(context, grains).GetAsync(id) is not { } before)
            return Problem.NotFound.ToResult();
        var (change, refused, why) = WebhookRequest.Read(body, before.When);
        if (change is null)
            return refused!.ToResult(why);
        if (before.IsPulled && (change.Url is not null || change.Headers is not null))
            return Problem.WebhookPulled.ToResult("It has no url and no headers.");
        if (change.Url is { } url && WebhookAddressRefusal.Of(await sender.CheckAsync(url, context.RequestAborted), environment) is { } refusal)
            return refusal;
        var changed = await WebhooksOf.Grain(context, grains).ChangeAsync(id, change with { ShowsMedia = WebhooksOf.MayRead(context) });
        if (changed.Webhook is not { } webhook)
            return changed.HasTooManyHeaders
                ? Problem.WebhookHeaderInvalid.At("$.headers").ToResult($"$.headers: at most {WebhookChanged.MostHeaders}.")
                : Problem.NotFound.ToResult();
        audit.Write(context, AuditAct.WebhookChanged, id, DetailOf(body));
        WebhookAnswer.DontStore(context);
        return TypedResults.Ok(WebhookJson.Of(webhook, WebhooksOf.Request(context)));
    }

    public static async Task<Results<Ok<WebhookSecretJson>, ProblemResult>> RotateAsync(HttpContext context, IGrainFactory grains, AuditLog audit, string id)
    {
        if (!MediaId.IsValid(id))
            return Problem.NotFound.ToResult();
        var body = new SecretRotationJson();
        if (context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true })
        {
            var (read, invalid, where) = await JsonBody.ReadAsync(context.Request, WebhookJsonContext.Default.SecretRotationJson, WebhookRequest.LongestBody);
            if (read is null)
                return invalid!.ToResult(where);
            body = read;
        }

        if (await WebhookAnswer.RefusePulledAsync(context, grains, id) is { } refusal)
            return refusal.ToResult();
        if (await WebhooksOf.Grain(context, grains).RotateAsync(id, body.RevokeOld) is not { } secret)
            return Problem.NotFound.ToResult();
        audit.Write(context, AuditAct.WebhookSecretRotated, id);
        WebhookAnswer.DontStore(context);
        return TypedResults.Ok(new WebhookSecretJson(secret.Secret, secret.OldSecretUntil));
    }

    public static async Task<Results<NoContent, ProblemResult>> RemoveAsync(HttpContext context, IGrainFactory grains, AuditLog audit, string id)
    {
        if (!MediaId.IsValid(id) || !await WebhooksOf.Grain(context, grains).RemoveAsync(id))
            return Problem.NotFound.ToResult();
        audit.Write(context, AuditAct.WebhookRemoved, id);
        return TypedResults.NoContent();
    }

    /// <summary>What was changed, without what it was changed to: addresses and fields are as good as secrets.</summary>
    private static string DetailOf(WebhookChangeJson body)
    {
        var names = body.Names.Where(name => name != nameof(body.Enabled)).Select(name => name.ToLowerInvariant()).Order(StringComparer.Ordinal);
        return string.Join(' ', body.Names.Contains(nameof(body.Enabled)) ? names.Prepend(body.Enabled ? "enabled" : "disabled") : names);
    }
}
