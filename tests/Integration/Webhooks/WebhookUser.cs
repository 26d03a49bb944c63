using Ingestion.Status;
using Ingestion.Tests.Integration.Status;
using Ingestion.Videos;
using Ingestion.Webhooks;

namespace Ingestion.Tests.Integration.Webhooks;

/// <summary>A user with a receiver of their own.</summary>
internal sealed class WebhookUser(ServiceCluster cluster)
{
    public string Id { get; } = ServiceCluster.NewUser();

    public string Url => $"https://{Id}.example/";

    public IWebhookGrain Webhooks => cluster.From(0).GetGrain<IWebhookGrain>(Id);

    public IStatusGrain Journal => cluster.From(cluster.Silos.Length - 1).GetGrain<IStatusGrain>(Id);

    public string[] Sent => cluster.Sender.Sent(Url);

    public async Task<WebhookAdded> AddAsync(WebhookWhen when = WebhookWhen.Always, params string[] events) =>
        await Webhooks.AddAsync(new NewWebhook(Url, events, when)) ?? throw new InvalidOperationException("It was not added.");

    /// <summary>Publishes events of one video, one after the other; their ids.</summary>
    public Task<string[]> PublishAsync(params VideoStatus[] states) => PublishAsync(null, states);

    /// <summary>Publishes events of one video of a tenant, one after the other; their ids.</summary>
    public async Task<string[]> PublishAsync(string? tenant, params VideoStatus[] states)
    {
        var video = ServiceCluster.NewId();
        var events = states.Select(status => ObserverTests.Event(
            ServiceCluster.NewId(), status) with { At = cluster.Time.GetUtcNow(), VideoId = video, Tenant = tenant }).ToArray();
        foreach (var e in events)
            await Journal.PublishAsync([e], redelivery: false);
        return [.. events.Select(e => e.Id)];
    }

    public async Task<WebhookInfo> InfoAsync() => Assert.Single(await Webhooks.ListAsync());

    public async Task<DeliveryAttempt[]> LogAsync(string webhookId) => [.. (await Webhooks.GetDeliveriesAsync(webhookId))!.Attempts];

    /// <summary>Waits until so many lines are logged: the outcome of an attempt is stored later than it is sent.</summary>
    public async Task<DeliveryAttempt[]> LogAsync(string webhookId, int lines)
    {
        DeliveryAttempt[] log = [];
        await Eventually.TrueAsync(async () => (log = await LogAsync(webhookId)).Length >= lines, $"{lines} lines are logged");
        return log;
    }

    public Task SentAsync(int count) => cluster.Sender.SentAsync(Url, count);

    /// <summary>Time goes by; what is due then is looked for, as the sweep of the index does.</summary>
    public async Task LaterAsync(TimeSpan by)
    {
        cluster.Time.Advance(by);
        await Webhooks.CheckAsync();
    }
}
