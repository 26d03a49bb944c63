namespace Ingestion.Webhooks;

/// <summary>Which webhooks there are for many users. Key: 0.</summary>
[Alias("ingestion.shared-webhooks"), GrainInterfaceType("ingestion.shared-webhooks")]
public interface ISharedWebhooksGrain : IGrainWithIntegerKey
{
    /// <summary>All of them.</summary>
    [Alias("list")]
    Task<IReadOnlyList<SharedWebhookKey>> ListAsync();

    /// <summary>
    /// There are webhooks under a key, the first one since then; null: there are none any more. Returns once that is durable and each silo knows it, so
    /// that no event after that passes by.
    /// </summary>
    /// <exception cref="Exception">A silo does not answer.</exception>
    [Alias("set")]
    Task SetAsync(string key, DateTimeOffset? since);
}

/// <summary>A key under which there are webhooks.</summary>
/// <param name="Key">The key, see <see cref="WebhookKey"/>.</param>
/// <param name="Since">When the first one was added.</param>
[GenerateSerializer, Immutable, Alias("ingestion.shared-webhook-key")]
public sealed record SharedWebhookKey([property: Id(0)] string Key, [property: Id(1)] DateTimeOffset Since);
