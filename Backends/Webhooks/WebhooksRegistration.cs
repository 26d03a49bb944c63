using Ingestion.Webhooks;
using Microsoft.Extensions.DependencyInjection;

namespace Ingestion.Backends.Webhooks;

/// <summary>Registers the way out for webhooks.</summary>
public static class WebhooksRegistration
{
    /// <summary>Over HTTP.</summary>
    public static IServiceCollection AddWebhookSender(this IServiceCollection services) => services.AddSingleton<IWebhookSender, WebhookSender>();
}
