using Ingestion.Webhooks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Ingestion.Grains.Webhooks;

/// <summary>What every webhook needs.</summary>
internal sealed class WebhookEdge(IWebhookSender sender, WebhookMetrics metrics, IOptions<WebhookOptions> options, TimeProvider time, ILogger<WebhookEdge> logger)
{
    public IWebhookSender Sender => sender;

    public WebhookMetrics Metrics => metrics;

    public WebhookOptions Options => options.Value;

    public ILogger Logger => logger;

    public DateTimeOffset Now => time.GetUtcNow();
}
