namespace Ingestion.Webhooks;

/// <summary>A new webhook, with the only sight of its secret.</summary>
/// <param name="Webhook">The webhook.</param>
/// <param name="Secret"><c>whsec_</c> and base64; empty where the webhook is pulled.</param>
[GenerateSerializer, Immutable, Alias("ingestion.webhook-added")]
public sealed record WebhookAdded([property: Id(0)] WebhookInfo Webhook, [property: Id(1)] string Secret)
{
    /// <summary>Never with the secret: what is printed ends in logs.</summary>
    public override string ToString() => Webhook.Id;
}

/// <summary>A new secret, seen this once.</summary>
/// <param name="Secret"><c>whsec_</c> and base64.</param>
/// <param name="OldSecretUntil">Until when the one before signs too; null when it is revoked.</param>
[GenerateSerializer, Immutable, Alias("ingestion.webhook-secret")]
public sealed record WebhookSecret([property: Id(0)] string Secret, [property: Id(1)] DateTimeOffset? OldSecretUntil)
{
    /// <summary>Never the secret itself: what is printed ends in logs.</summary>
    public override string ToString() => nameof(WebhookSecret);
}
