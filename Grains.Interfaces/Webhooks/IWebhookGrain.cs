using Ingestion.Calls;
using Ingestion.Status;
using Orleans.CodeGeneration;

namespace Ingestion.Webhooks;

/// <summary>
/// Webhooks: addresses to which the events of journals are sent. Key: the user id for a user's own; <see cref="WebhookKey"/> for those of all users or of
/// a tenant. An event that was handed over is kept for each webhook that wants it, and is sent at least once, under the id that it has everywhere.
/// </summary>
[Alias("ingestion.webhooks"), GrainInterfaceType("ingestion.webhooks"), Version(1)]
public interface IWebhookGrain : IGrainWithStringKey
{
    /// <summary>All of them, oldest first; without their secrets.</summary>
    [Alias("list"), Repeatable]
    Task<IReadOnlyList<WebhookInfo>> ListAsync();

    /// <summary>
    /// Adds a webhook that gets events from now on. Null, and nothing changed, when the user has as many as allowed. The address is the caller's to
    /// check.
    /// </summary>
    [Alias("add")]
    Task<WebhookAdded?> AddAsync(NewWebhook webhook);

    /// <summary>As <see cref="AddAsync"/>, and may be repeated: a webhook of this id that exists already is the answer, with the secret that it has now.</summary>
    [Alias("add-once")]
    Task<WebhookAdded?> AddOnceAsync(string webhookId, NewWebhook webhook);

    /// <summary>
    /// A video is removed: what is stored of its events, waiting or given up, keeps their id, type and time. Those in memory are sent as they were.
    /// </summary>
    [Alias("forget-video")]
    Task ForgetVideoAsync(string videoId);

    /// <summary>Removes one with all that waits for it. False when there is none.</summary>
    [Alias("remove")]
    Task<bool> RemoveAsync(string webhookId);

    /// <summary>One of them, without its secret. Null when there is none.</summary>
    [Alias("get"), Repeatable]
    Task<WebhookInfo?> GetAsync(string webhookId);

    /// <summary>
    /// Changes one; its secret and its place in the journal stay. A disabled one keeps what comes and sends nothing, and continues where it stood once it is
    /// enabled. An address is the caller's to check.
    /// </summary>
    [Alias("change")]
    Task<WebhookChanged> ChangeAsync(string webhookId, WebhookChange change);

    /// <summary>What silos of 0.3 call in place of <see cref="ChangeAsync"/>.</summary>
    [Alias("set-enabled")]
    Task<WebhookInfo?> SetEnabledAsync(string webhookId, bool enabled);

    /// <summary>
    /// Sends an event of the type <see cref="DeliveryJson.TestType"/> now, once, also of a disabled webhook; nothing of it is stored. Null when there is
    /// no such webhook.
    /// </summary>
    [Alias("test"), ResponseTimeout("00:01:30")]
    Task<WebhookTest?> TestAsync(string webhookId);

    /// <summary>Does not wait for the next attempts of what has failed: they are now.</summary>
    [Alias("retry")]
    Task<WebhookRetry> RetryAsync(string webhookId);

    /// <summary>Sends an event again, under its id: one that waits, a dead letter, or of the delivery log.</summary>
    [Alias("resend")]
    Task<ReplayOutcome> ResendAsync(string webhookId, string eventId);

    /// <summary>Gives a webhook a new secret; the old ones keep signing beside it for a day, or end at once. Null when there is no such webhook.</summary>
    [Alias("rotate-secret")]
    Task<WebhookSecret?> RotateAsync(string webhookId, bool revokeOld);

    /// <summary>What was sent last, and what was given up. Null when there is none.</summary>
    [Alias("get-deliveries")]
    Task<WebhookDeliveries?> GetDeliveriesAsync(string webhookId);

    /// <summary>Sends again: the events of a journal after <paramref name="from"/>, or when that is null the dead letters.</summary>
    /// <param name="webhookId">The webhook.</param>
    /// <param name="from">Where to begin.</param>
    /// <param name="owner">Whose journal it is; empty where the webhooks are of one user.</param>
    [Alias("replay-journal")]
    Task<ReplayResult> ReplayAsync(string webhookId, Cursor? from, string owner);

    /// <summary>What they need of the user's journal.</summary>
    [Alias("get-needs")]
    Task<WebhookNeeds> GetNeedsAsync();

    /// <summary>Takes over entries of a journal. Returns once each webhook that wants one of them has it durably; the same entries may be repeated.</summary>
    [Alias("take")]
    Task TakeAsync(JournalBatch batch);

    /// <summary>Removes all webhooks with everything that is kept for them. Safe to repeat.</summary>
    /// <returns>How many there were.</returns>
    [Alias("erase")]
    Task<int> EraseAsync();

    /// <summary>Goes on with what a crash interrupted.</summary>
    /// <returns>When to check again; null when there is no webhook.</returns>
    [Alias("check")]
    Task<DateTimeOffset?> CheckAsync();
}
