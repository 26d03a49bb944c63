namespace Ingestion.Webhooks;

/// <summary>
/// Which webhooks there are, and whose journal may not be handed over, so that a restart finds what it interrupted. Key: a shard, see
/// <see cref="WebhookShards"/>.
/// </summary>
[Alias("ingestion.webhook-index"), GrainInterfaceType("ingestion.webhook-index")]
public interface IWebhookIndexGrain : IGrainWithStringKey
{
    /// <summary>Lists a key of webhooks, or a user, to be checked at <paramref name="due"/>. Returns once that is durable.</summary>
    [Alias("add")]
    Task AddAsync(string id, DateTimeOffset due);

    /// <summary>Takes users off the index, because nothing is left of their webhooks.</summary>
    [Alias("remove")]
    Task RemoveAsync(IReadOnlyList<string> userIds);

    /// <summary>Checks the webhooks that are due; not all of them when there are very many.</summary>
    /// <returns>How many were checked. The sweep calls again until the answer is 0.</returns>
    [Alias("sweep")]
    Task<int> SweepAsync();
}
