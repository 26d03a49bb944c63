using Ingestion.Webhooks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Ingestion.Grains.Webhooks;

/// <summary>What every webhook needs.</summary>
internal sealed class WebhookEdge(
    IWebhookSender sender, WebhookMetrics metrics, IOptions<WebhookOptions> options, IHostApplicationLifetime host, TimeProvider time, ILogger<WebhookEdge> logger)
{
    public IWebhookSender Sender => sender;

    public WebhookMetrics Metrics => metrics;

    public WebhookOptions Options => options.Value;

    public ILogger Logger => logger;

    /// <summary>The silo is about to stop.</summary>
    public CancellationToken Stopping => host.ApplicationStopping;

    public DateTimeOffset Now => time.GetUtcNow();
}
