using Ingestion.Status;
using Orleans.Concurrency;

namespace Ingestion.Webhooks;

/// <summary>
/// A user's webhooks: addresses to which the events of the user's journal are sent, each from a place in the journal of its own.
/// Key: the user id. An event is sent at least once, under the id that it has everywhere.
/// </summary>
[Alias("ingestion.webhooks"), GrainInterfaceType("ingestion.webhooks")]
public interface IWebhookGrain : IGrainWithStringKey
{
    /// <summary>All of them, oldest first; without their secrets.</summary>
    [Alias("list")]
    Task<IReadOnlyList<WebhookInfo>> ListAsync();

    /// <summary>Adds one that gets the events from now on. Null, and nothing changed, when the user has as many as allowed. The address is the caller's to check.</summary>
    [Alias("add")]
    Task<WebhookAdded?> AddAsync(NewWebhook webhook);

    /// <summary>Removes one with all that waits for it. False when there is none.</summary>
    [Alias("remove")]
    Task<bool> RemoveAsync(string webhookId);

    /// <summary>
    /// Disables one, or enables it where it stood: with what waited, then with what the journal still has since. Null when there is none.
    /// </summary>
    [Alias("set-enabled")]
    Task<WebhookInfo?> SetEnabledAsync(string webhookId, bool enabled);

    /// <summary>Gives one a new secret; the old one goes on signing beside it for a day. Null when there is none.</summary>
    [Alias("rotate")]
    Task<WebhookSecret?> RotateAsync(string webhookId);

    /// <summary>What was sent last, and what was given up. Null when there is none.</summary>
    [Alias("get-deliveries")]
    Task<WebhookDeliveries?> GetDeliveriesAsync(string webhookId);

    /// <summary>Sends again: the events after <paramref name="from"/>, or when that is null those that were given up.</summary>
    [Alias("replay")]
    Task<ReplayResult> ReplayAsync(string webhookId, Cursor? from);

    /// <summary>What they need of the user's journal.</summary>
    [Alias("get-needs")]
    Task<WebhookNeeds> GetNeedsAsync();

    /// <summary>The user is erased: all webhooks go, with what waits for them, and every trace of the user in their index.</summary>
    /// <returns>How many there were.</returns>
    [Alias("erase")]
    Task<int> EraseAsync();

    /// <summary>The journal has more.</summary>
    [Alias("wake"), OneWay]
    Task WakeAsync();

    /// <summary>Goes on with what a crash interrupted.</summary>
    /// <returns>When to check again; null when the user has no webhook.</returns>
    [Alias("check")]
    Task<DateTimeOffset?> CheckAsync();
}
