using System.Text.Json;
using Ingestion.Api.Audit;
using Ingestion.Api.Auth;
using Ingestion.Api.Creations;
using Ingestion.Api.Http;
using Ingestion.Api.Problems;
using Ingestion.Creations;
using Ingestion.Webhooks;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Hosting;

namespace Ingestion.Api.Webhooks;

/// <summary>Adds webhooks.</summary>
internal static class WebhookAdding
{
    public static async Task<Results<Created<WebhookJson>, ProblemResult>> AddAsync(
        HttpContext context, IGrainFactory grains, IWebhookSender sender, IClusterManifestProvider manifests, IHostEnvironment environment, CreationKeys keys,
        AuditLog audit, TimeProvider time)
    {
        var (body, invalid, where) = await JsonBody.ReadAsync(context.Request, WebhookJsonContext.Default.NewWebhookJson, WebhookRequest.LongestBody);
        if (body is null)
            return invalid!.ToResult(where);
        var of = WebhooksOf.Request(context);
        var (webhook, refused, why) = WebhookRequest.Read(body, of.IsShared);
        if (webhook is null)
            return refused!.ToResult(why);
        if (webhook.IsPulled && !PullSupport.IsEverywhere(manifests.Current))
            return Problem.PullUnavailable.ToResult();
        if (!webhook.IsPulled && WebhookAddressRefusal.Of(await sender.CheckAsync(webhook.Url, context.RequestAborted), environment) is { } refusal)
            return refusal;
        var declared = CreationKeys.Declare(JsonSerializer.Serialize(body, WebhookJsonContext.Default.NewWebhookJson));
        var (creation, reused) = await keys.BeginAsync(context, "POST " + of.Path, declared, MediaId.New(time.GetUtcNow()));
        if (reused is not null)
            return reused.ToResult();
        await using var running = creation;
        if (creation is { WasMade: true } && await WebhooksOf.Grain(context, grains).GetAsync(creation.Id) is null)
            return Problem.NotFound.ToResult("The webhook of this Idempotency-Key has been removed.");
        webhook = webhook with { MadeBy = context.User.FindFirst(TokenService.IdClaim)?.Value, ShowsMedia = WebhooksOf.MayRead(context) };
        if (await WebhooksOf.Grain(context, grains).AddOnceAsync(creation?.Id ?? MediaId.New(time.GetUtcNow()), webhook) is not { } added)
        {
            creation?.Refuse(Problem.TooManyWebhooks);
            return Problem.TooManyWebhooks.ToResult();
        }

        if (creation is not null)
            await creation.EndAsync(CreationEnd.Made);
        audit.Write(context, AuditAct.WebhookAdded, added.Webhook.Id);
        WebhookAnswer.DontStore(context);
        var answer = WebhookJson.Of(added.Webhook, of, added.Webhook.IsPulled ? null : added.Secret);
        return TypedResults.Created(context.PublicAddressOf($"{of.Path}/{added.Webhook.Id}"), answer);
    }
}
