using Ingestion.Webhooks;
using Microsoft.Extensions.DependencyInjection;

namespace Ingestion.Backends.Webhooks;

/// <summary>Registers what sends events to webhooks.</summary>
public static class WebhooksRegistration
{
    /// <summary>Over HTTP.</summary>
    public static IServiceCollection AddWebhookSender(this IServiceCollection services, Action<WebhookSenderOptions> configure)
    {
        services.AddOptions<WebhookSenderOptions>().Configure(configure).ValidateDataAnnotations().ValidateOnStart();
        return services.AddSingleton<IWebhookSender, WebhookSender>();
    }
}
