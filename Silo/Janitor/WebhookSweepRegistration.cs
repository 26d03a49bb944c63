namespace Ingestion.Silo.Janitor;

internal static class WebhookSweepRegistration
{
    /// <summary>The sweep of the webhook index; its settings are those of webhooks.</summary>
    public static IServiceCollection AddWebhookSweep(this IServiceCollection services) => services.AddHostedService<WebhookSweep>();
}
