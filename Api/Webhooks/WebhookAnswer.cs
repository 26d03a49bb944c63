using Ingestion.Api.Problems;
using Ingestion.Webhooks;

namespace Ingestion.Api.Webhooks;

/// <summary>What answers about webhooks have in common.</summary>
internal static class WebhookAnswer
{
    /// <summary>Some of it is secret, and the rest old in a moment.</summary>
    public static void DontStore(HttpContext context) => context.Response.Headers.CacheControl = "no-store";

    /// <summary>What sends is not there for a webhook that is pulled. Null: it is for this one.</summary>
    public static async Task<Problem?> RefusePulledAsync(HttpContext context, IGrainFactory grains, string id) =>
        !MediaId.IsValid(id) || await WebhooksOf.Grain(context, grains).GetAsync(id) is not { } webhook ? Problem.NotFound
            : webhook.IsPulled ? Problem.WebhookPulled
            : null;

    /// <summary>Null when it was done.</summary>
    public static Problem? RefusalOf(ReplayOutcome outcome) => outcome switch
    {
        ReplayOutcome.Ok => null,
        ReplayOutcome.Disabled => Problem.WebhookDisabled,
        ReplayOutcome.CursorInvalid => Problem.CursorInvalid,
        _ => Problem.NotFound,
    };
}
