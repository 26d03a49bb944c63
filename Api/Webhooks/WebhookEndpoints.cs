using Ingestion.Api.Admission;
using Ingestion.Api.Creations;
using Ingestion.Api.Http;
using Ingestion.Api.OpenApi;
using Ingestion.Api.Problems;
using Ingestion.Api.RateLimits;

namespace Ingestion.Api.Webhooks;

/// <summary>Webhooks: one's own, those of all users, those of a tenant. They differ in whose events they are for.</summary>
internal static class WebhookEndpoints
{
    public static void MapWebhooks(this IEndpointRouteBuilder routes)
    {
        foreach (var webhooks in new[] { WebhooksOf.Caller, WebhooksOf.Everybody, WebhooksOf.Tenant })
            Map(routes, webhooks);
    }

    private static void Map(IEndpointRouteBuilder routes, WebhooksOf of)
    {
        var read = routes.MapGroup(of.Path).RequireAuthorization(of.Read).WithMetadata(of).WithTags(Tags.Webhooks);
        read.MapGet("", WebhookReading.ListAsync).Operation("listWebhooks" + of.Suffix, $"Lists the webhooks for {of.Whose}.");
        read.MapGet("/{id}", WebhookReading.GetAsync).Operation("getWebhook" + of.Suffix, "One of them, without its secret.").Refuses(Problem.NotFound);
        read.MapGet("/{id}/deliveries", WebhookReading.GetDeliveriesAsync)
            .Operation($"getWebhook{of.Suffix}Deliveries", "The last deliveries of a webhook, and what was given up.")
            .Refuses(Problem.NotFound);
        var change = routes.MapGroup(of.Path).RequireAuthorization(of.Change).LimitedBy(RateKind.Change).WithMetadata(of).WithTags(Tags.Webhooks);
        change.MapPost("", WebhookAdding.AddAsync)
            .Operation("addWebhook" + of.Suffix, $"Adds a webhook for {of.Whose}, which sends them or has you read them; its secret is in this answer only.")
            .TakesJson(typeof(NewWebhookJson))
            .TakesIdempotencyKey()
            .WithAnswerFields(new AnswerField("Location", "The webhook.", StatusCodes.Status201Created))
            .Refuses(
                Problem.WebhookUrlInvalid, Problem.WebhookAddressForbidden, Problem.WebhookHeaderInvalid, Problem.TooManyWebhooks, Problem.PullUnavailable);
        change.MapPatch("/{id}", WebhookChanging.ChangeAsync)
            .Operation("changeWebhook" + of.Suffix, "Changes a webhook, and enables or disables it. Its secret and its place in the journal stay.")
            .TakesJson(typeof(WebhookChangeJson))
            .Refuses(
                Problem.NotFound, Problem.WebhookUrlInvalid, Problem.WebhookAddressForbidden, Problem.WebhookHeaderInvalid, Problem.WebhookPulled);
        change.MapDelete("/{id}", WebhookChanging.RemoveAsync).Operation("removeWebhook" + of.Suffix, "Removes a webhook.").Refuses(Problem.NotFound);
        change.MapPost("/{id}/secret", WebhookChanging.RotateAsync)
            .Operation($"rotateWebhook{of.Suffix}Secret", "A new secret; the old one signs beside it for a while, or is revoked.")
            .TakesJson(typeof(SecretRotationJson), isRequired: false)
            .Refuses(Problem.NotFound, Problem.WebhookPulled);
        change.MapPost("/{id}/test", WebhookResending.TestAsync)
            .Operation("testWebhook" + of.Suffix, "Sends an event of the type webhook.test now, and answers with what the receiver did.")
            .Refuses(Problem.NotFound, Problem.WebhookPulled);
        change.MapPost("/{id}/retry", WebhookResending.RetryAsync)
            .Operation("retryWebhook" + of.Suffix, "Sends now what waits for its next attempt.")
            .Refuses(Problem.NotFound, Problem.WebhookDisabled, Problem.WebhookPulled);
        change.MapPost("/{id}/deliveries/{delivery}/resend", WebhookResending.ResendAsync)
            .Operation($"resendWebhook{of.Suffix}Event", "Sends one event again, under its id.")
            .WithParameters(new Parameter("path", "delivery", "The event_id of a delivery or of a dead letter."))
            .Refuses(Problem.NotFound, Problem.WebhookDisabled, Problem.WebhookPulled);
        change.MapPost("/{id}/replay", WebhookResending.ReplayAsync)
            .Operation("replayWebhook" + of.Suffix, "Sends again what came after a cursor, or what was given up.")
            .TakesJson(typeof(ReplayJson))
            .Refuses(Problem.NotFound, Problem.CursorInvalid, Problem.WebhookDisabled, Problem.WebhookPulled);
        // To read acknowledges, and what is acknowledged is gone: it takes the right to change.
        routes.MapGet(of.Path + "/{id}/events", WebhookPulling.PullAsync)
            .RequireAuthorization(of.Change).LimitedBy(RateKind.Connect).WithMetadata(of).WithTags(Tags.Webhooks)
            .IsNewWork(NewWork.Subscriber).WithoutHead().DescribePull($"pullWebhook{of.Suffix}Events");
    }
}
