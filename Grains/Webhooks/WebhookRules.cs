using Ingestion.Grains.Storage;
using Ingestion.Status;
using Ingestion.Webhooks;

namespace Ingestion.Grains.Webhooks;

/// <summary>How adding went.</summary>
internal enum AddOutcome
{
    Ok,

    /// <summary>As many as allowed.</summary>
    Full,

    /// <summary>The user has to be listed first.</summary>
    Unlisted,
}

/// <summary>How a rotation went.</summary>
/// <param name="IsFound">There is such a webhook.</param>
/// <param name="OldUntil">Until when the old secret signs; null: it does not any more.</param>
internal readonly record struct Rotation(bool IsFound, DateTimeOffset? OldUntil);

/// <summary>What a user's webhooks are, and when a failed delivery is retried: pure.</summary>
internal static class WebhookRules
{
    /// <summary>With more rotations than this in a day, the oldest secret ends early.</summary>
    public const int MostOldSecrets = 4;

    /// <summary>How long a replaced secret signs beside the new one.</summary>
    public static readonly TimeSpan OldSecretLifetime = TimeSpan.FromHours(24);

    // A receiver that wants more would keep its place in the list for days.
    private static readonly TimeSpan _longestRetryAfter = TimeSpan.FromHours(1);

    // 11 attempts within 24 hours: soon at first, for a restart; seldom later, for an outage.
    private static readonly TimeSpan[] _delays =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(30),
        TimeSpan.FromHours(1), TimeSpan.FromHours(2), TimeSpan.FromHours(4), TimeSpan.FromHours(8), TimeSpan.FromHours(8),
    ];

    // Either way, so that receivers that failed together are not tried together.
    private const double Jitter = 0.2;

    /// <summary>
    /// How long to wait after so many failed attempts; null when that was the last one. <paramref name="random"/> is 0 to 1. A receiver may want
    /// more time, up to an hour.
    /// </summary>
    public static TimeSpan? RetryDelay(int attempts, TimeSpan? retryAfter, double random)
    {
        if (attempts > _delays.Length)
            return null;
        var delay = _delays[attempts - 1] * (1 - Jitter + (2 * Jitter * random));
        var wanted = retryAfter > _longestRetryAfter ? _longestRetryAfter : retryAfter;
        return wanted > delay ? wanted : delay;
    }

    // The owner knows by then, and the rest stands in the list.
    private static readonly TimeSpan _deadNoticePeriod = TimeSpan.FromHours(1);

    /// <summary>Whether a webhook is for this event. Those about webhooks are for others that name them: none could report its own failures.</summary>
    public static bool Wants(Webhook webhook, StatusEvent e) => e.Webhook is { } notice
        ? notice.WebhookId != webhook.Id && webhook.Wish.Events.Contains(notice.Type)
        : WantsOfVideos(webhook, e);

    private static bool WantsOfVideos(Webhook webhook, StatusEvent e) =>
        (webhook.Wish.When is WebhookWhen.Always || e.JournalPriority is StatusPriority.Critical)
        && (webhook.Wish.Events.Count == 0 || webhook.Wish.Events.Contains(WebhookEvents.TypeOf(e)))
        && (webhook.Wish.Videos is not { Count: > 0 } videos || videos.Contains(e.VideoId));

    /// <summary>The secrets that sign now, newest first, as they are stored.</summary>
    public static IReadOnlyList<string> Secrets(Webhook webhook, DateTimeOffset now) => [webhook.Secret, .. Live(webhook, now).Select(old => old.Secret)];

    public static Webhook? Find(WebhookList list, string id) => list.Webhooks.FirstOrDefault(webhook => webhook.Id == id);

    /// <summary>What they need of the journal, disabled webhooks included: they may be enabled again.</summary>
    public static WebhookNeeds Needs(WebhookList list) =>
        (list.Webhooks.Count > 0 ? WebhookNeeds.Events : WebhookNeeds.None)
        | (list.Webhooks.Any(webhook => webhook.Wish.When is WebhookWhen.Unacknowledged) ? WebhookNeeds.Acknowledgements : WebhookNeeds.None);

    /// <summary>One more. A user is listed before the first one is stored (<paramref name="listed"/>), so that no restart can miss it.</summary>
    public static StateChange<WebhookList, AddOutcome> Add(WebhookList list, Webhook webhook, int most, bool listed)
    {
        if (list.Webhooks.Count >= most)
            return new(list, AddOutcome.Full, Durable: false);
        return list.Listed || listed
            ? new(list with { Webhooks = [.. list.Webhooks, webhook], Listed = true }, AddOutcome.Ok, Durable: true)
            : new(list, AddOutcome.Unlisted, Durable: false);
    }

    public static StateChange<WebhookList, bool> Remove(WebhookList list, string id) =>
        new(list with
        {
            Webhooks = [.. list.Webhooks.Where(webhook => webhook.Id != id)],
            Notices = [.. list.Notices.Where(e => e.Webhook?.WebhookId != id)],
        }, true, Durable: true);

    /// <summary>A new secret; those before it sign for a day more, or are revoked.</summary>
    public static StateChange<WebhookList, Rotation> Rotate(WebhookList list, string id, string secret, bool revokeOld, DateTimeOffset now)
    {
        if (Find(list, id) is not { } webhook)
            return new(list, default, Durable: false);
        var until = now + OldSecretLifetime;
        var old = revokeOld ? [] : Live(webhook, now).Prepend(new OldSecret(webhook.Secret, until)).Take(MostOldSecrets);
        return new(Replace(list, webhook with { Secret = secret, OldSecrets = [.. old] }), new Rotation(IsFound: true, revokeOld ? null : until),
            Durable: true);
    }

    /// <summary>The list with all its secrets sealed with the key of today; null when they are. A secret that can't be opened stays as it is.</summary>
    public static WebhookList? Sealed(WebhookList list, IWebhookSealer sealer, string key)
    {
        var isChanged = false;
        Webhook[] webhooks =
        [
            .. list.Webhooks.Select(webhook => webhook with
            {
                Secret = Again(webhook.Secret),
                OldSecrets = [.. webhook.OldSecrets.Select(old => old with { Secret = Again(old.Secret) })],
                Wish = webhook.Wish.Headers is null ? webhook.Wish
                    : webhook.Wish with { Headers = [.. webhook.Wish.Headers.Select(header => header with { Value = Again(header.Value) })] },
            }),
        ];
        return isChanged ? list with { Webhooks = webhooks } : null;

        string Again(string secret)
        {
            // A pulled one has none.
            if (secret.Length == 0 || sealer.IsCurrent(secret) || sealer.Open(secret, key) is not { } open)
                return secret;
            isChanged = true;
            return sealer.Seal(open, key);
        }
    }

    /// <summary>A change by the owner, with the values of fields sealed. False: there is no such webhook, or it would have too many fields.</summary>
    public static StateChange<WebhookList, bool> Change(WebhookList list, string id, WebhookChange change, DateTimeOffset now)
    {
        if (Find(list, id) is not { } webhook)
            return new(list, false, Durable: false);
        var wish = webhook.Wish with
        {
            Url = webhook.Wish.IsPulled ? "" : change.Url ?? webhook.Wish.Url,
            Events = change.Events ?? webhook.Wish.Events,
            Description = change.Description is null ? webhook.Wish.Description : change.Description is "" ? null : change.Description,
            Videos = change.Videos ?? webhook.Wish.Videos,
            Headers = Headers(webhook.Wish.Headers, change),
            ShowsMedia = change.Url is null ? webhook.Wish.ShowsMedia : change.ShowsMedia,
        };
        if (wish.Headers?.Count > WebhookChanged.MostHeaders)
            return new(list, false, Durable: false);
        var disabledAt = change.Enabled switch { true => null, false => webhook.DisabledAt ?? now, null => webhook.DisabledAt };
        var reason = disabledAt is null ? null : webhook.DisabledAt is null ? WebhookNotice.Owner : webhook.DisabledReason;
        var next = webhook with { Wish = wish, DisabledAt = disabledAt, DisabledReason = reason };
        return next == webhook ? new(list, true, Durable: false) : new(Replace(list, next), true, Durable: true);
    }

    /// <summary>Its receiver wants no more, or can't be reached for too long. What its owner is notified of is stored with it.</summary>
    /// <param name="list">The list.</param>
    /// <param name="notice">What happened.</param>
    /// <param name="notifies">Whether there is an owner with a journal.</param>
    /// <param name="now">The time.</param>
    public static StateChange<WebhookList, bool> Disable(WebhookList list, WebhookNotice notice, bool notifies, DateTimeOffset now)
    {
        if (Find(list, notice.WebhookId) is not { DisabledAt: null } webhook)
            return new(list, false, Durable: false);
        list = Replace(list, webhook with { DisabledAt = now, DisabledReason = notice.Reason });
        return new(notifies ? Noted(list, notice, now) : list, true, Durable: true);
    }

    /// <summary>An event was given up. The owner is notified once in an hour. False: not now.</summary>
    public static StateChange<WebhookList, bool> NoteDead(WebhookList list, WebhookNotice notice, DateTimeOffset now)
    {
        if (Find(list, notice.WebhookId) is not { } webhook || now - webhook.DeadNoticeAt < _deadNoticePeriod)
            return new(list, false, Durable: false);
        return new(Noted(Replace(list, webhook with { DeadNoticeAt = now }), notice, now), true, Durable: true);
    }

    /// <summary>These are in the journal.</summary>
    public static StateChange<WebhookList, bool> Published(WebhookList list, IReadOnlyList<StatusEvent> published)
    {
        var ids = published.Select(e => e.Id).ToHashSet();
        return new(list with { Notices = [.. list.Notices.Where(e => !ids.Contains(e.Id))] }, true, Durable: true);
    }

    /// <summary>Whether the user may go from the index: there is nothing left to check.</summary>
    public static StateChange<WebhookList, bool> Unlist(WebhookList list) =>
        list.Webhooks.Count == 0 ? new(list with { Listed = false }, true, Durable: true) : new(list, false, Durable: false);

    private static WebhookList Noted(WebhookList list, WebhookNotice notice, DateTimeOffset now)
    {
        var id = $"{notice.WebhookId}-{notice.Type.Split('.')[1]}-{now.ToUnixTimeMilliseconds()}";
        return list with { Notices = [.. list.Notices, new StatusEvent(id, VideoId: "", default, now) { Webhook = notice }] };
    }

    private static IReadOnlyList<WebhookHeader>? Headers(IReadOnlyList<WebhookHeader>? before, WebhookChange change)
    {
        if (change.Headers is not { } changed)
            return change.DropsHeaders ? null : before;
        var kept = (change.DropsHeaders ? [] : before ?? []).Where(header => !changed.Any(other => IsSame(other, header)));
        return [.. kept, .. changed.Where(header => header.Value.Length > 0)];
    }

    private static bool IsSame(WebhookHeader one, WebhookHeader other) => one.Name.Equals(other.Name, StringComparison.OrdinalIgnoreCase);

    private static IEnumerable<OldSecret> Live(Webhook webhook, DateTimeOffset now) => webhook.OldSecrets.Where(old => old.Until > now);

    private static WebhookList Replace(WebhookList list, Webhook next) =>
        list with { Webhooks = [.. list.Webhooks.Select(webhook => webhook.Id == next.Id ? next : webhook)] };
}
