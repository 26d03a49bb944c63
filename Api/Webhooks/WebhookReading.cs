using Ingestion.Api.Problems;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ingestion.Api.Webhooks;

/// <summary>Shows webhooks, and what became of what they were sent.</summary>
internal static class WebhookReading
{
    public static async Task<Ok<WebhooksJson>> ListAsync(HttpContext context, IGrainFactory grains)
    {
        var webhooks = await WebhooksOf.Grain(context, grains).ListAsync();
        WebhookAnswer.DontStore(context);
        return TypedResults.Ok(new WebhooksJson([.. webhooks.Select(info => WebhookJson.Of(info, WebhooksOf.Request(context)))]));
    }

    public static async Task<Results<Ok<WebhookJson>, ProblemResult>> GetAsync(HttpContext context, IGrainFactory grains, string id)
    {
        if (!MediaId.IsValid(id) || await WebhooksOf.Grain(context, grains).GetAsync(id) is not { } webhook)
            return Problem.NotFound.ToResult();
        WebhookAnswer.DontStore(context);
        return TypedResults.Ok(WebhookJson.Of(webhook, WebhooksOf.Request(context)));
    }

    public static async Task<Results<Ok<DeliveriesJson>, ProblemResult>> GetDeliveriesAsync(HttpContext context, IGrainFactory grains, string id)
    {
        if (!MediaId.IsValid(id) || await WebhooksOf.Grain(context, grains).GetDeliveriesAsync(id) is not { } deliveries)
            return Problem.NotFound.ToResult();
        var answer = new DeliveriesJson([.. deliveries.Attempts.Select(AttemptJson.Of)], [.. deliveries.DeadLetters.Select(DeadLetterJson.Of)]);
        WebhookAnswer.DontStore(context);
        return TypedResults.Ok(answer);
    }
}
