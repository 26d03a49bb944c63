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

    /// <summary>What seals secrets of webhooks.</summary>
    /// <param name="services">Where to.</param>
    /// <param name="keys">Of at least 32 bytes. The first one seals, all of them open.</param>
    public static IServiceCollection AddWebhookSealer(this IServiceCollection services, IReadOnlyList<byte[]> keys) =>
        services.AddSingleton<IWebhookSealer>(_ => new WebhookSealer(keys));
}
