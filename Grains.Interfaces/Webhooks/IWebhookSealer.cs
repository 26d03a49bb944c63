namespace Ingestion.Webhooks;

/// <summary>Seals the secrets of webhooks, so that a reader of stored states or of a backup can't sign.</summary>
public interface IWebhookSealer
{
    /// <summary>Seals a secret. It can be opened under the same key of webhooks only, see <see cref="IWebhookGrain"/>.</summary>
    string Seal(string secret, string webhooks);

    /// <summary>The secret of a seal, or a text that is none; null when the key is missing or the seal was changed.</summary>
    string? Open(string stored, string webhooks);

    /// <summary>Whether it is sealed with the key that seals now.</summary>
    bool IsCurrent(string stored);
}
